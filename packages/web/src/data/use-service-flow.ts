/** What each service sent over the last hours: how much when, and how old its newest record is. */
import type { TableCell } from '@tendril/api/table';
import type { TimeRange } from '@tendril/model/time-range';
import { useTable } from '../query/use-table.ts';

export interface ServiceFlow {
  readonly service: string;
  readonly records: number;
  /** One for each bucket of the range. */
  readonly counts: readonly number[];
  /** Time of the newest record, and when the last one came in. */
  readonly newestNs: bigint;
  readonly arrivedNs: bigint;
}

const FLOW_BUCKETS = 72;
const MS_PER_MINUTE = 60_000;
const NS_PER_MS = 1_000_000n;
export const FLOW_BUCKET_MS: number = 5 * MS_PER_MINUTE;
const SERVICES_MAX = 130;

/** Whole buckets up to the one that is under way. */
export function flowRange(nowNs: bigint): TimeRange {
  const bucketNs = BigInt(FLOW_BUCKET_MS) * NS_PER_MS;
  const toNs = nowNs - (nowNs % bucketNs) + bucketNs;
  return { fromNs: toNs - BigInt(FLOW_BUCKETS) * bucketNs, toNs };
}

export interface ServiceFlows {
  readonly flows: readonly ServiceFlow[];
  readonly error: unknown;
  readonly isLoading: boolean;
}

export function useServiceFlows(range: TimeRange): ServiceFlows {
  const totals = useTable(
    `* | stats count() as records, max(timestamp) as newest, max(observedTimestamp) as arrived by service.name | limit ${SERVICES_MAX}`,
    range,
  );
  const buckets = useTable('* | stats count() by timestamp:5m, service.name', range);
  const counts = countsByService(buckets.data?.rows ?? [], range);
  const flows = (totals.data?.rows ?? []).map(([service, records, newest, arrived]) => ({
    service: String(service ?? ''),
    records: Number(records ?? 0),
    counts: counts.get(String(service ?? '')) ?? [],
    newestNs: nsOf(newest),
    arrivedNs: nsOf(arrived),
  }));
  return {
    flows,
    error: totals.error ?? buckets.error,
    isLoading: totals.isPending || buckets.isPending,
  };
}

function countsByService(
  rows: readonly (readonly TableCell[])[],
  { fromNs }: TimeRange,
): ReadonlyMap<string, readonly number[]> {
  const counts = new Map<string, number[]>();
  for (const [time, service, count] of rows) {
    const name = String(service ?? '');
    const own = counts.get(name) ?? Array.from({ length: FLOW_BUCKETS }, () => 0);
    counts.set(name, own);
    const at = Number((nsOf(time) - fromNs) / NS_PER_MS) / FLOW_BUCKET_MS;
    if (at >= 0 && at < FLOW_BUCKETS) own[Math.floor(at)] = Number(count ?? 0);
  }
  return counts;
}

function nsOf(cell: TableCell | undefined): bigint {
  return typeof cell === 'string' && /^-?\d+$/.test(cell) ? BigInt(cell) : 0n;
}
