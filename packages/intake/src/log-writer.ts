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
import type { LogResource, LogScope } from '@tendril/columns/log-resource';
import type { LowCardinalityColumn } from '@tendril/columns/low-cardinality-column';
import type { StringColumn } from '@tendril/columns/string-column';
import type { RecordCatalog } from '@tendril/columns/record-catalog';
import { emptyAttributes, type AttributeValue } from '@tendril/model/attribute';
import type { RejectionCode } from '@tendril/model/failure';
import type { Limits } from '@tendril/model/limits';
import { AttributeKeys } from './attribute-keys.ts';
import { AttributeWriter, type WriterCounts } from './attribute-writer.ts';
import { putName } from './domain-columns.ts';
import type { FormatTable } from './format-table.ts';
import type { ParsedFields } from './format.ts';
import { LineFields } from './line-fields.ts';
import { KnownMessages, type KnownMessage } from './known-messages.ts';
import { LogContext } from './log-context.ts';
import { setNs } from './log-times.ts';
import { PatternScanner } from './patterns/pattern-scanner.ts';
import { putIdHex, putSpanId, putTraceId } from './record-ids.ts';
import type { Redactor } from './redact/redactor.ts';
import { RequestState, type WriteOutcome } from './request-state.ts';
import { SEVERITY_NUMBER_MAX, SEVERITY_SOURCES, severityNumberOfRange } from './severity-text.ts';

/** Holds a time that was not believed, as nanoseconds. */
export const ORIGINAL_TIMESTAMP_KEY = 'tendril.original_timestamp';

export interface LogWriterOptions {
  readonly catalog: RecordCatalog;
  readonly redactor: Redactor;
  readonly limits: Limits;
  /** The server's clock. */
  readonly nowNs: () => bigint;
  /** For protocols whose bodies may be lines of logs; without them bodies stay as they are. */
  readonly formats?: FormatTable;
  /** Whether records get the hashes of their patterns; true when absent. What is sent on gets them where it is stored. */
  readonly withPatterns?: boolean;
}

export class LogWriter {
  readonly context: LogContext;
  readonly limits: Limits;
  readonly formats: FormatTable | undefined;
  private readonly attributes: AttributeWriter;
  private readonly keys: AttributeKeys;
  private readonly patterns: PatternScanner | undefined;
  private readonly messages: KnownMessages = new KnownMessages();
  private readonly nowNs: () => bigint;
  private readonly scratch: TextScratch = new TextScratch();
  private readonly request: RequestState<LogBatch>;
  private readonly noResource: LogResource;
  private source: ByteSource = new ByteSource(new Uint8Array(0));
  // Of the record.
  private currentBatch: LogBatch | undefined;
  private message: KnownMessage | undefined;
  /** Stored as it is, and not known yet. */
  private newMessage = '';

  constructor(options: LogWriterOptions) {
    const { catalog, formats, limits, nowNs, redactor, withPatterns = true } = options;
    this.patterns = withPatterns ? new PatternScanner() : undefined;
    this.formats = formats;
    this.nowNs = nowNs;
    const { keyBytesMax } = limits;
    this.limits = limits;
    this.context = new LogContext(redactor, limits);
    this.noResource = this.context.resource(emptyAttributes(), '');
    this.request = new RequestState(limits, this.noResource);
    this.keys = new AttributeKeys({ paths: catalog.paths, redactor, keyBytesMax });
    this.attributes = new AttributeWriter({ keys: this.keys, redactor, limits });
  }

  get counts(): Readonly<WriterCounts> {
    return this.attributes.counts;
  }

  /** Begins a request. */
  open(sink: BatchSink<LogBatch>, receivedAtNs: bigint = this.nowNs()): void {
    this.request.open(sink, receivedAtNs, this.noResource);
    this.keys.open();
    this.context.open();
  }

  /** The bytes that ranges refer to from now on. */
  read(bytes: Uint8Array): ByteSource {
    this.source = new ByteSource(bytes);
    return this.source;
  }

  /** As `read`, of bytes that are read again and again. */
  readFrom(source: ByteSource): void {
    this.source = source;
  }

  outcome(): WriteOutcome {
    const warning = this.keys.warning || this.context.warning;
    if (warning !== '') this.request.warn(warning);
    return this.request.outcome();
  }

  /** For the records that follow; from `context`. */
  useResource(resource: LogResource): void {
    this.request.useResource(resource);
  }

  /** For the record at hand alone; from `context`. */
  useResourceOnce(resource: LogResource): void {
    this.request.useResourceOnce(resource);
  }

  /** Of the records at hand. */
  get resource(): LogResource {
    return this.request.currentResource;
  }

  /** When the request came. */
  get receivedAtNs(): bigint {
    return this.request.receivedAtNs;
  }

  /** True when the record at hand states its time. */
  get hasTime(): boolean {
    return this.request.hasTime;
  }

  /** About when the record at hand was written: as it states, when it was seen, or now. */
  get nearestTimeNs(): bigint {
    return this.request.nearestTimeNs;
  }

  /** For the records that follow; from `context`. */
  useScope(scope: LogScope): void {
    this.request.useScope(scope);
  }

  /** For all records since `useScope`, and those that follow. */
  correctScope(scope: LogScope): void {
    this.request.correctScope(scope);
  }

  begin(): void {
    this.currentBatch = this.request.begin();
    this.message = undefined;
    this.newMessage = '';
    this.attributes.begin();
  }

