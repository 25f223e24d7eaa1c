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
import { NS_PER_MINUTE, type TimeRange } from '@tendril/model/time-range';
import { bucketWidthNs, floorTo } from '../bucket-width.ts';
import type { LogReader } from '../log-reader.ts';
import { limitReached } from '../read-budget.ts';
import { allRows, type StatementOptions } from '../statement.ts';
import { partialOf } from '../summary.ts';
import {
  fitsPatternRollUp,
  patternDetailsQuery,
  PATTERN_QUERY_SETTINGS,
  patternTotalsQuery,
  type PatternCounts,
  type PatternDetails,
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
  const rollUp = fitsPatternRollUp(prepared.query);
  const { condition } = prepared;
  const { show, limit } = request;
  const trend = trendOf(range, request.buckets);
  const shape = { condition, groups, rollUp };
  // Of what has vanished there is nothing to tell but what was before.
  const told = show === 'vanished' ? (compared ?? range) : range;
  let totals: readonly Totals[] = [];
  let details: ReadonlyMap<string, Details> = new Map();
  let partial: PartialReason | undefined;
  try {
    totals = await readTotals(reader, { ...shape, range, compared, show, limit }, options);
    const ids = totals.map(({ id }) => BigInt(id));
    const { widthNs } = trend;
    // The roll-up has no buckets narrower than a minute.
    const fits = rollUp && widthNs % NS_PER_MINUTE === 0n;
    const wanted = { ...shape, rollUp: fits, range: told, ids, widthNs };
    details = await readDetails(reader, wanted, options);
  } catch (error) {
    partial = limitReached(error);
    if (partial === undefined) throw error;
  }
  const ids = totals.map(({ id }) => BigInt(id));
  const described = await describePatterns(reader, { ids, groups, range: whole }, options);
  return {
    range: printed(range),
    compared: compared ? printed(compared) : null,
    patterns: totals.map((row) =>
      patternOf(row, details.get(row.id), described.get(BigInt(row.id)), trend),
    ),
    total: totals[0]?.allPatterns ?? 0,
    records: totals[0]?.allRecords ?? 0,
    trend: { from: String(trend.fromNs), width: String(trend.widthNs), buckets: trend.buckets },
    partial: partialOf({ partial, searchedToNs: range.toNs }),
    cost: options.budget.cost(),
  };
}

const count = z.coerce.number();
/** Keys and sums, as sumMap gives them. */
const sums = z.tuple([z.array(z.union([z.string(), z.number()])), z.array(count)]);

type Sums = z.infer<typeof sums>;

const totalsSchema = z.object({
  id: z.string(),
  now: count,
  before: count,
  allRecords: count,
  allPatterns: count,
});
type Totals = z.infer<typeof totalsSchema>;

const detailsSchema = z.object({
  id: z.string(),
  firstSeen: z.string(),
  lastSeen: z.string(),
  trend: sums,
  levels: sums,
  services: z.array(z.tuple([z.string(), count])),
});
type Details = z.infer<typeof detailsSchema>;

async function readTotals(
  { engine }: LogReader,
  counts: PatternCounts,
  options: StatementOptions,
): Promise<readonly Totals[]> {
  const settings = PATTERN_QUERY_SETTINGS;
  const rows = await allRows(engine, patternTotalsQuery(counts), { ...options, settings });
  return rows.map((row) => totalsSchema.parse(row));
}

async function readDetails(
  { engine }: LogReader,
  wanted: PatternDetails,
  options: StatementOptions,
): Promise<ReadonlyMap<string, Details>> {
  if (wanted.ids.length === 0) return new Map();
  const settings = PATTERN_QUERY_SETTINGS;
  const rows = await allRows(engine, patternDetailsQuery(wanted), { ...options, settings });
  const details = rows.map((row) => detailsSchema.parse(row));
  return new Map(details.map((each) => [each.id, each]));
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

function trendOf(range: TimeRange, bucketsWanted: number): Trend {
  const widthNs = bucketWidthNs(range, bucketsWanted);
  const fromNs = floorTo(range.fromNs, widthNs);
  const buckets = Number((range.toNs - fromNs + widthNs - 1n) / widthNs);
  return { fromNs, widthNs, buckets };
}

function patternOf(
  { id, now, before, allRecords }: Totals,
  details: Details | undefined,
  described: PatternDescription | undefined,
  trend: Trend,
): LogPattern {
  return {
    patternId: formatRecordId(BigInt(id)),
    template: described?.template ?? '',
    count: now,
    share: allRecords === 0 ? 0 : now / allRecords,
    before,
    firstSeen: details?.firstSeen ?? '0',
    lastSeen: details?.lastSeen ?? '0',
    trend: trendCounts(details?.trend ?? NO_SUMS, trend),
    levels: levelCounts(details?.levels ?? NO_SUMS),
    services: (details?.services ?? []).map(([name, records]) => ({ name, count: records })),
    examples: described?.examples ?? [],
  };
}

const NO_SUMS: Sums = [[], []];

// What has vanished has no records in the range's buckets.
function trendCounts([starts, records]: Sums, trend: Trend): number[] {
  const { fromNs, widthNs, buckets } = trend;
  const counts = Array.from({ length: buckets }, () => 0);
  const first = Number(fromNs / widthNs);
  for (const [index, start] of starts.entries()) {
    const bucket = Number(start) - first;
    if (bucket >= 0 && bucket < buckets) counts[bucket] = records[index] ?? 0;
  }
  return counts;
}

function levelCounts([levels, records]: Sums): Partial<Record<Level, number>> {
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
