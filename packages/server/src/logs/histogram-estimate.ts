/**
 * Counts by bucket and level from a sample of granules. How many rows each bucket has is known from the roll-up; the
 * share of them that match is that of the bucket's rows in the sample.
 */
import { LEVELS, type Level, type LogHistogramBucket } from '@tendril/api/log-histogram';
import { sql, type Sql } from '@tendril/sql/sql';
import { granuleCondition } from './granule-sample.ts';
import { histogramQuery, rollUpFor } from './histogram-query.ts';
import type { LogReader, PreparedQuery } from './log-reader.ts';
import { readsBodies } from './needle.ts';
import { allRows, type StatementOptions } from './statement.ts';

export interface HistogramEstimate {
  readonly buckets: readonly Pick<LogHistogramBucket, 'start' | 'counts'>[];
  readonly records: number;
  /** Read for it, matching or not. */
  readonly sampled: number;
  readonly statements: readonly Sql[];
}

export interface EstimateLimits {
  /** Fewer rows are counted to the record soon enough. */
  readonly rowsMin: number;
  /** What counts within that is counted. */
  readonly exactMsMax: number;
  readonly granules: number;
}

export const ESTIMATE_LIMITS: EstimateLimits = {
  rowsMin: 2_000_000,
  exactMsMax: 250,
  /** A third of a million rows: enough for shares that are right to a few percent, of what one row in a thousand is. */
  granules: 40,
};

/** From fewer matches no more can be told than that there are some. */
const MATCHES_MIN = 50;
/** Of the three statements, whatever they read. */
const STATEMENTS_MS = 40;

export interface Estimating {
  readonly prepared: PreparedQuery;
  readonly widthNs: bigint;
  readonly limits: EstimateLimits;
}

/** Undefined where counting is as good. */
export async function estimateHistogram(
  reader: LogReader,
  { prepared, widthNs, limits }: Estimating,
  options: StatementOptions,
): Promise<HistogramEstimate | undefined> {
  const { range, query, condition } = prepared;
  const size = reader.density.sizeOf(range);
  const rollUp = rollUpFor(range, widthNs, { kind: 'all' });
  if (size.rowsInRange < limits.rowsMin || !rollUp || !readsBodies(query)) return undefined;
  const granules = granuleCondition(size, limits.granules);
  if (!granules) return undefined;
  const counting = { range, widthNs, rollUp: undefined };
  const statements = {
    matching: histogramQuery({ ...counting, condition: sql`${granules} AND ${condition}` }),
    sampled: histogramQuery({ ...counting, condition: granules }),
    all: histogramQuery({ ...counting, condition: sql`true`, rollUp }),
  };
  const startedAtMs = performance.now();
  const counted = async (statement: Sql): Promise<Counts> =>
    new Counts((await allRows(reader.engine, statement, options)) as unknown as CountRow[]);
  const [matching, sampled, all] = await Promise.all([
    counted(statements.matching),
    counted(statements.sampled),
    counted(statements.all),
  ]);
  const elapsedMs = performance.now() - startedAtMs;
  if (matching.records < MATCHES_MIN) return undefined;
  const readMs = Math.max(0, elapsedMs - STATEMENTS_MS);
  const exactMs = (readMs * all.records) / Math.max(1, sampled.records);
  if (exactMs < limits.exactMsMax) return undefined;
  const buckets = estimatedBuckets({ matching, sampled, all });
  return {
    buckets,
    records: buckets.reduce((sum, { counts }) => sum + sumOf(counts), 0),
    sampled: sampled.records,
    statements: Object.values(statements),
  };
}

/** The engine's answer to our own statement. */
interface CountRow {
  readonly start: string;
  readonly level: string;
  readonly records: string;
}

type LevelCounts = Partial<Record<Level, number>>;

class Counts {
  readonly byStart: Map<string, LevelCounts> = new Map();
  records = 0;

  constructor(rows: readonly CountRow[]) {
    for (const { start, level, records } of rows) {
      const counts = this.byStart.get(start) ?? {};
      this.byStart.set(start, counts);
      const name = LEVELS[Number(level)] ?? 'unknown';
      counts[name] = (counts[name] ?? 0) + Number(records);
      this.records += Number(records);
    }
  }

  rowsOf(start: string): number {
    return sumOf(this.byStart.get(start) ?? {});
  }

  /** Over all buckets. */
  levels(): LevelCounts {
    const sums: LevelCounts = {};
    for (const counts of this.byStart.values()) {
      for (const level of LEVELS) sums[level] = (sums[level] ?? 0) + (counts[level] ?? 0);
    }
    return sums;
  }
}

interface Sampled {
  readonly matching: Counts;
  readonly sampled: Counts;
  readonly all: Counts;
}

/** Of a bucket that the sample says nothing of, the share of all buckets is taken. */
function estimatedBuckets({ matching, sampled, all }: Sampled): HistogramEstimate['buckets'] {
  const whole = matching.levels();
  return [...all.byStart.keys()].toReversed().flatMap((start) => {
    const read = sampled.rowsOf(start);
    const found = read > 0 ? (matching.byStart.get(start) ?? {}) : whole;
    const weight = all.rowsOf(start) / Math.max(1, read > 0 ? read : sampled.records);
    const counts: LevelCounts = {};
    for (const level of LEVELS) {
      const records = Math.round((found[level] ?? 0) * weight);
      if (records > 0) counts[level] = records;
    }
    return Object.keys(counts).length === 0 ? [] : [{ start, counts }];
  });
}

function sumOf(counts: LogHistogramBucket['counts']): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
