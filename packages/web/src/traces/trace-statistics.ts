/** What the spans of a trace did, counted by operation or by service: how often, how long, on their own. */
import type { TraceTree } from './trace-tree.ts';

export interface StatisticsRow {
  readonly key: string;
  readonly service: string;
  /** Empty where all operations of a service are one row. */
  readonly operation: string;
  readonly spans: number;
  readonly errors: number;
  readonly totalNs: number;
  readonly selfNs: number;
  readonly minNs: number;
  readonly maxNs: number;
}

export type StatisticsGrouping = 'operation' | 'service';

type Growing = { -readonly [Key in keyof StatisticsRow]: StatisticsRow[Key] };

/** Most time of their own first. */
export function traceStatistics(
  tree: TraceTree,
  grouping: StatisticsGrouping,
): readonly StatisticsRow[] {
  const rows = new Map<string, Growing>();
  for (const [span, { serviceName, name, status }] of tree.spans.entries()) {
    const operation = grouping === 'service' ? '' : name;
    const key = JSON.stringify([serviceName, operation]);
    const durationNs = tree.durations[span] ?? 0;
    const row = rows.get(key) ?? emptyRow(key, serviceName, operation);
    rows.set(key, row);
    row.spans += 1;
    row.errors += status === 'error' ? 1 : 0;
    row.totalNs += durationNs;
    row.selfNs += tree.selfTimes[span] ?? 0;
    row.minNs = Math.min(row.minNs, durationNs);
    row.maxNs = Math.max(row.maxNs, durationNs);
  }
  return [...rows.values()].sort((a, b) => b.selfNs - a.selfNs || (a.key < b.key ? -1 : 1));
}

function emptyRow(key: string, service: string, operation: string): Growing {
  const counts = { spans: 0, errors: 0, totalNs: 0, selfNs: 0, minNs: Infinity, maxNs: 0 };
  return { key, service, operation, ...counts };
}
