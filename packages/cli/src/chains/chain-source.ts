/** Where chains come from: a server, or logs where they are. */
import type { Chain } from '@tendril/api/chain';
import type { ChainSummary } from '@tendril/api/chain-search';
import { explainChain } from '@tendril/chains/explain';
import { MemoryStore } from '@tendril/chains/memory-store';
import { WEIGHTS } from '@tendril/chains/score';
import { knownErrorsOf, loadPacks } from '@tendril/intake/packs/load-packs';
import { Failure } from '@tendril/model/failure';
import type { Invocation } from '../command.ts';
import { textFlag } from '../flag-values.ts';
import { recordQuery } from '../monitoring/record-query.ts';
import { packFolders } from '../parsing/pack-flags.ts';
import { choosePlace, openPlace } from '../sources/choose-place.ts';
import { hasSelection } from '../sources/source-flags.ts';
import { recordsOfPlace } from './place-records.ts';
import { summariesOfRecords } from './record-summaries.ts';

export interface ChainList {
  readonly chains: readonly ChainSummary[];
  readonly total: number;
}

export interface ChainSource {
  /** Undefined when nothing has the id. */
  chain(id: string): Promise<Chain | undefined>;
  /** Operations that have a record of the query, the newest first. */
  list(query: string, limit: number): Promise<ChainList>;
  /** Something could not be read, or there was too much. */
  readonly isPartial: boolean;
}

/** `paths` are files and folders; without them and without flags of a place it is the server. */
export async function openChains(
  invocation: Invocation,
  paths: readonly string[],
  id: string | undefined,
): Promise<ChainSource> {
  const chosen = { ...invocation, positionals: paths };
  const isLocal = paths.length > 0 || hasSelection(invocation.flags);
  const kind = isLocal ? choosePlace(chosen) : 'server';
  if (kind === 'server') return serverChains(invocation);
  const packs = loadPacks({ folders: packFolders(invocation) });
  const place = await openPlace(chosen, kind);
  try {
    const { records, leftOut, skippedSources } = await recordsOfPlace(chosen, { place, packs, id });
    const store = new MemoryStore({ records, spans: [], changes: [] });
    const newestMs = records.reduce((most, { timestamp }) => Math.max(most, msOf(timestamp)), 0);
    const options = { store, knowledge: knownErrorsOf(packs), weights: WEIGHTS };
    return {
      isPartial: leftOut > 0 || skippedSources > 0,
      chain: async (wanted) => {
        const explained = await explainChain(
          { operationIds: [wanted], traceIds: [wanted.toLowerCase()] },
          { ...options, readToMs: newestMs },
        );
        if (!explained) return undefined;
        const { isCut, ...chain } = explained;
        const partial = isCut ? { reason: 'rows' as const, searchedTo: chain.end } : null;
        return { ...chain, partial, cost: NO_COST };
      },
      list: (query, limit) => {
        const matches = recordQuery(query === '' ? 'level >= error' : query, invocation.nowMs());
        return Promise.resolve(summariesOfRecords(records, matches, limit));
      },
    };
  } finally {
    place.close();
  }
}

const NO_COST = { elapsedMs: 0, rowsRead: 0, bytesRead: 0, statements: 0 };

function msOf(ns: string): number {
  return Number(BigInt(ns) / 1_000_000n);
}

function serverChains({ api, flags, signal }: Invocation): ChainSource {
  const since = textFlag(flags, 'since');
  const from = since === undefined ? 'now-1h' : /^\d+[a-z]+$/i.test(since) ? `now-${since}` : since;
  return {
    isPartial: false,
    chain: async (id) => {
      try {
        return await api.chain({ id }, signal);
      } catch (error) {
        if (error instanceof Failure && error.code === 'not_found') return undefined;
        throw error;
      }
    },
    list: async (query, limit) => await api.searchChains({ query, from, limit }, signal),
  };
}
