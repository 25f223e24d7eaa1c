/**
 * The one way a span gets into a batch, whatever protocol it came in: as LogWriter for log records, with
 * the same redaction, limits and time rules.
 *
 * Use: `open`, then for each span `begin`, its parts, `end` or `reject`. Ranges refer to the bytes given
 * to `read`.
 */
import type { BatchSink } from '@tendril/columns/batch';
import { ByteSource, TextScratch } from '@tendril/columns/byte-store';
import { KIND, type Kind } from '@tendril/columns/json-path';
import type { LogResource, LogScope } from '@tendril/columns/log-resource';
import type { LowCardinalityColumn } from '@tendril/columns/low-cardinality-column';
import type { AttributeTypeLetter } from '@tendril/columns/log-resource';
import type { NestedColumn } from '@tendril/columns/nested-column';
import type { RecordCatalog } from '@tendril/columns/record-catalog';
import type { SpanBatch } from '@tendril/columns/span-batch';
import type { StringColumn } from '@tendril/columns/string-column';
import { emptyAttributes, type AttributeValue } from '@tendril/model/attribute';
import type { RejectionCode } from '@tendril/model/failure';
import { spanFieldOfSourceKey } from '@tendril/model/fields';
import type { Limits } from '@tendril/model/limits';
import { adjustedCountOf } from './adjusted-count.ts';
import { AttributeKeys } from './attribute-keys.ts';
import { AttributeWriter, type WriterCounts } from './attribute-writer.ts';
import { putName } from './domain-columns.ts';
import { LogContext } from './log-context.ts';
import { ORIGINAL_TIMESTAMP_KEY } from './log-writer.ts';
import { nsOf, setNs, type WordPair } from './log-times.ts';
import { putIdHex, putSpanId, putTraceId } from './record-ids.ts';
import type { Redactor } from './redact/redactor.ts';
import { RequestState, type WriteOutcome } from './request-state.ts';

/** Holds the end of a span that ended before it began, as nanoseconds. */
const ORIGINAL_END_KEY = 'tendril.original_end_timestamp';

/** By OpenTelemetry's numbers, as its ClickHouse exporter writes them. */
const KIND_SOURCES = sourcesOf([
  'Unspecified',
  'Internal',
  'Server',
  'Client',
  'Producer',
  'Consumer',
]);
const STATUS_SOURCES = sourcesOf(['Unset', 'Ok', 'Error']);

/** Of an event or link beside its texts: a time, and where it ends in four columns. */
const ELEMENT_BYTES = 40;
/** 1.0 as a double has this high word and a low word of 0. */
const ONE_HIGH = 0x3ff0_0000;

const TYPE_LETTERS: Readonly<Record<Kind, AttributeTypeLetter>> = {
  [KIND.text]: 's',
  [KIND.int64]: 'i',
  [KIND.float64]: 'd',
  [KIND.bool]: 'b',
  [KIND.texts]: 'a',
  [KIND.int64s]: 'a',
  [KIND.float64s]: 'a',
  [KIND.bools]: 'a',
};

export interface SpanWriterOptions {
  readonly catalog: RecordCatalog;
  readonly redactor: Redactor;
  readonly limits: Limits;
  /** The server's clock. */
  readonly nowNs: () => bigint;
}

/** A link as a protocol reads it: ids in lower-case hex. */
export interface LinkFields {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
}

export class SpanWriter {
  readonly context: LogContext;
  readonly limits: Limits;
  private readonly attributes: AttributeWriter;
  private readonly keys: AttributeKeys;
  private readonly nowNs: () => bigint;
  private readonly scratch: TextScratch = new TextScratch();
  private readonly request: RequestState<SpanBatch>;
  private readonly noResource: LogResource;
  private source: ByteSource = new ByteSource(new Uint8Array(0));
  // Of the span.
  private currentBatch: SpanBatch | undefined;
  private readonly endTime: WordPair = { low: 0, high: 0 };
  private elementCount = 0;
  private element: NestedColumn | undefined;
  private elementAttributes = 0;

  constructor({ catalog, redactor, limits, nowNs }: SpanWriterOptions) {
    this.nowNs = nowNs;
    const { keyBytesMax } = limits;
    this.limits = limits;
    this.context = new LogContext(redactor, limits);
    this.noResource = this.context.resource(emptyAttributes(), '');
    this.request = new RequestState(limits, this.noResource);
    this.keys = new AttributeKeys({
      paths: catalog.paths,
      redactor,
      keyBytesMax,
      fieldOfSourceKey: spanFieldOfSourceKey,
    });
    this.attributes = new AttributeWriter({ keys: this.keys, redactor, limits });
  }

  get counts(): Readonly<WriterCounts> {
    return this.attributes.counts;
  }

