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
      return { status, askedAtMs, recordsPerSecond: rateOf(before, status, askedAtMs) };
    },
    refetchInterval: INTERVAL_MS,
    refetchIntervalInBackground: false,
    staleTime: 0,
    retry: false,
  });
}

function rateOf(
  before: ServerHealth | undefined,
  status: Status,
  askedAtMs: number,
): number | undefined {
  if (before === undefined || before.status.startedAt !== status.startedAt) return undefined;
  const seconds = (askedAtMs - before.askedAtMs) / 1000;
  return Math.max(0, (receivedBy(status) - receivedBy(before.status)) / seconds);
}

function receivedBy({ accounts }: Status): number {
  return accounts.reduce((sum, { received }) => sum + received, 0);
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
