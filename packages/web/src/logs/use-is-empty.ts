/**
 * Whether nobody has sent a record yet. What the server counts as stored holds its own, which it sends through each
 * receiver to watch it; they are of a day in the year 2000.
 */
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../lib/api.ts';
import { storedRecords, useStatus } from '../lib/use-status.ts';

/** The server's own are fewer for days; a server with more is not asked. */
const OWN_RECORDS_MAX = 100_000;
const AFTER_OWN_RECORDS = '2001-01-01T00:00:00Z';
const LOOK_AGAIN_MS = 3_000;

/** Undefined until that is known. */
export function useIsEmpty(): boolean | undefined {
  const api = useApi();
  const { data: health } = useStatus();
  const stored = health && storedRecords(health.status);
  const mayBeEmpty = stored === undefined ? undefined : stored < OWN_RECORDS_MAX;
  const { data } = useQuery({
    queryKey: ['logs', 'any'],
    queryFn: async ({ signal }) => {
      const range = { from: AFTER_OWN_RECORDS, to: 'now+1d' };
      for await (const { kind } of api.searchLogs({ ...range, limit: 1 }, signal)) {
        if (kind === 'row') return true;
      }
      return false;
    },
    enabled: mayBeEmpty === true,
    refetchInterval: ({ state }) => (state.data === true ? false : LOOK_AGAIN_MS),
    staleTime: Infinity,
    retry: false,
  });
  if (mayBeEmpty === false) return false;
  return data === undefined ? undefined : !data;
}
