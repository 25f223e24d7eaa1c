/**
 * The one way a log record gets into a batch, whatever protocol or format it came in. Here, and only
 * here, are redaction, limits, time rules, severities and domain columns, so that no
 * protocol can forget them.
 *
 * Use: `open`, then for each record `begin`, the record's parts, `end` or `reject`. Ranges refer to the
 * bytes given to `read`.
 */
import type { BatchSink } from '@tendril/columns/batch';
import { ByteSource, TextScratch } from '@tendril/columns/byte-store';
import { KIND, type Kind } from '@tendril/columns/json-path';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogCatalog } from '@tendril/columns/log-catalog';
import type { LogResource, LogScope } from '@tendril/columns/log-resource';
import type { LowCardinalityColumn } from '@tendril/columns/low-cardinality-column';
import type { StringColumn } from '@tendril/columns/string-column';
import { cutUtf8, decodeUtf8 } from '@tendril/columns/utf8';
import { emptyAttributes, type AttributeValue } from '@tendril/model/attribute';
import { Failure, type RejectionCode } from '@tendril/model/failure';
import type { Limits } from '@tendril/model/limits';
import { AttributeKeys } from './attribute-keys.ts';
import { AttributeWriter, type WriterCounts } from './attribute-writer.ts';
import { putKeyword } from './domain-columns.ts';
import { LogContext, NO_SCOPE } from './log-context.ts';
import { isWithin, nsOf, observedBounds, setNs, timestampBounds } from './log-times.ts';
import type { TimeBounds, WordPair } from './log-times.ts';
import type { Redactor } from './redact/redactor.ts';
import { SEVERITY_NUMBER_MAX, SEVERITY_SOURCES, severityNumberOfRange } from './severity-text.ts';

/** Holds a time that was not believed, as nanoseconds. */
export const ORIGINAL_TIMESTAMP_KEY = 'tendril.original_timestamp';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

export interface LogWriterOptions {
  readonly catalog: LogCatalog;
  readonly redactor: Redactor;
  readonly limits: Limits;
  /** The server's clock. */
  readonly nowNs: () => bigint;
}

/** received = accepted + sum(rejected). */
export interface WriteOutcome {
  readonly accepted: number;
  /** Counts by reason code. */
  readonly rejected: Readonly<Record<string, number>>;
  /** What was wrong with the first rejected one, or a warning; mostly empty. */
  readonly message: string;
}

export class LogWriter {
  readonly context: LogContext;
  readonly limits: Limits;
  private readonly attributes: AttributeWriter;
  private readonly keys: AttributeKeys;
  private readonly redactor: Redactor;
  private readonly nowNs: () => bigint;
  private readonly scratch: TextScratch = new TextScratch();
  // Of the request.
  private sink: BatchSink<LogBatch> | undefined;
  private source: ByteSource = new ByteSource(new Uint8Array(0));
  private receivedAtNs = 0n;
  private timestampBounds: TimeBounds = timestampBounds(0n);
  private observedBounds: TimeBounds = observedBounds(0n);
  private resource: LogResource;
  private scope: LogScope = NO_SCOPE;
  // Where the records of the scope at hand begin, in each batch.
  private scopeRuns: { readonly batch: LogBatch; readonly row: number }[] = [];
  private isScopeNew = true;
  private begun = 0;
  private accepted = 0;
  private rejected: Record<string, number> = {};
  private message = '';
  private warning = '';
  // Of the record.
  private currentBatch: LogBatch | undefined;
  private readonly timestamp: WordPair = { low: 0, high: 0 };
  private readonly observed: WordPair = { low: 0, high: 0 };

  constructor({ catalog, redactor, limits, nowNs }: LogWriterOptions) {
    this.nowNs = nowNs;
    const { keyBytesMax } = limits;
    this.redactor = redactor;
    this.limits = limits;
    this.context = new LogContext(redactor, limits);
    this.resource = this.context.resource(emptyAttributes(), '');
    this.keys = new AttributeKeys({ paths: catalog.paths, redactor, keyBytesMax });
    this.attributes = new AttributeWriter({ keys: this.keys, redactor, limits });
  }

  get counts(): Readonly<WriterCounts> {
    return this.attributes.counts;
  }

  /** Begins a request. */
  open(sink: BatchSink<LogBatch>, receivedAtNs: bigint = this.nowNs()): void {
    this.sink = sink;
    this.receivedAtNs = receivedAtNs;
    this.timestampBounds = timestampBounds(receivedAtNs);
    this.observedBounds = observedBounds(receivedAtNs);
    this.resource = this.context.resource(emptyAttributes(), '');
    this.useScope(NO_SCOPE);
    this.begun = 0;
    this.accepted = 0;
    this.rejected = {};
    this.message = '';
    this.warning = '';
    this.keys.refresh();
  }

