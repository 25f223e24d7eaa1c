/** Chains: one with its root cause, those with trouble, two side by side. */
import { CHAIN, chainRequestSchema } from '@tendril/api/chain';
import {
  CHAIN_DIFF,
  CHAIN_SEARCH,
  chainDiffRequestSchema,
  chainSearchRequestSchema,
} from '@tendril/api/chain-search';
import { diffChains } from '../chains/diff-chains.ts';
import { readChain } from '../chains/read-chain.ts';
import { searchChains } from '../chains/search-chains.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import type { Mount } from './mount.ts';
import { jsonInput, queryInput } from './request-input.ts';

export function mountChains(mount: Mount, dependencies: HttpDependencies): void {
  mount(CHAIN_SEARCH, async ({ request, signal }) => {
    const input = await jsonInput(request, chainSearchRequestSchema);
    return jsonResponse(await searchChains(dependencies.reader, input, signal));
  });
  mount(CHAIN_DIFF, async ({ url, parameter, signal }) => {
    const input = queryInput(url, chainDiffRequestSchema);
    return jsonResponse(await diffChains(dependencies, { ...input, id: parameter('id') }, signal));
  });
  mount(CHAIN, async ({ url, parameter, signal }) => {
    const input = queryInput(url, chainRequestSchema);
    return jsonResponse(await readChain(dependencies, { ...input, id: parameter('id') }, signal));
  });
}
