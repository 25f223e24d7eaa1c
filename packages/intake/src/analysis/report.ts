/** What is said of an analysis: the figures an expert would name first, as plain data. */
import type { CountedPattern } from '../patterns/pattern-counter.ts';
import { LEVEL_NAMES, type Analysis, type LevelName } from './analysis.ts';
import type { DurationFigures } from './durations.ts';
import type { KnownFailure } from './known-failures.ts';
import type { OperationErrors } from './operations.ts';
import type { FailedStep } from './steps.ts';
import type { StackGroup } from './stacks.ts';

export interface AnalysisReport {
  readonly records: number;
  readonly skipped: number;
  readonly lines: number;
  readonly joined: number;
  readonly withoutTime: number;
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  readonly levels: Readonly<Record<LevelName, number>>;
  readonly formats: Counted;
  readonly services: Counted;
  readonly errorCodes: Counted;
  readonly errors: Timeline;
  readonly warnings: Timeline;
  /** Of builds, pipelines and starts. */
  readonly steps: readonly FailedStep[];
  readonly failures: readonly Readonly<KnownFailure>[];
  readonly patterns: readonly ReportedPattern[];
  /** First seen after this moment they are new. */
  readonly newSinceMs: number | undefined;
  readonly newPatterns: readonly ReportedPattern[];
  readonly otherRecords: number;
  readonly stacks: readonly Readonly<StackGroup>[];
  readonly operations: readonly Readonly<OperationErrors>[];
  /** Of all operations with errors; `operations` lists the first. */
  readonly operationCount: number;
  /** Occurrences that there was no room to tell apart. */
  readonly beyond: {
    readonly operations: number;
    readonly durations: number;
    readonly stacks: number;
  };
  /** Of all that took time, together; undefined when nothing says. */
  readonly allDurations: DurationFigures | undefined;
  readonly durations: readonly DurationFigures[];
  readonly access: AccessReport | undefined;
  readonly gaps: readonly Span[];
  readonly bursts: readonly Burst[];
}

export type Counted = readonly (readonly [name: string, count: number])[];

export interface Timeline {
  /** With those that state no time. */
  readonly count: number;
  /** From the first to the last record, a fixed number of equal parts. */
  readonly parts: readonly number[];
  readonly peakMs: number | undefined;
  /** How many times the median minute. */
  readonly peakRatio: number;
}

export interface ReportedPattern extends Pick<
  CountedPattern,
  'count' | 'firstMs' | 'lastMs' | 'patternId' | 'template'
> {
  readonly level: LevelName;
  readonly example: string;
  readonly parts: readonly number[];
}

