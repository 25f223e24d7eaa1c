/** One trace: all of its spans, whenever they happened, oldest first, streamed page by page. */
import type { PartialReason } from '@tendril/api/answer';
import { TRACE_SPANS_MAX, type TraceEndSummary, type TraceEvent } from '@tendril/api/trace';
import { Failure } from '@tendril/model/failure';
import type { Span } from '@tendril/model/span';
import type { TimeRange } from '@tendril/model/time-range';
import type { Sql } from '@tendril/sql/sql';
import type { Cursor } from '../logs/cursor.ts';
import type { LogReader } from '../logs/log-reader.ts';
import type { RowShape } from '../logs/row-shape.ts';
import { scanLogs } from '../logs/scan.ts';
import { summaryOf } from '../logs/summary.ts';
import type { StatementOptions } from '../logs/statement.ts';
import { spanRows } from './span-row.ts';
import { parseTraceId } from './trace-id.ts';
import { extentsCondition, traceExtents } from './trace-ranges.ts';

/** Spans of the first page, so that it comes soon. */
const FIRST_PAGE_SPANS = 5_000;
/** What the engine sorts at once: so many spans, fewer where they hold much. */
const PAGE_SPANS = 50_000;
const PAGE_BYTES = 64 * 1_024 * 1_024;
/** Times are kept in 64 bits; half of them are enough until 2262. */
const TIMESTAMP_NS_MAX = 9_223_372_036_854_775_807n;

/** `reader` is of spans. Throws `Failure` `not_found` before the first event. */
export async function* traceSpans(
  reader: LogReader,
  traceId: string,
  signal: AbortSignal,
): AsyncGenerator<TraceEvent> {
  for await (const event of rowsOfTrace(reader, { traceId, shape: spanRows(reader) }, signal)) {
    yield event.kind === 'row' ? { kind: 'row', span: event.row } : event;
  }
}

export interface RowsOfTrace<Row> {
  readonly traceId: string;
  /** What is read of each span. */
  readonly shape: RowShape<Row>;
}

/** As `traceSpans`, of what the shape reads. */
export async function* rowsOfTrace<Row>(
  reader: LogReader,
  { traceId: id, shape }: RowsOfTrace<Row>,
  signal: AbortSignal,
): AsyncGenerator<RowEvent<Row> | TraceEndSummary> {
  const options = { budget: reader.budget(), signal };
  const traceId = parseTraceId(id);
  await reader.flushed(signal);
  const extents = await traceExtents(reader, [traceId], options);
  const [extent] = extents;
  if (extent === undefined) throw noTrace(traceId);
  const range = { fromNs: extent.firstNs, toNs: extent.lastNs + 1n };
  const where = { range, condition: extentsCondition(extents), shape };
  const pages = new Pages(reader, where, options);
  yield* pages.all();
  const { partial, statements, rows, searchedToNs } = pages;
  const outcome = { partial, statements, searchedToNs };
  yield {
    ...summaryOf({ range, outcome, budget: options.budget, withSql: false }),
    counts: { rows },
  };
}

interface RowEvent<Row> {
  readonly kind: 'row';
  readonly row: Row;
}

interface PagesWhere<Row> {
  readonly range: TimeRange;
  readonly condition: Sql;
  readonly shape: RowShape<Row>;
}

class Pages<Row> {
  readonly statements: Sql[] = [];
  rows = 0;
  partial: PartialReason | undefined;
  searchedToNs = 0n;
  private readonly reader: LogReader;
  private readonly where: PagesWhere<Row>;
  private readonly options: StatementOptions;

  constructor(reader: LogReader, where: PagesWhere<Row>, options: StatementOptions) {
    this.reader = reader;
    this.where = where;
    this.options = options;
  }

  async *all(): AsyncGenerator<RowEvent<Row>> {
    let cursor: Cursor | undefined;
    do {
      cursor = yield* this.page(cursor);
      if (cursor !== undefined && this.rows >= TRACE_SPANS_MAX) this.partial = 'rows';
    } while (cursor !== undefined && this.partial === undefined);
  }

  private pageSpans(cursor: Cursor | undefined): number {
    if (cursor === undefined) return FIRST_PAGE_SPANS;
    const { bytesRead, rowsRead } = this.options.budget.cost();
    const fitting = Math.floor(PAGE_BYTES / (bytesRead / Math.max(1, rowsRead)));
    return Math.min(PAGE_SPANS, Math.max(FIRST_PAGE_SPANS, fitting));
  }

  private async *page(
    cursor: Cursor | undefined,
  ): AsyncGenerator<RowEvent<Row>, Cursor | undefined> {
    const { shape, ...where } = this.where;
    const limit = Math.min(this.pageSpans(cursor), TRACE_SPANS_MAX - this.rows);
    const scan = { ...where, order: 'asc', limit, cursor } as const;
    let next: Cursor | undefined;
    for await (const event of scanLogs(this.reader, scan, shape, this.options)) {
      if (event.kind === 'row') {
        this.rows += 1;
        yield event;
      } else if (event.kind === 'end') {
        this.partial = event.partial;
        this.searchedToNs = event.searchedToNs;
        next = event.next;
      }
    }
    return next;
  }
}

/** The spans of several traces, together at most so many; in the order of the ids. */
export async function spansOfTraces(
  reader: LogReader,
  traceIds: readonly string[],
  options: StatementOptions,
): Promise<ReadonlyMap<string, readonly Span[]>> {
  const spans = new Map<string, Span[]>(traceIds.map((traceId) => [traceId, []]));
  const extents = await traceExtents(reader, traceIds, options);
  if (extents.length > 0) {
    const fromNs = extents.map(({ firstNs }) => firstNs).reduce((a, b) => (b < a ? b : a));
    const toNs = extents.map(({ lastNs }) => lastNs + 1n).reduce((a, b) => (b > a ? b : a));
    const condition = extentsCondition(extents);
    const where = { range: { fromNs, toNs }, condition, shape: spanRows(reader) };
    for await (const { row } of new Pages(reader, where, options).all()) {
      spans.get(row.traceId)?.push(row);
    }
  }
  for (const [traceId, found] of spans) if (found.length === 0) spans.delete(traceId);
  return spans;
}

/** Any time: for traces that are looked for by id. */
export const ALL_TIME: TimeRange = { fromNs: 0n, toNs: TIMESTAMP_NS_MAX };

function noTrace(traceId: string): Failure {
  return new Failure({
    code: 'not_found',
    detail: `there is no trace ${traceId}`,
    params: { traceId },
  });
}
