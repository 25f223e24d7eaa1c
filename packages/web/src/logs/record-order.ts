/** Records are totally ordered by (timestamp, id); what arrives late goes where it belongs. */
import type { LogRecord } from '@tendril/model/log-record';

type Order = 'desc' | 'asc';

/** Whether `a` comes before `b` in the order; equal records are the same record. */
function isBefore(a: LogRecord, b: LogRecord, order: Order): boolean {
  const difference = compare(a, b);
  return order === 'asc' ? difference < 0 : difference > 0;
}

// Times are decimal strings of nanoseconds: of the same length they compare as text.
function compare(a: LogRecord, b: LogRecord): number {
  if (a.timestamp.length !== b.timestamp.length) return a.timestamp.length - b.timestamp.length;
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/** The sorted records and the new ones in one order, each record once. */
export function mergeNew(
  records: readonly LogRecord[],
  arrived: readonly LogRecord[],
  order: Order,
): readonly LogRecord[] {
  if (arrived.length === 0) return records;
  const sorted = arrived.toSorted((a, b) => (order === 'asc' ? compare(a, b) : compare(b, a)));
  const merged: LogRecord[] = [];
  let at = 0;
  for (const record of sorted) {
    for (;;) {
      const next = records[at];
      if (!next || !isBefore(next, record, order)) break;
      merged.push(next);
      at += 1;
    }
    const last = merged.at(-1);
    const following = records[at];
    const isKnown =
      (last && compare(last, record) === 0) || (following && compare(following, record) === 0);
    if (isKnown !== true) merged.push(record);
  }
  return merged.concat(records.slice(at));
}
