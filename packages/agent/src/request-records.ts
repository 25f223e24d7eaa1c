/**
 * The records of the request at hand, encoded as they come. Lines go as they were read, since reading them costs three
 * times what all else does (docs/adr/0008-shipped-lines.md); what has to be redacted is read here, where it is known
 * what is what, and so is everything when this machine has formats of its own.
 */
import { LogBatch } from '@tendril/columns/log-batch';
import type { LogResource } from '@tendril/columns/log-resource';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { AssembledToBatch, type LinesSource } from '@tendril/intake/assembled-to-batch';
import { setNs, type WordPair } from '@tendril/intake/log-times';
import { LogWriter } from '@tendril/intake/log-writer';
import type { AssembledRecord } from '@tendril/intake/record-assembler';
import type { Redactor } from '@tendril/intake/redact/redactor';
import { scopeOfLines } from '@tendril/intake/shipped-lines';
import type { Attributes } from '@tendril/model/attribute';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { LogsEncoder } from './otlp/encode-logs.ts';
import { LinesEncoder, type SharedByLines } from './otlp/encode-lines.ts';
import { ProtobufWriter } from './otlp/protobuf-writer.ts';

export interface RequestRecordsOptions {
  readonly redactor: Redactor;
  readonly nowNs: () => bigint;
  /** True when the server does not know the formats. */
  readonly hasOwnFormats: boolean;
}

/** Lines of a source, with what is known of them. */
export interface ShippedSource extends LinesSource {
  /** Of all its lines; undefined when each is asked about. */
  readonly format: string | undefined;
}

/** Where lines are followed by records that were read here. */
interface Turn {
  /** Of the lines. */
  readonly linesEnd: number;
  /** Of the batch. */
  rowsEnd: number;
}

export class RequestRecords {
  /** Of the request at hand. */
  count = 0;
  private readonly options: RequestRecordsOptions;
  private readonly lineWire = new ProtobufWriter();
  private readonly lines: LinesEncoder;
  /** Those that were read here; they are encoded last. */
  private readonly batch: LogBatch;
  private readonly turns: Turn[] = [];
  private readonly wire = new ProtobufWriter();
  private readonly writer: LogWriter;
  private seenNs = 0n;
  private readonly seen: WordPair = { low: 0, high: 0 };

  constructor(options: RequestRecordsOptions) {
    this.options = options;
    const { nowNs, redactor } = options;
    const limits = DEFAULT_LIMITS;
    const { attributePathsMax } = limits;
    const nowMs = (): number => Number(nowNs() / 1_000_000n);
    const catalog = new RecordCatalog({ attributePathsMax, nowMs });
    this.batch = new LogBatch(catalog);
    this.writer = new LogWriter({ catalog, redactor, limits, nowNs, withPatterns: false });
    this.lines = new LinesEncoder(this.lineWire, redactor);
    this.begin();
  }

  /** Records of one stream of lines, that may be put one after the other. */
  stream(source: ShippedSource): RecordStream {
    return new RecordStream(new AssembledToBatch({ ...source, writer: this.writer }), source);
  }

  put(record: AssembledRecord, stream: RecordStream): void {
    this.count += 1;
    const { lines, options, seen } = this;
    const isLine = !options.hasOwnFormats && lines.put(record, stream.sharedBy(record), seen);
    if (!isLine) this.putRead(record, stream);
  }

  private putRead(record: AssembledRecord, stream: RecordStream): void {
    const { batch, lines, lineWire, turns } = this;
    lines.end();
    stream.reader.write(record, this.seenNs);
    const turn = turns.at(-1);
    const rowsEnd = batch.rowCount;
    if (turn?.linesEnd === lineWire.length) turn.rowsEnd = rowsEnd;
    else turns.push({ linesEnd: lineWire.length, rowsEnd });
  }

  /** About how large the request is, in bytes. */
  get bytes(): number {
    return this.lineWire.length + this.batch.byteLength;
  }

  /** The request, its records in the order in which they came; valid until `begin`. */
  take(): Uint8Array {
    const { batch, lines, lineWire, turns, wire } = this;
    lines.end();
    const encoded = lineWire.written;
    if (turns.length === 0) return encoded;
    const rows = new LogsEncoder(wire, batch);
    let start = 0;
    for (const { linesEnd, rowsEnd } of turns) {
      wire.raw(encoded.subarray(start, linesEnd));
      rows.putTo(rowsEnd);
      start = linesEnd;
    }
    wire.raw(encoded.subarray(start));
    return wire.written;
  }

  begin(): void {
    this.count = 0;
    this.wire.reset();
    this.lineWire.reset();
    this.turns.length = 0;
    this.seenNs = this.options.nowNs();
    setNs(this.seen, this.seenNs);
    this.batch.reset();
    this.writer.open({ batchForNextRecord: () => this.batch }, this.seenNs);
  }
}

/** One stream's records: what is known of them all, and the memory of who reads them. */
export class RecordStream {
  readonly reader: AssembledToBatch;
  private readonly scope: Attributes;
  private shared: SharedByLines | undefined;

  constructor(reader: AssembledToBatch, { context, format, isZoneGiven = false }: ShippedSource) {
    this.reader = reader;
    this.scope = scopeOfLines({ format, isZoneGiven, zone: context.zone });
  }

  sharedBy({ origin }: AssembledRecord): SharedByLines {
    const resource: LogResource = this.reader.resourceOf(origin);
    if (this.shared?.resource !== resource) this.shared = { resource, scope: this.scope };
    return this.shared;
  }
}
