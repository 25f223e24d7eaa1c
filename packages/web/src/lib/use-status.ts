/** How the server is, asked every few seconds, with the rate that follows from two answers. */
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import type { Status } from '@tendril/api/status';
import { useApi } from './api.ts';

const INTERVAL_MS = 3_000;
const KEY = ['status'] as const;

export interface ServerHealth {
  readonly status: Status;
  readonly askedAtMs: number;
  /** Records received in a second; undefined at first. */
  readonly recordsPerSecond: number | undefined;
  /** The same by source; empty at first. */
  readonly sourceRates: ReadonlyMap<string, number>;
}

export function useStatus(): UseQueryResult<ServerHealth> {
  const api = useApi();
  const queryClient = useQueryClient();
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const before = queryClient.getQueryData<ServerHealth>(KEY);
      const status = await api.status(signal);
      const askedAtMs = performance.now();
      const sourceRates = ratesOf(before, status, askedAtMs);
      const rates = [...sourceRates.values()];
      const recordsPerSecond =
        rates.length === 0 ? undefined : rates.reduce((sum, rate) => sum + rate, 0);
      return { status, askedAtMs, recordsPerSecond, sourceRates };
    },
    refetchInterval: INTERVAL_MS,
    refetchIntervalInBackground: false,
    staleTime: 0,
    retry: false,
  });
}

function ratesOf(
  before: ServerHealth | undefined,
  status: Status,
  askedAtMs: number,
): ReadonlyMap<string, number> {
  if (before === undefined || before.status.startedAt !== status.startedAt) return new Map();
  const seconds = (askedAtMs - before.askedAtMs) / 1000;
  const received = new Map(
    before.status.accounts.map((account) => [account.source, account.received]),
  );
  return new Map(
    status.accounts.map(({ source, received: now }) => [
      source,
      Math.max(0, (now - (received.get(source) ?? 0)) / seconds),
    ]),
  );
}

/** Records that were refused, shed or could not be stored: somebody should look. */
export function lostBy(account: Status['accounts'][number]): number {
  const rejected = Object.values(account.rejected).reduce((sum, count) => sum + count, 0);
  return rejected + account.shed + account.quarantined;
}

/** Undefined while the engine is away, since it cannot be told. */
export function storedRecords({ storage, engine }: Status): number | undefined {
  if (engine.state === 'away') return undefined;
  return storage.find(({ table }) => table === 'logs')?.rows ?? 0;
}