  end(): void {
    const { columns } = this.batch;
    this.putPattern(this.batch);
    this.attributes.end(columns);
    const original = this.request.putTimes(columns);
    if (original !== 0n) {
      const entry = this.keys.ofName(ORIGINAL_TIMESTAMP_KEY);
      this.attributes.value(columns, entry, KIND.text, String(original));
    }
    this.request.end(columns);
  }

  /** Leaves the record out; the others of its request are not concerned. */
  reject(code: RejectionCode, reason: string): void {
    this.request.reject(this.batch.columns, code, reason);
  }

  /** For the sender; shown when nothing was rejected. */
  warn(message: string): void {
    this.request.warn(message);
  }

  /** Nanoseconds since 1970 as two words, 0 when unknown. */
  time(low: number, high: number): void {
    const { timestamp } = this.request;
    timestamp.low = low;
    timestamp.high = high;
  }

  timeNs(ns: bigint): void {
    setNs(this.request.timestamp, ns);
  }

  observedTime(low: number, high: number): void {
    const { observed } = this.request;
    observed.low = low;
    observed.high = high;
  }

  observedTimeNs(ns: bigint): void {
    setNs(this.request.observed, ns);
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
    this.attributes.content(this.batch.columns, 'body', this.batch.body, this.source, start, end);
  }

  body(text: string): void {
    const { body, columns } = this.batch;
    const known = this.messages.get(text);
    if (known && !body.has(columns.rowCount)) {
      this.message = known;
      columns.putContent(body, text);
    } else if (this.attributes.contentText(columns, 'body', body, text)) this.newMessage = text;
  }

  /** The raw line, where parsing changed it. What is written after it, and is a part of it, costs less. */
  original(text: string): void {
    this.attributes.original(this.batch.columns, text);
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
    const { columns } = this.batch;
    return putTraceId(columns.traceId, columns.rowCount, this.source, start, end);
  }

  /** The 8 bytes of a span id; all zero is none. False when there are more or fewer. */
  spanIdRange(start: number, end: number): boolean {
    const { columns } = this.batch;
    return putSpanId(columns.spanId, columns.rowCount, this.source, start, end);
  }

  /** Lower-case hex of the right length. */
  traceId(hex: string): void {
    const { columns } = this.batch;
    putIdHex(columns.traceId, columns.rowCount, hex);
  }

  /** Lower-case hex of the right length. */
  spanId(hex: string): void {
    const { columns } = this.batch;
    putIdHex(columns.spanId, columns.rowCount, hex);
  }

  traceFlags(flags: number): void {
    this.batch.traceFlags.put(this.batch.rowCount, flags & 0xff);
  }

  attributeTextRange(keyStart: number, keyEnd: number, start: number, end: number): void {
    const entry = this.attributes.keyOfRange(this.source, keyStart, keyEnd);
    if (entry) this.attributes.textRange(this.batch.columns, entry, this.source, start, end);
  }

  attributeInt64Range(keyStart: number, keyEnd: number, low: number, high: number): void {
    const entry = this.attributes.keyOfRange(this.source, keyStart, keyEnd);
    if (entry) this.attributes.int64(this.batch.columns, entry, low, high);
  }

  attributeText(name: string, start: number, end: number): void {
    const entry = this.attributes.keyOfName(name);
    if (entry) this.attributes.textRange(this.batch.columns, entry, this.source, start, end);
  }

  /** `value` is a safe integer. */
  attributeInteger(name: string, value: number): void {
    const entry = this.attributes.keyOfName(name);
    const high = Math.floor(value / 2 ** 32);
    if (entry) this.attributes.int64(this.batch.columns, entry, value | 0, high);
  }

  /** `value` must fit `kind`, which tells integers and doubles apart. */
  attributeOfKind(name: string, kind: Kind, value: AttributeValue): void {
    const entry = this.attributes.keyOfName(name);
    if (entry) this.attributes.value(this.batch.columns, entry, kind, value);
  }

  /** Numbers that are safe integers are stored as integers. */
  attribute(name: string, value: AttributeValue): void {
    const entry = this.attributes.keyOfName(name);
    if (entry) this.attributes.plainValue(this.batch.columns, entry, value);
  }

  /** What a format found in a line. */
  fields(fields: ParsedFields): void {
    if (fields instanceof LineFields) this.attributes.lineFields(this.batch.columns, fields);
    else for (const [name, value] of fields) this.attribute(name, value);
  }

  private get batch(): LogBatch {
    const { currentBatch } = this;
    if (!currentBatch) throw new TypeError('LogWriter: a part of a record before begin()');
    return currentBatch;
  }

  // Of the body as it is stored: redacted, cut, valid UTF-8.
  private putPattern({ body, columns, patternId, skeletonId }: LogBatch): void {
    const row = columns.rowCount;
    const { patterns } = this;
    if (!patterns || !body.has(row)) return;
    const { pattern, skeleton } = this.message ?? this.scanned(body, patterns);
    patternId.put(row, pattern.low, pattern.high);
    skeletonId.put(row, skeleton.low, skeleton.high);
  }

  private scanned(body: StringColumn, patterns: PatternScanner): KnownMessage {
    const { source, start, end } = body.newest();
    patterns.scan(source, start, end);
    if (this.newMessage !== '') this.messages.add(this.newMessage, patterns);
    return patterns;
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
    putName(this.batch.columns, column, source, start, end, this.limits.keyBytesMax);
  }
}
