/** `| around`: the newest records that match, each with what its source wrote before and after. */
import type { PartialReason } from '@tendril/api/answer';
import type { LogSearchEvent } from '@tendril/api/log-search';
import type { LogRecord } from '@tendril/model/log-record';
import { parseRecordId } from '@tendril/model/record-id';
import type { RecordsPlan } from '@tendril/query/plan';
import { sql, uint64, type Sql } from '@tendril/sql/sql';
import type { Cursor, Order } from './cursor.ts';
import { sourcedRecords, type SourcedRecord } from './row-shape.ts';
import { scanLogs, type ScanOutcome } from './scan.ts';
import type { Searching } from './searching.ts';
import { progressEvent, summaryOf } from './summary.ts';
import { sideOf } from './surroundings.ts';

/** Each costs two statements. */
const ANCHORS_MAX = 20;
const EVERYTHING = { fromNs: 0n, toNs: 9_223_372_036_854_775_807n };

export async function* searchAround(
  searching: Searching,
  plan: RecordsPlan,
  around: NonNullable<RecordsPlan['around']>,
): AsyncGenerator<LogSearchEvent> {
  const { prepared, options, request } = searching;
  const found = await anchorsOf(searching, plan);
  const statements: Sql[] = [...found.outcome.statements];
  const rows = new Map<string, Row>();
  let { partial } = found.outcome;
  for (const anchor of found.anchors) rows.set(keyOf(anchor.record), { record: anchor.record });
  for (const anchor of found.anchors) {
    for (const [order, limit] of [
      ['desc', around.before],
      ['asc', around.after],
    ] as const) {
      if (limit === 0 || partial !== undefined) continue;
      const side = await sideBeyond(searching, anchor, { order, limit });
      statements.push(...side.outcome.statements);
      partial ??= side.outcome.partial;
      for (const record of side.records) {
        if (!rows.has(keyOf(record))) rows.set(keyOf(record), { record, context: true });
      }
    }
    yield progressEvent(options.budget.cost(), BigInt(anchor.record.timestamp));
  }
  const { range } = prepared;
  for (const row of [...rows.values()].sort(newestFirst)) yield { kind: 'row', ...row };
  const outcome = {
    partial: partial ?? found.more,
    searchedToNs: found.outcome.searchedToNs,
    statements,
  };
  yield {
    ...summaryOf({ range, outcome, budget: options.budget, withSql: request.sql }),
    counts: { rows: rows.size },
    next: null,
  };
}

interface Row {
  readonly record: LogRecord;
  readonly context?: true;
}

interface Anchors {
  readonly anchors: readonly SourcedRecord[];
  readonly outcome: Pick<ScanOutcome, 'partial' | 'searchedToNs' | 'statements'>;
  /** `rows` when there are more that match. */
  readonly more: PartialReason | undefined;
}

async function anchorsOf(
  { reader, prepared, options }: Searching,
  plan: RecordsPlan,
): Promise<Anchors> {
  const limit = Math.min(ANCHORS_MAX, plan.limit ?? ANCHORS_MAX);
  const { range } = prepared;
  const scan = { range, condition: plan.condition, order: 'desc', limit: limit + 1 } as const;
  const anchors: SourcedRecord[] = [];
  let outcome: Anchors['outcome'] = {
    partial: undefined,
    searchedToNs: range.toNs,
    statements: [],
  };
  for await (const event of scanLogs(reader, scan, sourcedRecords(reader, plan), options)) {
    if (event.kind === 'row') anchors.push(event.row);
    if (event.kind === 'end') outcome = event;
  }
  const isMore = anchors.length > limit && plan.limit !== limit;
  return { anchors: anchors.slice(0, limit), outcome, more: isMore ? 'rows' : undefined };
}

async function sideBeyond(
  { reader, options }: Searching,
  { record, resourceId }: SourcedRecord,
  { order, limit }: { readonly order: Order; readonly limit: number },
): Promise<Awaited<ReturnType<typeof sideOf>>> {
  const condition = sql`ResourceId = ${uint64(resourceId)}`;
  const cursor: Cursor = {
    timestampNs: BigInt(record.timestamp),
    recordId: parseRecordId(record.id) ?? 0n,
  };
  return await sideOf(reader, { range: EVERYTHING, condition, order, limit, cursor }, options);
}

function keyOf({ timestamp, id }: LogRecord): string {
  return `${timestamp} ${id}`;
}

function newestFirst(a: Row, b: Row): number {
  const difference = BigInt(b.record.timestamp) - BigInt(a.record.timestamp);
  if (difference !== 0n) return difference > 0n ? 1 : -1;
  return a.record.id < b.record.id ? 1 : -1;
}
