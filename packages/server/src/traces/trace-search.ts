/**
 * Trace search: scans the spans that match, newest or oldest first, until they belong to as many traces as
 * are wanted, then describes each trace by all of its spans.
 */
import type { PartialReason } from '@tendril/api/answer';
import type { TraceSearchEvent, TraceSearchRequest } from '@tendril/api/trace-search';
import type { TimeRange } from '@tendril/model/time-range';
import { EMPTY_SQL, sql, type Sql } from '@tendril/sql/sql';
import { parseCursor, printCursor, type Cursor } from '../logs/cursor.ts';
import type { LogReader } from '../logs/log-reader.ts';
import type { RowShape } from '../logs/row-shape.ts';
import { scanLogs, type ScanEvent } from '../logs/scan.ts';
import { progressEvent, summaryOf } from '../logs/summary.ts';
import type { StatementOptions } from '../logs/statement.ts';
import { filterOnly } from './span-filter.ts';
import { traceSummaries } from './trace-summaries.ts';

/** Traces that are described together. */
const SUMMARIES = 100;
/** Spans of the first look for each trace that is wanted; the next look is larger. */
const SPANS_PER_TRACE = 8;
const PAGE_SPANS_MIN = 200;
const PAGE_SPANS_MAX = 100_000;
const PAGE_GROWTH = 4;

interface FoundSpan {
  readonly traceId: string;
  readonly place: Cursor;
}

const FOUND_SPANS: RowShape<FoundSpan> = {
  table: sql`traces`,
  isConditionFirst: true,
  definitions: EMPTY_SQL,
  columns: sql`toString(toUnixTimestamp64Nano(Timestamp)) AS timestamp,
  toString(RecordId) AS recordId,
  TraceId AS traceId`,
  settings: EMPTY_SQL,
  characters: () => 64,
  read: (rows) =>
    rows.map(({ timestamp, recordId, traceId }) => ({
      traceId: String(traceId),
      place: { timestampNs: BigInt(timestamp), recordId: BigInt(recordId) },
    })),
};

/** `reader` is of spans. A trace may come again on a later page, by another of its spans. */
export async function* searchTraces(
  reader: LogReader,
  request: TraceSearchRequest,
  signal: AbortSignal,
): AsyncGenerator<TraceSearchEvent> {
  const options = { budget: reader.budget(), signal };
  const cursor = request.cursor === undefined ? undefined : parseCursor(request.cursor);
  const { range, condition } = filterOnly(await reader.prepare(request, options));
  const search = new TraceSearch(reader, { range, condition, ...request, cursor }, options);
  for await (const event of search.pages()) yield progressEvent(event.cost, event.searchedToNs);
  for (const ids of chunksOf(search.traceIds, SUMMARIES)) {
    for (const trace of await traceSummaries(reader, ids, options)) yield { kind: 'row', trace };
  }
  const { partial, searchedToNs, statements, next } = search;
  const outcome = { partial, searchedToNs, statements };
  yield {
    ...summaryOf({ range, outcome, budget: options.budget, withSql: request.sql }),
    counts: { rows: search.traceIds.length },
    next: next === undefined ? null : printCursor(next),
  };
}

/** The ids alone, for answers that read the traces themselves. */
export async function findTraces(
  reader: LogReader,
  where: { readonly range: TimeRange; readonly condition: Sql; readonly limit: number },
  options: StatementOptions,
): Promise<readonly string[]> {
  const search = new TraceSearch(reader, { ...where, order: 'desc', cursor: undefined }, options);
  const pages = search.pages();
  while ((await pages.next()).done !== true);
  return search.traceIds;
}

interface Wanted {
  readonly range: TimeRange;
  readonly condition: Sql;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly cursor: Cursor | undefined;
}

class TraceSearch {
  partial: PartialReason | undefined;
  searchedToNs = 0n;
  /** Undefined when the range has been read to its end. */
  next: Cursor | undefined;
  statements: readonly Sql[] = [];
  private readonly found: Set<string> = new Set();
  private readonly reader: LogReader;
  private readonly wanted: Wanted;
  private readonly options: StatementOptions;

  constructor(reader: LogReader, wanted: Wanted, options: StatementOptions) {
    this.reader = reader;
    this.wanted = wanted;
    this.options = options;
    this.next = wanted.cursor;
  }

  /** In the order of their matching spans. */
  get traceIds(): readonly string[] {
    return [...this.found];
  }

  async *pages(): AsyncGenerator<Extract<ScanEvent<never>, { kind: 'progress' }>> {
    const { limit } = this.wanted;
    let pageSpans = Math.max(PAGE_SPANS_MIN, limit * SPANS_PER_TRACE);
    do {
      yield* this.page(Math.min(pageSpans, PAGE_SPANS_MAX));
      pageSpans *= PAGE_GROWTH;
    } while (this.next !== undefined && this.found.size < limit && this.partial === undefined);
  }

  private async *page(
    spans: number,
  ): AsyncGenerator<Extract<ScanEvent<never>, { kind: 'progress' }>> {
    const { range, condition, order, limit } = this.wanted;
    const scan = { range, condition, order, limit: spans, cursor: this.next };
    for await (const event of scanLogs(this.reader, scan, FOUND_SPANS, this.options)) {
      if (event.kind === 'progress') yield event;
      else if (event.kind === 'end') this.end(event);
      else {
        const { traceId, place } = event.row;
        if (this.found.size >= limit && !this.found.has(traceId)) return;
        this.found.add(traceId);
        this.next = place;
      }
    }
  }

  private end(end: Extract<ScanEvent<never>, { kind: 'end' }>): void {
    this.partial = end.partial;
    this.searchedToNs = end.searchedToNs;
    this.next = end.next;
    this.statements = [...this.statements, ...end.statements];
  }
}

function* chunksOf<T>(items: readonly T[], size: number): Iterable<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
