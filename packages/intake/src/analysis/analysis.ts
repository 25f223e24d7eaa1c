/**
 * Everything an analysis counts of records, in bounded memory. Parts of it are made by several threads and
 * added up: `state` is plain data, `absorb` takes it in.
 */
import type { KnownErrors } from '../packs/known-errors.ts';
import type { Redactor } from '../redact/redactor.ts';
import {
  PatternCounter,
  type CountedRecord,
  type PatternCounterState,
} from '../patterns/pattern-counter.ts';
import { TimeBuckets, type BucketsState } from '../patterns/time-buckets.ts';
import { AccessTally, type AccessState } from './access.ts';
import { DomainReader, type AnalysedRecord } from './analysed-record.ts';
import { BoundedCounts, type CountsState } from './bounded-counts.ts';
import { DurationTally, type DurationsState } from './durations.ts';
import { KnownFailureTally, type KnownFailure } from './known-failures.ts';
import { OperationTally, type OperationsState } from './operations.ts';
import { StepTally, type StepsState } from './steps.ts';
import { textFigures } from './text-figures.ts';
import { StackTally, earliest, latest, type StacksState } from './stacks.ts';

export interface AnalysisOptions {
  readonly known: KnownErrors;
  readonly redactor: Redactor;
  /** Records before it are not counted. */
  readonly sinceMs?: number | undefined;
}