  /** The bytes that ranges refer to from now on. */
  read(bytes: Uint8Array): ByteSource {
    this.source = new ByteSource(bytes);
    return this.source;
  }

  outcome(): WriteOutcome {
    const { accepted, rejected } = this;
    return { accepted, rejected, message: this.message === '' ? this.warning : this.message };
  }

  /** For the records that follow; from `context`. */
  useResource(resource: LogResource): void {
    this.resource = resource;
  }

  /** For the records that follow; from `context`. */
  useScope(scope: LogScope): void {
    this.scope = scope;
    this.scopeRuns = [];
    this.isScopeNew = true;
  }

  /** For all records since `useScope`, and those that follow. */
  correctScope(scope: LogScope): void {
    for (const { batch, row } of this.scopeRuns) batch.scopes.putFrom(row, scope);
    this.scope = scope;
  }

  begin(): void {
    this.begun += 1;
    if (this.begun > this.limits.requestRecordsMax) throw this.tooManyRecords();
    const batch = this.sink?.batchForNextRecord();
    if (batch && (this.isScopeNew || batch !== this.currentBatch)) {
      this.scopeRuns.push({ batch, row: batch.rowCount });
      this.isScopeNew = false;
    }
    this.currentBatch = batch;
    this.timestamp.low = 0;
    this.timestamp.high = 0;
    this.observed.low = 0;
    this.observed.high = 0;
    this.attributes.begin();
  }

  end(): void {
    const batch = this.batch;
    this.attributes.end(batch);
    this.putTimes(batch);
    batch.resources.put(batch.rowCount, this.resource);
    batch.scopes.put(batch.rowCount, this.scope);
    batch.endRow();
    this.accepted += 1;
  }

  /** Leaves the record out; the others of its request are not concerned. */
  reject(code: RejectionCode, reason: string): void {
    this.batch.abandonRow();
    this.rejected[code] = (this.rejected[code] ?? 0) + 1;
    if (this.message === '') this.message = reason;
  }

  /** For the sender; shown when nothing was rejected. */
  warn(message: string): void {
    if (this.warning === '') this.warning = message;
  }

  /** Nanoseconds since 1970 as two words, 0 when unknown. */
  time(low: number, high: number): void {
    this.timestamp.low = low;
    this.timestamp.high = high;
  }

  timeNs(ns: bigint): void {
    setNs(this.timestamp, ns);
  }

  observedTime(low: number, high: number): void {
    this.observed.low = low;
    this.observed.high = high;
  }

  observedTimeNs(ns: bigint): void {
    setNs(this.observed, ns);
  }

  /** Number 0 and an empty text are unknown; each is found from the other. */
  severityRange(number: number, start: number, end: number): void {
    this.putSeverity(number, this.source, start, end);
  }

  severity(number: number, text: string): void {
    const length = this.scratch.encode(text);
    this.putSeverity(number, this.scratch.source, 0, length);
  }

  bodyRange(start: number, end: number): void {
    this.putContent('body', this.batch.body, this.source, start, end);
  }

  body(text: string): void {
    const length = this.scratch.encode(text);
    this.putContent('body', this.batch.body, this.scratch.source, 0, length);
  }

  /** The raw line, where parsing changed it. */
  original(text: string): void {
    const length = this.scratch.encode(text);
    this.putContent('original', this.batch.original, this.scratch.source, 0, length);
  }

  eventNameRange(start: number, end: number): void {
    this.putName(this.batch.eventName, this.source, start, end);
  }

  eventName(text: string): void {
    const length = this.scratch.encode(text);
    this.putName(this.batch.eventName, this.scratch.source, 0, length);
  }

  /** The 16 bytes of a trace id; all zero is none. False when there are more or fewer. */
  traceIdRange(start: number, end: number): boolean {
    if (end === start) return true;
    if (end - start !== TRACE_ID_BYTES) return false;
    const { view } = this.source;
    const first = view.getInt32(start, true) | view.getInt32(start + 4, true);
    if ((first | view.getInt32(start + 8, true) | view.getInt32(start + 12, true)) === 0)
      return true;
    this.batch.traceId.putHex(this.batch.rowCount, this.source, start, end);
    return true;
  }

  /** The 8 bytes of a span id; all zero is none. False when there are more or fewer. */
  spanIdRange(start: number, end: number): boolean {
    if (end === start) return true;
    if (end - start !== SPAN_ID_BYTES) return false;
    const { view } = this.source;
    if ((view.getInt32(start, true) | view.getInt32(start + 4, true)) === 0) return true;
    this.batch.spanId.putHex(this.batch.rowCount, this.source, start, end);
    return true;
  }

