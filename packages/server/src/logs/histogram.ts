/** Histogram: newest buckets first, each sent once its window has been read. */
import type { Cost, PartialReason } from '@tendril/api/answer';
import {
  LEVELS,
  type Level,
  type LogHistogramBucket,
  type LogHistogramEvent,
  type LogHistogramRequest,
} from '@tendril/api/log-histogram';
import type { TimeRange } from '@tendril/model/time-range';
import type { Sql } from '@tendril/sql/sql';
import { z } from 'zod';
import { bucketWidthNs, floorTo } from './bucket-width.ts';
import { fitsRollUp, histogramQuery } from './histogram-query.ts';
import type { LogReader } from './log-reader.ts';
import { limitReached } from './read-budget.ts';
import { nextWidthNs, rangeAfter, windowOf } from './search-window.ts';
import { progressEvent, summaryOf } from './search.ts';
import { runStatement, type StatementOptions } from './statement.ts';

/** The first window tells how fast rows are read. */
const FIRST_WINDOW_SHARE = 16n;

export async function* logHistogram(
  reader: LogReader,
  request: LogHistogramRequest,
  signal: AbortSignal,
): AsyncGenerator<LogHistogramEvent> {
  const options = { budget: reader.budget(), signal };
  const { range, query, condition } = await reader.prepare(request, options);
  const widthNs = bucketWidthNs(range, request.buckets);
  const rollUp = fitsRollUp(range, widthNs, query);
  const statements: Sql[] = [];
  const counted = { records: 0 };
  let rest: TimeRange | undefined = range.fromNs < range.toNs ? range : undefined;
  let searchedToNs = range.toNs;
  let windowNs = rollUp
    ? range.toNs - range.fromNs
    : (range.toNs - range.fromNs) / FIRST_WINDOW_SHARE;
  let partial: PartialReason | undefined;
  while (rest !== undefined && partial === undefined) {
    const window = wholeBuckets(windowOf(rest, 'desc', windowNs + 1n), rest, widthNs);
    const statement = histogramQuery({ range: window, condition, widthNs, rollUp });
    statements.push(statement);
    const startedAtMs = performance.now();
    try {
      for await (const event of windowEvents(reader, statement, options)) {
        if (event.kind === 'bucket') {
          counted.records += recordsOf(event);
          yield event;
        } else yield progressEvent(event.cost, searchedToNs);
      }
    } catch (error) {
      partial = limitReached(error);
      if (partial === undefined) throw error;
      break;
    }
    const elapsedMs = performance.now() - startedAtMs;
    windowNs = nextWidthNs({
      widthNs: window.toNs - window.fromNs,
      elapsedMs,
      found: 0,
      wanted: 1,
    });
    rest = rangeAfter(rest, window, 'desc');
    searchedToNs = window.fromNs;
  }
  yield {
    ...summaryOf({
      range,
      outcome: { partial, searchedToNs, statements },
      budget: options.budget,
      withSql: request.sql,
    }),
    counts: counted,
    width: String(widthNs),
  };
}

/** Grown to where a bucket begins, so that no bucket is sent in two parts. */
function wholeBuckets(window: TimeRange, rest: TimeRange, widthNs: bigint): TimeRange {
  const begin = floorTo(window.fromNs, widthNs);
  return { fromNs: begin > rest.fromNs ? begin : rest.fromNs, toNs: window.toNs };
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
  options: StatementOptions,
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
  for (const [start, counts] of buckets) yield { kind: 'bucket', start, counts };
}

function recordsOf({ counts }: LogHistogramBucket): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