/** Levels by the highest severity number that they have. */
export const LEVEL_NAMES = ['unset', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LevelName = (typeof LEVEL_NAMES)[number];

export interface AnalysisState {
  readonly records: number;
  readonly skipped: number;
  readonly lines: number;
  readonly joined: number;
  readonly withoutTime: number;
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  readonly levels: readonly number[];
  readonly formats: CountsState;
  readonly services: CountsState;
  readonly errorCodes: CountsState;
  readonly timeline: BucketsState;
  readonly errorTimes: BucketsState;
  readonly warningTimes: BucketsState;
  readonly patterns: PatternCounterState;
  readonly operations: OperationsState;
  readonly durations: DurationsState;
  readonly access: AccessState;
  readonly stacks: StacksState;
  readonly steps: StepsState;
  readonly failures: readonly KnownFailure[];
}

const FORMATS_MAX = 500;
const SERVICES_MAX = 2_000;
const CODES_MAX = 2_000;
const WARN = 4;
const ERROR = 5;

export class Analysis {
  records = 0;
  /** Before the time that was asked for. */
  skipped = 0;
  lines = 0;
  joined = 0;
  withoutTime = 0;
  firstMs: number | undefined;
  lastMs: number | undefined;
  /** By `LEVEL_NAMES`. */
  readonly levels: number[] = LEVEL_NAMES.map(() => 0);
  readonly formats: BoundedCounts = new BoundedCounts(FORMATS_MAX);
  readonly services: BoundedCounts = new BoundedCounts(SERVICES_MAX);
  readonly errorCodes: BoundedCounts = new BoundedCounts(CODES_MAX);
  readonly timeline: TimeBuckets = new TimeBuckets();
  readonly errorTimes: TimeBuckets = new TimeBuckets();
  readonly warningTimes: TimeBuckets = new TimeBuckets();
  readonly patterns: PatternCounter = new PatternCounter();
  readonly operations: OperationTally = new OperationTally();
  readonly durations: DurationTally = new DurationTally();
  readonly access: AccessTally = new AccessTally();
  readonly stacks: StackTally = new StackTally();
  readonly steps: StepTally;
  readonly failures: KnownFailureTally;
  private readonly options: AnalysisOptions;
  private readonly domain: DomainReader = new DomainReader();

  constructor(options: AnalysisOptions) {
    this.options = options;
    this.failures = new KnownFailureTally(options.known);
    this.steps = new StepTally((text) => options.redactor.redactText(text) ?? text);
  }

  add(read: AnalysedRecord): void {
    const { sinceMs } = this.options;
    if (sinceMs !== undefined && read.timeMs !== undefined && read.timeMs < sinceMs) {
      this.skipped += 1;
      return;
    }
    // A message that was counted before and has no values in it has no secrets either.
    const isCounted = read.lineCount === 1 && this.patterns.addConstant(countedOf(read));
    const record = isCounted ? read : this.withoutSecrets(read);
    const level = levelOf(record.severityNumber);
    this.count(record, level);
    this.countTime(record, level);
    if (!isCounted) this.patterns.add(countedOf(record));
    const errorCode = this.countDomain(record, level);
    const known = this.failures.add(record);
    this.steps.add(record, { errorCode, known });
    if (record.lineCount > 1) this.stacks.add(record);
  }

  state(): AnalysisState {
    const { firstMs, joined, lastMs, levels, lines, records, skipped, withoutTime } = this;
    return {
      records,
      skipped,
      lines,
      joined,
      withoutTime,
      firstMs,
      lastMs,
      levels,
      formats: this.formats.state(),
      services: this.services.state(),
      errorCodes: this.errorCodes.state(),
      timeline: this.timeline.state(),
      errorTimes: this.errorTimes.state(),
      warningTimes: this.warningTimes.state(),
      patterns: this.patterns.state(),
      operations: this.operations.state(),
      durations: this.durations.state(),
      access: this.access.state(),
      stacks: this.stacks.state(),
      steps: this.steps.state(),
      failures: this.failures.state(),
    };
  }

  absorb(state: AnalysisState): void {
    this.records += state.records;
    this.skipped += state.skipped;
    this.lines += state.lines;
    this.joined += state.joined;
    this.withoutTime += state.withoutTime;
    this.firstMs = earliest(this.firstMs, state.firstMs);
    this.lastMs = latest(this.lastMs, state.lastMs);
    for (const [level, count] of state.levels.entries()) {
      this.levels[level] = (this.levels[level] ?? 0) + count;
    }
    this.formats.absorb(state.formats);
    this.services.absorb(state.services);
    this.errorCodes.absorb(state.errorCodes);
    this.timeline.absorb(state.timeline);
    this.errorTimes.absorb(state.errorTimes);
    this.warningTimes.absorb(state.warningTimes);
    this.patterns.absorb(state.patterns);
    this.operations.absorb(state.operations);
    this.durations.absorb(state.durations);
    this.access.absorb(state.access);
    this.stacks.absorb(state.stacks);
    this.steps.absorb(state.steps);
    this.failures.absorb(state.failures);
  }

  /** All that is printed later is of the body or of the text. */
  private withoutSecrets(record: AnalysedRecord): AnalysedRecord {
    const { redactor } = this.options;
    const body = redactor.redactText(record.body);
    const text = record.lineCount > 1 ? redactor.redactText(record.text) : undefined;
    if (body === undefined && text === undefined) return record;
    return { ...record, body: body ?? record.body, text: text ?? record.text };
  }

  private count(record: AnalysedRecord, level: number): void {
    this.records += 1;
    this.lines += record.lineCount;
    if (record.lineCount > 1) this.joined += 1;
    this.levels[level] = (this.levels[level] ?? 0) + 1;
    this.formats.add(record.formatName);
    if (record.serviceName !== '') this.services.add(record.serviceName);
  }

  private countTime({ timeMs }: AnalysedRecord, level: number): void {
    if (timeMs === undefined) {
      this.withoutTime += 1;
      return;
    }
    this.firstMs = earliest(this.firstMs, timeMs);
    this.lastMs = latest(this.lastMs, timeMs);
    this.timeline.add(timeMs, 1);
    if (level >= ERROR) this.errorTimes.add(timeMs, 1);
    else if (level === WARN) this.warningTimes.add(timeMs, 1);
  }

  /** The error code, where the record carries one. */
  private countDomain(record: AnalysedRecord, level: number): string {
    const { attributes, body, formatName, timeMs } = record;
    const text = textFigures(body, formatName);
    const { caller, errorCode, operationId, ...domain } = this.domain.read(attributes);
    if (operationId !== '' && level >= ERROR) this.operations.add(operationId, timeMs, body);
    if (errorCode !== '' && errorCode !== '0') this.errorCodes.add(errorCode);
    const route = this.access.add(record, text.request);
    const durationMs = domain.durationMs ?? text.durationMs;
    if (durationMs !== undefined)
      this.durations.add(route ?? nameOf(caller, body), durationMs, body);
    return errorCode;
  }
}

/** What took the time: the message where it is short, the place in the code else. */
function nameOf(caller: string, body: string): string {
  return body.length <= 60 || caller === '' ? body.slice(0, 60) : caller;
}

function countedOf({ body, serviceName, severityNumber, timeMs }: AnalysedRecord): CountedRecord {
  return { body, timestampMs: timeMs, severityNumber, serviceName };
}

function levelOf(severityNumber: number): number {
  return severityNumber <= 0 ? 0 : Math.min(6, Math.floor((severityNumber + 3) / 4));
}
