/** Histogram: newest buckets first, each sent once its window has been read. */
import { z } from 'zod';
import type { Cost, ErrorEvent, PartialReason } from '@tendril/api/answer';
import {
  LEVELS,
  type Level,
  type LogHistogramBucket,
  type LogHistogramEvent,
  type LogHistogramRequest,
} from '@tendril/api/log-histogram';
import type { TimeRange } from '@tendril/model/time-range';
import type { Sql } from '@tendril/sql/sql';
import { bucketWidthNs, floorTo } from './bucket-width.ts';
import {
  ESTIMATE_LIMITS,
  estimateHistogram,
  type HistogramEstimate,
} from './histogram-estimate.ts';
import { histogramQuery, rollUpFor, type RollUp } from './histogram-query.ts';
import type { LogReader, PreparedQuery } from './log-reader.ts';
import { costSince, limitReached } from './read-budget.ts';
import { FIRST_WINDOW_ROWS, nextWindowRows, rangeAfter, windowOf } from './search-window.ts';
import { progressEvent, summaryOf } from './summary.ts';
import { runStatement, type StatementOptions } from './statement.ts';
import type { TableDensity } from './table-density.ts';

export async function* logHistogram(
  reader: LogReader,
  request: LogHistogramRequest,
  signal: AbortSignal,
): AsyncGenerator<LogHistogramEvent> {
  const options = { budget: reader.budget(), signal };
  const prepared = await reader.prepare(request, options);
  yield* histogramEvents(reader, prepared, request, options);
}

export async function* histogramEvents(
  reader: LogReader,
  prepared: PreparedQuery,
  request: Pick<LogHistogramRequest, 'buckets' | 'estimate' | 'sql'>,
  options: StatementOptions,
): AsyncGenerator<Exclude<LogHistogramEvent, ErrorEvent>> {
  const { range } = prepared;
  if (request.estimate) {
    const widthNs = bucketWidthNs(range, request.buckets);
    const estimating = { prepared, widthNs, limits: ESTIMATE_LIMITS };
    const estimate = await estimateHistogram(reader, estimating, options);
    if (estimate) {
      yield* estimateEvents(estimate, widthNs);
      const outcome = { ...estimate, partial: undefined, searchedToNs: range.fromNs };
      yield {
        ...summaryOf({ range, outcome, budget: options.budget, withSql: request.sql }),
        counts: { records: estimate.records },
        width: String(widthNs),
        sampled: { records: estimate.sampled },
      };
      return;
    }
  }
  const state = new HistogramState(prepared, request.buckets, reader.density);
  let partial: PartialReason | undefined;
  while (!state.isOver() && partial === undefined) {
    const before = options.budget.cost();
    try {
      for await (const event of windowEvents(reader, state.nextStatement(), {
        ...options,
        width: String(state.widthNs),
      })) {
        yield event.kind === 'bucket'
          ? state.counted(event)
          : progressEvent(event.cost, state.searchedToNs);
      }
      state.windowRead(costSince(before, options.budget.cost()));
    } catch (error) {
      partial = limitReached(error);
      if (partial === undefined) throw error;
    }
  }
  const { searchedToNs, statements, widthNs, records } = state;
  const outcome = { partial, searchedToNs, statements };
  yield {
    ...summaryOf({ range, outcome, budget: options.budget, withSql: request.sql }),
    counts: { records },
    width: String(widthNs),
  };
}

function* estimateEvents(
  { buckets }: HistogramEstimate,
  widthNs: bigint,
): Generator<LogHistogramBucket> {
  for (const bucket of buckets) yield { kind: 'bucket', width: String(widthNs), ...bucket };
}

/** Where a histogram is: windows go from the newest end of the range to the oldest. */
class HistogramState {
  readonly widthNs: bigint;
  readonly statements: Sql[] = [];
  searchedToNs: bigint;
  records = 0;
  private readonly condition: Sql;
  private readonly rollUp: RollUp | undefined;
  private rest: TimeRange | undefined;
  private window: TimeRange;
  private readonly density: TableDensity;
  private windowRows = FIRST_WINDOW_ROWS;

  constructor({ range, query, condition }: PreparedQuery, buckets: number, density: TableDensity) {
    this.density = density;
    this.condition = condition;
    this.widthNs = bucketWidthNs(range, buckets);
    this.rollUp = rollUpFor(range, this.widthNs, query);
    this.rest = range.fromNs < range.toNs ? range : undefined;
    this.window = range;
    this.searchedToNs = range.toNs;
  }

  isOver(): boolean {
    return this.rest === undefined;
  }

  nextStatement(): Sql {
    const { condition, widthNs, rollUp, density, rest = this.window } = this;
    // The roll-up is small enough to be read in one go.
    const windowNs = density.widthNs(rest, 'desc', rollUp ? Infinity : this.windowRows);
    this.window = wholeBuckets(windowOf(rest, 'desc', windowNs), rest, widthNs);
    const statement = histogramQuery({ range: this.window, condition, widthNs, rollUp });
    this.statements.push(statement);
    return statement;
  }

  counted(bucket: LogHistogramBucket): LogHistogramBucket {
    for (const count of Object.values(bucket.counts)) this.records += count ?? 0;
    return bucket;
  }

  windowRead({ elapsedMs }: Cost): void {
    const { window, rest, windowRows: rows } = this;
    this.windowRows = nextWindowRows({ rows, elapsedMs, found: 0, wanted: 1 });
    this.searchedToNs = window.fromNs;
    this.rest = rest && rangeAfter(rest, window, 'desc');
  }
}

/** Grown to where a bucket begins, so that no bucket is sent in two parts. */
function wholeBuckets({ fromNs, toNs }: TimeRange, rest: TimeRange, widthNs: bigint): TimeRange {
  const begin = floorTo(fromNs, widthNs);
  return { fromNs: begin > rest.fromNs ? begin : rest.fromNs, toNs };
}

type WindowEvent = LogHistogramBucket | { readonly kind: 'running'; readonly cost: Cost };

const rowSchema = z.object({
  start: z.string(),
  level: z.coerce.number(),
  records: z.coerce.number(),
});

// Buckets are sent when the whole window has been counted: a part of one is worth nothing.
async function* windowEvents(
  reader: LogReader,
  statement: Sql,
  { width, ...options }: StatementOptions & { readonly width: string },
): AsyncGenerator<WindowEvent> {
  const buckets = new Map<string, Partial<Record<Level, number>>>();
  for await (const event of runStatement(reader.engine, statement, options)) {
    if (event.kind === 'progress') {
      yield { kind: 'running', cost: options.budget.cost(event.running) };
      continue;
    }
    const { start, level, records } = rowSchema.parse(event.row);
    const counts = buckets.get(start) ?? {};
    const name = LEVELS[level] ?? 'unknown';
    counts[name] = (counts[name] ?? 0) + records;
    buckets.set(start, counts);
  }
  for (const [start, counts] of [...buckets].toReversed()) {
    yield { kind: 'bucket', start, width, counts };
  }
}
