/** The patterns of matching records: counted by the engine, described from what writers said of them. */
import { z } from 'zod';
import type { PartialReason } from '@tendril/api/answer';
import { LEVELS, type Level } from '@tendril/api/log-histogram';
import type {
  LogPattern,
  LogPatternsRequest,
  LogPatternsResponse,
} from '@tendril/api/log-patterns';
import { Failure } from '@tendril/model/failure';
import { formatRecordId } from '@tendril/model/record-id';
import type { TimeRange } from '@tendril/model/time-range';
import { bucketWidthNs, floorTo } from '../bucket-width.ts';
import type { LogReader } from '../log-reader.ts';
import { limitReached } from '../read-budget.ts';
import { allRows, type StatementOptions } from '../statement.ts';
import { partialOf } from '../summary.ts';
import {
  fitsPatternRollUp,
  patternCountsQuery,
  PATTERN_QUERY_SETTINGS,
  type PatternCounts,
} from './pattern-query.ts';
import { describePatterns, type PatternDescription } from './pattern-texts.ts';

export async function logPatterns(
  reader: LogReader,
  request: LogPatternsRequest,
  signal: AbortSignal,
): Promise<LogPatternsResponse> {
  const options = { budget: reader.budget(), signal };
  const range = reader.rangeOf(request);
  const compared = comparedRange(reader, range, request.compare);
  const whole = { fromNs: compared?.fromNs ?? range.fromNs, toNs: range.toNs };
  const prepared = await reader.prepareIn(whole, request.query, options);
  const groups = await reader.aliases.current(options);
  const widthNs = bucketWidthNs(range, request.buckets);
  const rollUp = fitsPatternRollUp(widthNs, prepared.query);
  const { condition } = prepared;
  const { show, limit } = request;
  const counts = { range, compared, condition, groups, widthNs, rollUp, show, limit };
  let found: readonly CountedRow[] = [];
  let partial: PartialReason | undefined;
  try {
    found = await countedRows(reader, counts, options);
  } catch (error) {
    partial = limitReached(error);
    if (partial === undefined) throw error;
  }
  const ids = found.map(({ id }) => BigInt(id));
  const described = await describePatterns(reader, { ids, groups, range: whole }, options);
  const trend = trendOf(range, widthNs);
  return {
    range: printed(range),
    compared: compared ? printed(compared) : null,
    patterns: found.map((row) => patternOf(row, described, trend)),
    total: found[0]?.allPatterns ?? 0,
    records: found[0]?.allRecords ?? 0,
    trend: { from: String(trend.fromNs), width: String(widthNs), buckets: trend.buckets },
    partial: partialOf({ partial, searchedToNs: range.toNs }),
    cost: options.budget.cost(),
  };
}

const count = z.coerce.number();
/** Keys and sums, as sumMap gives them. */
const sums = z.tuple([z.array(z.union([z.string(), z.number()])), z.array(count)]);

const rowSchema = z.object({
  id: z.string(),
  now: count,
  before: count,
  firstSeen: z.string(),
  lastSeen: z.string(),
  trend: sums,
  levels: sums,
  services: z.array(z.tuple([z.string(), count])),
  allRecords: count,
  allPatterns: count,
});
type CountedRow = z.infer<typeof rowSchema>;

async function countedRows(
  { engine }: LogReader,
  counts: PatternCounts,
  options: StatementOptions,
): Promise<readonly CountedRow[]> {
  const rows = await allRows(engine, patternCountsQuery(counts), {
    ...options,
    settings: PATTERN_QUERY_SETTINGS,
  });
  return rows.map((row) => rowSchema.parse(row));
}

/** Throws `Failure` `bad_range` when the time before does not begin before the range. */
function comparedRange(
  reader: LogReader,
  range: TimeRange,
  compare: string | undefined,
): TimeRange | undefined {
  if (compare === undefined) return undefined;
  const { fromNs } =
    compare === 'before'
      ? { fromNs: greater(0n, range.fromNs - (range.toNs - range.fromNs)) }
      : reader.rangeOf({ from: compare, to: String(range.toNs) });
  if (fromNs < range.fromNs) return { fromNs, toNs: range.fromNs };
  throw new Failure({
    code: 'bad_range',
    detail: `the time to compare with (${compare}) must begin before the range does`,
    params: { from: compare, to: String(range.fromNs) },
  });
}

const greater = (one: bigint, other: bigint): bigint => (one > other ? one : other);

interface Trend {
  readonly fromNs: bigint;
  readonly widthNs: bigint;
  readonly buckets: number;
}

function trendOf(range: TimeRange, widthNs: bigint): Trend {
  const fromNs = floorTo(range.fromNs, widthNs);
  const buckets = Number((range.toNs - fromNs + widthNs - 1n) / widthNs);
  return { fromNs, widthNs, buckets };
}

function patternOf(
  row: CountedRow,
  described: ReadonlyMap<bigint, PatternDescription>,
  trend: Trend,
): LogPattern {
  const { now, before, firstSeen, lastSeen, allRecords } = row;
  const id = BigInt(row.id);
  const { template = '', examples = [] } = described.get(id) ?? {};
  return {
    patternId: formatRecordId(id),
    template,
    count: now,
    share: allRecords === 0 ? 0 : now / allRecords,
    before,
    firstSeen,
    lastSeen,
    trend: trendCounts(row.trend, trend),
    levels: levelCounts(row.levels),
    services: row.services.map(([name, records]) => ({ name, count: records })),
    examples,
  };
}

// What has vanished has no records in the range's buckets.
function trendCounts([starts, records]: CountedRow['trend'], trend: Trend): number[] {
  const { fromNs, widthNs, buckets } = trend;
  const counts = Array.from({ length: buckets }, () => 0);
  const first = Number(fromNs / widthNs);
  for (const [index, start] of starts.entries()) {
    const bucket = Number(start) - first;
    if (bucket >= 0 && bucket < buckets) counts[bucket] = records[index] ?? 0;
  }
  return counts;
}

function levelCounts([levels, records]: CountedRow['levels']): Partial<Record<Level, number>> {
  const counts: Partial<Record<Level, number>> = {};
  for (const [index, level] of levels.entries()) {
    const name = LEVELS[Number(level)] ?? 'unknown';
    counts[name] = (counts[name] ?? 0) + (records[index] ?? 0);
  }
  return counts;
}

function printed({ fromNs, toNs }: TimeRange): LogPatternsResponse['range'] {
  return { from: String(fromNs), to: String(toNs) };
}