  /** Lower-case hex of the right length. */
  traceId(hex: string): void {
    if (!/^0*$/.test(hex)) this.batch.traceId.putString(this.batch.rowCount, hex);
  }

  /** Lower-case hex of the right length. */
  spanId(hex: string): void {
    if (!/^0*$/.test(hex)) this.batch.spanId.putString(this.batch.rowCount, hex);
  }

  traceFlags(flags: number): void {
    this.batch.traceFlags.put(this.batch.rowCount, flags & 0xff);
  }

  attributeTextRange(keyStart: number, keyEnd: number, start: number, end: number): void {
    const entry = this.attributes.keyOfRange(this.source, keyStart, keyEnd);
    if (entry) this.attributes.textRange(this.batch, entry, this.source, start, end);
  }

  attributeInt64Range(keyStart: number, keyEnd: number, low: number, high: number): void {
    const entry = this.attributes.keyOfRange(this.source, keyStart, keyEnd);
    if (entry) this.attributes.int64(this.batch, entry, low, high);
  }

  /** `value` must fit `kind`, which tells integers and doubles apart. */
  attributeOfKind(name: string, kind: Kind, value: AttributeValue): void {
    const entry = this.attributes.keyOfName(name);
    if (entry) this.attributes.value(this.batch, entry, kind, value);
  }

  /** Numbers that are safe integers are stored as integers. */
  attribute(name: string, value: AttributeValue): void {
    const entry = this.attributes.keyOfName(name);
    if (entry) this.attributes.plainValue(this.batch, entry, value);
  }

  private get batch(): LogBatch {
    const { currentBatch } = this;
    if (!currentBatch) throw new TypeError('LogWriter: a part of a record before begin()');
    return currentBatch;
  }

  private putSeverity(number: number, source: ByteSource, start: number, end: number): void {
    const batch = this.batch;
    const isKnown = number > 0 && number <= SEVERITY_NUMBER_MAX;
    if (end > start) {
      this.putName(batch.severityText, source, start, end);
      const found = isKnown ? number : severityNumberOfRange(source, start, end);
      if (found > 0) batch.severityNumber.put(batch.rowCount, found);
      return;
    }
    const name = SEVERITY_SOURCES[isKnown ? number : 0];
    if (!isKnown || !name) return;
    batch.severityText.put(batch.rowCount, name, 0, name.bytes.length);
    batch.severityNumber.put(batch.rowCount, number);
  }

  private putName(
    column: LowCardinalityColumn,
    source: ByteSource,
    start: number,
    end: number,
  ): void {
    const { keyBytesMax } = this.limits;
    const cutEnd = end - start > keyBytesMax ? cutUtf8(source.bytes, start, keyBytesMax) : end;
    if (cutEnd > start) putKeyword(this.batch, column, source, start, cutEnd);
  }

  private putContent(
    name: string,
    column: StringColumn,
    source: ByteSource,
    start: number,
    end: number,
  ): void {
    const batch = this.batch;
    let cutEnd = end;
    if (end - start > this.limits.valueBytesMax) {
      cutEnd = cutUtf8(source.bytes, start, this.limits.valueBytesMax);
      this.attributes.noteTruncated(name);
    }
    if (cutEnd === start || column.has(batch.rowCount)) return;
    batch.addValueBytes(cutEnd - start);
    if (!this.redactor.suspicious(source.bytes, start, cutEnd)) {
      column.putText(batch.rowCount, source, start, cutEnd);
      return;
    }
    const text = decodeUtf8(source.bytes, start, cutEnd);
    const redacted = this.redactor.redactText(text);
    if (redacted !== undefined) this.attributes.counts.valuesRedacted += 1;
    column.putString(batch.rowCount, redacted ?? text);
  }

  private putTimes(batch: LogBatch): void {
    const { timestamp, observed } = this;
    if (!isWithin(this.observedBounds, observed)) setNs(observed, this.receivedAtNs);
    batch.observedTimestamp.put(batch.rowCount, observed.low, observed.high);
    if (isWithin(this.timestampBounds, timestamp)) {
      batch.timestamp.put(batch.rowCount, timestamp.low, timestamp.high);
      return;
    }
    batch.timestamp.put(batch.rowCount, observed.low, observed.high);
    const ns = nsOf(timestamp.low, timestamp.high);
    if (ns === 0n) return;
    const entry = this.keys.ofName(ORIGINAL_TIMESTAMP_KEY);
    this.attributes.value(batch, entry, KIND.text, String(ns));
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