export interface AccessReport {
  readonly requests: number;
  readonly statuses: Counted;
  readonly paths: Counted;
  readonly failedPaths: Counted;
  readonly clients: Counted;
  /** Requests over time. */
  readonly times: Timeline;
  /** Those that were answered with 5xx. */
  readonly failedTimes: Timeline;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Burst extends Span {
  readonly records: number;
  readonly ratio: number;
}

const PARTS = 28;
const PATTERNS_MAX = 50;
const OPERATIONS_MAX = 1_000;
const STACKS_MAX = 50;
const DURATIONS_MAX = 50;
const COUNTED_MAX = 50;
const FINDINGS_MAX = 20;
/** What was seen in this share of the time is not new. */
const KNOWN_SHARE = 0.4;
/** Nothing for so many times as long as from one to the next in general is a gap. */
const GAP_RATIO_MIN = 3;
const BURST_RATIO_MIN = 10;
const WARN_NUMBER = 13;

export function reportOf(analysis: Analysis): AnalysisReport {
  const { access, errorTimes, firstMs, lastMs, levels, timeline, warningTimes } = analysis;
  const range = { fromMs: firstMs ?? 0, toMs: lastMs ?? 0 };
  const { otherRecords, patterns } = analysis.patterns.result();
  const newSinceMs =
    firstMs === undefined ? undefined : firstMs + (range.toMs - range.fromMs) * KNOWN_SHARE;
  const reported = patterns.map((pattern) => reportedPattern(pattern, range));
  const isNew = ({ firstMs: first }: ReportedPattern): boolean =>
    first !== undefined && newSinceMs !== undefined && first > newSinceMs;
  const counts = [...timeline.counts()];
  const byLevel = Object.fromEntries(
    LEVEL_NAMES.map((name, index) => [name, levels[index] ?? 0]),
  ) as Record<LevelName, number>;
  return {
    records: analysis.records,
    skipped: analysis.skipped,
    lines: analysis.lines,
    joined: analysis.joined,
    withoutTime: analysis.withoutTime,
    firstMs,
    lastMs,
    levels: byLevel,
    formats: analysis.formats.top(COUNTED_MAX),
    services: analysis.services.top(COUNTED_MAX),
    errorCodes: analysis.errorCodes.top(COUNTED_MAX),
    errors: {
      ...timelineOf([...errorTimes.counts()], errorTimes.bucketMs, range),
      count: byLevel.error + byLevel.fatal,
    },
    warnings: {
      ...timelineOf([...warningTimes.counts()], warningTimes.bucketMs, range),
      count: byLevel.warn,
    },
    steps: analysis.steps.top(),
    failures: analysis.failures.top(),
    patterns: reported.toSorted(byImportance).slice(0, PATTERNS_MAX),
    newSinceMs,
    newPatterns: reported.filter(isNew).toSorted(byImportance).slice(0, PATTERNS_MAX),
    otherRecords,
    stacks: analysis.stacks.top().slice(0, STACKS_MAX),
    operations: analysis.operations.top().slice(0, OPERATIONS_MAX),
    operationCount: analysis.operations.count,
    beyond: {
      operations: analysis.operations.others,
      durations: analysis.durations.others,
      stacks: analysis.stacks.others,
    },
    allDurations: analysis.durations.overall(),
    durations: analysis.durations.figures().slice(0, DURATIONS_MAX),
    access: access.requests === 0 ? undefined : accessReport(analysis, range),
    gaps: gapsIn(counts, timeline.bucketMs),
    bursts: burstsIn(counts, timeline.bucketMs),
  };
}

function accessReport({ access }: Analysis, range: Span): AccessReport {
  const { clients, failedPaths, failedTimes, paths, requests, statuses, times } = access;
  return {
    requests,
    statuses: statuses.top(COUNTED_MAX),
    paths: paths.top(COUNTED_MAX),
    failedPaths: failedPaths.top(COUNTED_MAX),
    clients: clients.top(COUNTED_MAX),
    times: timelineOf([...times.counts()], times.bucketMs, range),
    failedTimes: timelineOf([...failedTimes.counts()], failedTimes.bucketMs, range),
  };
}

type Buckets = readonly (readonly [beginMs: number, count: number])[];

function reportedPattern(pattern: CountedPattern, range: Span): ReportedPattern {
  const { count, examples, firstMs, lastMs, patternId, severities, template } = pattern;
  const highest = Math.max(0, ...severities.keys());
  return {
    patternId,
    template,
    count,
    firstMs,
    lastMs,
    level: LEVEL_NAMES[Math.min(6, Math.floor((highest + 3) / 4))] ?? 'unset',
    example: examples[0] ?? '',
    parts: partsOf([...pattern.buckets], range),
  };
}

/** Errors before warnings before the rest, then by count. */
function byImportance(one: ReportedPattern, other: ReportedPattern): number {
  return weightOf(other) - weightOf(one) || other.count - one.count;
}

function weightOf({ level }: ReportedPattern): number {
  const index = LEVEL_NAMES.indexOf(level);
  return index * 4 > WARN_NUMBER ? index : 0;
}

function timelineOf(buckets: Buckets, bucketMs: number, range: Span): Timeline {
  const count = buckets.reduce((sum, [, records]) => sum + records, 0);
  const peak = buckets.reduce<readonly [number, number] | undefined>(
    (best, bucket) => (best && best[1] >= bucket[1] ? best : bucket),
    undefined,
  );
  const bucketCount = Math.max(1, Math.ceil((range.toMs - range.fromMs) / bucketMs));
  const median = medianOf(
    buckets.map(([, records]) => records),
    bucketCount - buckets.length,
  );
  return {
    count,
    parts: partsOf(buckets, range),
    peakMs: peak?.[0],
    peakRatio: peak ? peak[1] / Math.max(1, median) : 0,
  };
}

function partsOf(buckets: Buckets, { fromMs, toMs }: Span): number[] {
  const parts = Array<number>(PARTS).fill(0);
  const width = Math.max(1, toMs - fromMs) / PARTS;
  for (const [beginMs, count] of buckets) {
    const part = Math.max(0, Math.min(PARTS - 1, Math.floor((beginMs - fromMs) / width)));
    parts[part] = (parts[part] ?? 0) + count;
  }
  return parts;
}

/** Stretches without a record, where one comes more often else. */
function gapsIn(buckets: Buckets, bucketMs: number): readonly Span[] {
  const median = medianOf(buckets.map(([, count]) => count));
  if (median < 2 || buckets.length < 10) return [];
  const quiet = buckets.slice(1).map(([toMs], index) => {
    const [beginMs] = buckets[index] ?? [toMs];
    return { fromMs: beginMs + bucketMs, toMs };
  });
  const usualMs = medianOf(quiet.map(lengthOf)) + bucketMs;
  return quiet
    .filter((span) => lengthOf(span) >= usualMs * GAP_RATIO_MIN)
    .toSorted((one, other) => lengthOf(other) - lengthOf(one))
    .slice(0, FINDINGS_MAX);
}

function lengthOf({ fromMs, toMs }: Span): number {
  return toMs - fromMs;
}

function burstsIn(buckets: Buckets, bucketMs: number): readonly Burst[] {
  const median = medianOf(buckets.map(([, count]) => count));
  if (buckets.length < 10) return [];
  return buckets
    .map(([fromMs, records]) => ({
      fromMs,
      toMs: fromMs + bucketMs,
      records,
      ratio: records / Math.max(1, median),
    }))
    .filter(({ ratio }) => ratio >= BURST_RATIO_MIN)
    .toSorted((one, other) => other.records - one.records)
    .slice(0, FINDINGS_MAX);
}

/** With so many zeros beside the counts: two records years apart have more than fit into a list. */
function medianOf(counts: readonly number[], zeros = 0): number {
  const empty = Math.max(0, zeros);
  const middle = Math.floor((counts.length + empty) / 2);
  return counts.toSorted((one, other) => one - other)[middle - empty] ?? 0;
}
