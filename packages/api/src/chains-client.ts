/** The part of the client that reads chains. */
import { CHAIN, chainSchema, type Chain, type ChainInput } from './chain.ts';
import {
  CHAIN_DIFF,
  chainDiffResponseSchema,
  CHAIN_SEARCH,
  chainSearchResponseSchema,
  type ChainDiffInput,
  type ChainDiffResponse,
  type ChainSearchInput,
  type ChainSearchResponse,
} from './chain-search.ts';
import { sendForJson, type HttpOptions } from './http.ts';

export interface ChainsClient {
  /** Throws a Failure `not_found` when nothing has the id. */
  chain(request: ChainInput, signal?: AbortSignal): Promise<Chain>;
  searchChains(request: ChainSearchInput, signal?: AbortSignal): Promise<ChainSearchResponse>;
  diffChains(request: ChainDiffInput, signal?: AbortSignal): Promise<ChainDiffResponse>;
}

export function chainsClient(options: HttpOptions): ChainsClient {
  return {
    chain: async ({ id, ...query }, signal) =>
      await sendForJson(options, CHAIN, { parameters: { id }, query, signal, schema: chainSchema }),
    searchChains: async (json, signal) =>
      await sendForJson(options, CHAIN_SEARCH, { json, signal, schema: chainSearchResponseSchema }),
    diffChains: async ({ id, ...query }, signal) =>
      await sendForJson(options, CHAIN_DIFF, {
        parameters: { id },
        query,
        signal,
        schema: chainDiffResponseSchema,
      }),
  };
}