  /** Begins a request. */
  open(sink: BatchSink<SpanBatch>, receivedAtNs: bigint = this.nowNs()): void {
    this.request.open(sink, receivedAtNs, this.noResource);
    this.keys.open();
    this.context.open();
  }

  /** The bytes that ranges refer to from now on. */
  read(bytes: Uint8Array): ByteSource {
    this.source = new ByteSource(bytes);
    return this.source;
  }

  outcome(): WriteOutcome {
    const warning = this.keys.warning || this.context.warning;
    if (warning !== '') this.request.warn(warning);
    return this.request.outcome();
  }

  /** For the spans that follow; from `context`. */
  useResource(resource: LogResource): void {
    this.request.useResource(resource);
  }

  /** For the spans that follow; from `context`. */
  useScope(scope: LogScope): void {
    this.request.useScope(scope);
  }

  /** For all spans since `useScope`, and those that follow. */
  correctScope(scope: LogScope): void {
    this.request.correctScope(scope);
  }

  begin(): void {
    this.currentBatch = this.request.begin();
    this.attributes.begin();
    this.endTime.low = 0;
    this.endTime.high = 0;
    this.elementCount = 0;
  }

  end(): void {
    const batch = this.batch;
    const { columns } = batch;
    this.attributes.end(columns);
    this.putDuration(batch);
    const original = this.request.putTimes(columns);
    if (original !== 0n) this.putOriginal(ORIGINAL_TIMESTAMP_KEY, original);
    if (!batch.kind.has(columns.rowCount)) this.kind(0);
    if (!batch.statusCode.has(columns.rowCount)) this.status(0);
    if (!batch.adjustedCount.has(columns.rowCount)) {
      batch.adjustedCount.put(columns.rowCount, 0, ONE_HIGH);
    }
    this.request.end(columns);
  }

  /** Leaves the span out; the others of its request are not concerned. */
  reject(code: RejectionCode, reason: string): void {
    this.request.reject(this.batch.columns, code, reason);
  }

  /** For the sender; shown when nothing was rejected. */
  warn(message: string): void {
    this.request.warn(message);
  }

  /** Nanoseconds since 1970 as two words, 0 when unknown. */
  startTime(low: number, high: number): void {
    const { timestamp } = this.request;
    timestamp.low = low;
    timestamp.high = high;
  }

  startTimeNs(ns: bigint): void {
    setNs(this.request.timestamp, ns);
  }

  finishTime(low: number, high: number): void {
    this.endTime.low = low;
    this.endTime.high = high;
  }

  finishTimeNs(ns: bigint): void {
    setNs(this.endTime, ns);
  }

  /** False when the id has another length, or is none: a span must have one. */
  traceIdRange(start: number, end: number): boolean {
    const { columns } = this.batch;
    const isId = putTraceId(columns.traceId, columns.rowCount, this.source, start, end);
    return isId && columns.traceId.has(columns.rowCount);
  }

  spanIdRange(start: number, end: number): boolean {
    const { columns } = this.batch;
    const isId = putSpanId(columns.spanId, columns.rowCount, this.source, start, end);
    return isId && columns.spanId.has(columns.rowCount);
  }

  /** None for a root. False when it has another length. */
  parentSpanIdRange(start: number, end: number): boolean {
    const { columns, parentSpanId } = this.batch;
    return putSpanId(parentSpanId, columns.rowCount, this.source, start, end);
  }

  /** Lower-case hex of the right length. False when it is none. */
  traceId(hex: string): boolean {
    const { columns } = this.batch;
    putIdHex(columns.traceId, columns.rowCount, hex);
    return columns.traceId.has(columns.rowCount);
  }

  spanId(hex: string): boolean {
    const { columns } = this.batch;
    putIdHex(columns.spanId, columns.rowCount, hex);
    return columns.spanId.has(columns.rowCount);
  }

  parentSpanId(hex: string): void {
    const { columns, parentSpanId } = this.batch;
    putIdHex(parentSpanId, columns.rowCount, hex);
  }

