/**
 * One request on its way into batches, whatever its signal: where the next record goes, what the
 * records share, which times are believed, and what became of each record.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogResource, LogScope } from '@tendril/columns/log-resource';
import type { RecordBatch, RecordColumns } from '@tendril/columns/record-columns';
import { Failure, type RejectionCode } from '@tendril/model/failure';
import type { Limits } from '@tendril/model/limits';
import { NO_SCOPE } from './log-context.ts';
import { isWithin, nsOf, observedBounds, setNs, timestampBounds } from './log-times.ts';
import type { TimeBounds, WordPair } from './log-times.ts';

/** received = accepted + sum(rejected). */
export interface WriteOutcome {
  readonly accepted: number;
  /** Counts by reason code. */
  readonly rejected: Readonly<Record<string, number>>;
  /** What was wrong with the first rejected one, or a warning; mostly empty. */
  readonly message: string;
}

export class RequestState<B extends RecordBatch> {
  /** Times of the record at hand, 0 when unknown. */
  readonly timestamp: WordPair = { low: 0, high: 0 };
  readonly observed: WordPair = { low: 0, high: 0 };
  /** When the request came. */
  receivedAtNs = 0n;
  private readonly limits: Limits;
  private sink: BatchSink<B> | undefined;
  private timestampBounds: TimeBounds = timestampBounds(0n);
  private observedBounds: TimeBounds = observedBounds(0n);
  private resource: LogResource;
  private resourceOnce: LogResource | undefined;
  private scope: LogScope = NO_SCOPE;
  // Where the records of the scope at hand begin, in each batch.
  private scopeRuns: { readonly columns: RecordColumns; readonly row: number }[] = [];
  private isScopeNew = true;
  private begun = 0;
  private accepted = 0;
  private rejected: Record<string, number> = {};
  private message = '';
  private warning = '';
  private newest: B | undefined;

  constructor(limits: Limits, noResource: LogResource) {
    this.limits = limits;
    this.resource = noResource;
  }

  open(sink: BatchSink<B>, receivedAtNs: bigint, noResource: LogResource): void {
    this.sink = sink;
    this.receivedAtNs = receivedAtNs;
    this.timestampBounds = timestampBounds(receivedAtNs);
    this.observedBounds = observedBounds(receivedAtNs);
    this.resource = noResource;
    this.useScope(NO_SCOPE);
    this.begun = 0;
    this.accepted = 0;
    this.rejected = {};
    this.message = '';
    this.warning = '';
  }

  outcome(): WriteOutcome {
    const { accepted, rejected } = this;
    return { accepted, rejected, message: this.message === '' ? this.warning : this.message };
  }

  useResource(resource: LogResource): void {
    this.resource = resource;
  }

  useResourceOnce(resource: LogResource): void {
    this.resourceOnce = resource;
  }

  get currentResource(): LogResource {
    return this.resource;
  }

  get hasTime(): boolean {
    const { low, high } = this.timestamp;
    return low !== 0 || high !== 0;
  }

  get nearestTimeNs(): bigint {
    const { timestamp, observed, receivedAtNs } = this;
    return nsOf(timestamp.low, timestamp.high) || nsOf(observed.low, observed.high) || receivedAtNs;
  }

  useScope(scope: LogScope): void {
    this.scope = scope;
    this.scopeRuns = [];
    this.isScopeNew = true;
  }

  /** For all records since `useScope`, and those that follow. */
  correctScope(scope: LogScope): void {
    for (const { columns, row } of this.scopeRuns) columns.scopes.putFrom(row, scope);
    this.scope = scope;
  }

  /** The batch of the next record. */
  begin(): B | undefined {
    this.begun += 1;
    if (this.begun > this.limits.requestRecordsMax) throw this.tooManyRecords();
    const batch = this.sink?.batchForNextRecord();
    if (batch && (this.isScopeNew || batch !== this.newest)) {
      const { columns } = batch;
      this.scopeRuns.push({ columns, row: columns.rowCount });
      this.isScopeNew = false;
    }
    this.newest = batch;
    this.resourceOnce = undefined;
    this.timestamp.low = 0;
    this.timestamp.high = 0;
    this.observed.low = 0;
    this.observed.high = 0;
    return batch;
  }

  /** Call after `putTimes`. */
  end(columns: RecordColumns): void {
    columns.resources.put(columns.rowCount, this.resourceOnce ?? this.resource);
    columns.scopes.put(columns.rowCount, this.scope);
    columns.endRow();
    this.accepted += 1;
  }

  reject(columns: RecordColumns, code: RejectionCode, reason: string): void {
    columns.abandonRow();
    this.rejected[code] = (this.rejected[code] ?? 0) + 1;
    if (this.message === '') this.message = reason;
  }

  /** Shown when nothing was rejected. */
  warn(message: string): void {
    if (this.warning === '') this.warning = message;
  }

  /** Returns the time that was stated and not believed, else 0. */
  putTimes(columns: RecordColumns): bigint {
    const { timestamp, observed } = this;
    if (!isWithin(this.observedBounds, observed)) setNs(observed, this.receivedAtNs);
    columns.observedTimestamp.put(columns.rowCount, observed.low, observed.high);
    if (isWithin(this.timestampBounds, timestamp)) {
      columns.timestamp.put(columns.rowCount, timestamp.low, timestamp.high);
      return 0n;
    }
    columns.timestamp.put(columns.rowCount, observed.low, observed.high);
    return nsOf(timestamp.low, timestamp.high);
  }

  private tooManyRecords(): Failure {
    const recordsMax = this.limits.requestRecordsMax;
    return new Failure({
      code: 'too_large',
      detail: `the request has more than ${recordsMax} records`,
      params: { recordsMax },
    });
  }
}