  traceState(text: string): void {
    if (text === '') return;
    const { adjustedCount, columns, traceState } = this.batch;
    this.putText('traceState', traceState, text);
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, adjustedCountOf(text));
    adjustedCount.put(columns.rowCount, bits.getInt32(4), bits.getInt32(0));
  }

  nameRange(start: number, end: number): void {
    this.putName(this.batch.name, this.source, start, end);
  }

  name(text: string): void {
    const length = this.scratch.encode(text);
    this.putName(this.batch.name, this.scratch.source, 0, length);
  }

  /** OpenTelemetry's number; an unknown one is "unspecified". */
  kind(number: number): void {
    putKnown(this.batch, this.batch.kind, KIND_SOURCES, number);
  }

  /** OpenTelemetry's number; an unknown one is "unset". */
  status(number: number): void {
    putKnown(this.batch, this.batch.statusCode, STATUS_SOURCES, number);
  }

  statusMessage(text: string): void {
    this.putText('statusMessage', this.batch.statusMessage, text);
  }

  attributeTextRange(keyStart: number, keyEnd: number, start: number, end: number): void {
    const entry = this.attributes.keyOfRange(this.source, keyStart, keyEnd);
    if (entry) this.attributes.textRange(this.batch.columns, entry, this.source, start, end);
  }

  attributeInt64Range(keyStart: number, keyEnd: number, low: number, high: number): void {
    const entry = this.attributes.keyOfRange(this.source, keyStart, keyEnd);
    if (entry) this.attributes.int64(this.batch.columns, entry, low, high);
  }

  /** `value` must fit `kind`, which tells integers and doubles apart. */
  attributeOfKind(name: string, kind: Kind, value: AttributeValue): void {
    const entry = this.attributes.keyOfName(name);
    if (entry) this.attributes.value(this.batch.columns, entry, kind, value);
  }

  /** Its attributes follow, up to `endElement`. */
  beginEvent(name: string, time: WordPair): void {
    const { columns, events } = this.batch;
    if (this.isOneTooMany('events')) return;
    events.begin(columns.rowCount, time);
    events.text(0).putString(this.attributes.shortText('events', name));
    this.beginElement(events, name.length);
  }

  /** Its attributes follow, up to `endElement`. */
  beginLink({ traceId, spanId, traceState }: LinkFields): void {
    const { columns, links } = this.batch;
    if (this.isOneTooMany('links')) return;
    links.begin(columns.rowCount, { low: 0, high: 0 });
    links.text(0).putString(traceId);
    links.text(1).putString(spanId);
    links.text(2).putString(this.attributes.shortText('links', traceState));
    this.beginElement(links, traceId.length + spanId.length + traceState.length);
  }

  elementAttribute(name: string, kind: Kind, value: AttributeValue): void {
    const { element } = this;
    if (!element) return;
    this.elementAttributes += 1;
    if (this.elementAttributes > this.limits.recordAttributesMax) {
      this.attributes.counts.attributesDropped += 1;
      return;
    }
    const entry = this.attributes.keyOfElement(name);
    if (!entry) return;
    const text = this.attributes.redactedText(entry, kind, value);
    element.addAttribute(entry.name, text, TYPE_LETTERS[kind]);
  }

  endElement(): void {
    this.element?.end();
    this.element = undefined;
  }

  private get batch(): SpanBatch {
    const { currentBatch } = this;
    if (!currentBatch) throw new TypeError('SpanWriter: a part of a span before begin()');
    return currentBatch;
  }

  private beginElement(element: NestedColumn, byteCount: number): void {
    this.element = element;
    this.elementAttributes = 0;
    this.batch.columns.addValueBytes(byteCount + ELEMENT_BYTES);
  }

  private isOneTooMany(what: 'events' | 'links'): boolean {
    this.elementCount += 1;
    if (this.elementCount <= this.limits.recordAttributesMax) return false;
    this.attributes.noteTruncated(what);
    return true;
  }

  private putText(name: string, column: StringColumn, text: string): void {
    const length = this.scratch.encode(text);
    this.attributes.content(this.batch.columns, name, column, this.scratch.source, 0, length);
  }

  private putName(
    column: LowCardinalityColumn,
    source: ByteSource,
    start: number,
    end: number,
  ): void {
    putName(this.batch.columns, column, source, start, end, this.limits.keyBytesMax);
  }

  // A span that lacks a time took no time; neither did one that ended before it began.
  private putDuration(batch: SpanBatch): void {
    const { timestamp } = this.request;
    const startNs = nsOf(timestamp.low, timestamp.high);
    const endNs = nsOf(this.endTime.low, this.endTime.high);
    if (startNs === 0n || endNs === 0n) return;
    if (endNs < startNs) {
      this.putOriginal(ORIGINAL_END_KEY, endNs);
      return;
    }
    const duration: WordPair = { low: 0, high: 0 };
    setNs(duration, endNs - startNs);
    batch.duration.put(batch.rowCount, duration.low, duration.high);
  }

  private putOriginal(name: string, ns: bigint): void {
    const entry = this.keys.ofName(name);
    this.attributes.value(this.batch.columns, entry, KIND.text, String(ns));
  }
}

function putKnown(
  batch: SpanBatch,
  column: LowCardinalityColumn,
  sources: readonly ByteSource[],
  number: number,
): void {
  const source = sources[number] ?? sources[0];
  if (source) column.put(batch.rowCount, source, 0, source.bytes.length);
}

function sourcesOf(names: readonly string[]): readonly ByteSource[] {
  return names.map((name) => new ByteSource(Buffer.from(name)));
}
