/**
 * Lines that an agent shipped as they were read (`intake/shipped-lines.ts`): one LogRecord in protobuf in, and out the
 * row that reading the line here would have given.
 */
import { AssembledToBatch } from '@tendril/intake/assembled-to-batch';
import type { FormatTable } from '@tendril/intake/format-table';
import { nsOf } from '@tendril/intake/log-times';
import type { LogWriter } from '@tendril/intake/log-writer';
import { UNWRAPPED, type Wrapping } from '@tendril/intake/record-assembler';
import { ORIGINAL_KEY, recordOfShipped, type LineFacts } from '@tendril/intake/shipped-lines';
import type { AttributeValue } from '@tendril/model/attribute';
import { anyValueText, flatten, TooDeep } from './any-value.ts';
import { KeyValueReader } from './key-value-reader.ts';
import { readAnyValue } from './protobuf-any-value.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';
import { RECORD } from './record-tags.ts';

export interface LinesOfScope {
  readonly facts: LineFacts;
  readonly formats: FormatTable;
}

/** Reads the lines of one scope of one resource: the writer's when it is made. */
export class ShippedLineReader {
  private readonly cursor: ProtobufCursor;
  private readonly writer: LogWriter;
  private readonly records: AssembledToBatch;
  private readonly keyValues: KeyValueReader;
  private readonly depthMax: number;
  // Of the record.
  private text = '';
  private original: string | undefined;
  private takenNs = 0n;
  private seenNs = 0n;
  private severityNumber = 0;
  private attributes: Map<string, AttributeValue> = NO_ATTRIBUTES;

  constructor(cursor: ProtobufCursor, writer: LogWriter, { formats, facts }: LinesOfScope) {
    this.cursor = cursor;
    this.writer = writer;
    this.depthMax = writer.limits.nestingDepthMax;
    this.keyValues = new KeyValueReader(cursor, this.depthMax);
    const { format, isZoneGiven, zone } = facts;
    this.records = new AssembledToBatch({
      writer,
      formats: (format === undefined ? undefined : formats.only(format)) ?? formats,
      // Each record says when it was read.
      context: { zone, asOfNs: 0n },
      isZoneGiven,
      resource: writer.resource.attributes,
      isResourceWhole: true,
    });
  }

  /** Reads the record that ends at `end` and writes it. */
  read(end: number): void {
    this.forget();
    const { cursor } = this;
    try {
      while (cursor.position < end) this.field(cursor.tag(), end);
    } catch (thrown) {
      this.reject(thrown, end);
      return;
    }
    cursor.expectEnd(end);
    this.write();
  }

  private write(): void {
    const { original, seenNs, text, writer } = this;
    const { resource } = writer;
    this.records.write(
      recordOfShipped({ text, original }, this.wrapping()),
      seenNs === 0n ? writer.receivedAtNs : seenNs,
    );
    // Each line may name its own.
    writer.useResource(resource);
  }

  private reject(thrown: unknown, end: number): void {
    if (!(thrown instanceof TooDeep)) throw thrown;
    this.writer.begin();
    this.writer.reject('too_deep', thrown.message);
    this.cursor.position = end;
  }

  private forget(): void {
    this.text = '';
    this.original = undefined;
    this.takenNs = 0n;
    this.seenNs = 0n;
    this.severityNumber = 0;
    this.attributes = NO_ATTRIBUTES;
  }

  private field(tag: number, end: number): void {
    const { cursor } = this;
    switch (tag) {
      case RECORD.time:
        this.takenNs = this.time();
        break;
      case RECORD.observedTime:
        this.seenNs = this.time();
        break;
      case RECORD.severityNumber:
        this.severityNumber = cursor.varint32();
        break;
      case RECORD.body:
        this.text = anyValueText(readAnyValue(cursor, cursor.fieldEnd(end), this.depthMax));
        break;
      case RECORD.attribute:
        this.attribute(cursor.fieldEnd(end));
        break;
      default:
        cursor.skip(tag, end);
    }
  }

  private time(): bigint {
    const { cursor } = this;
    const at = cursor.fixed64();
    return nsOf(cursor.view.getInt32(at, true), cursor.view.getInt32(at + 4, true));
  }

  private attribute(end: number): void {
    const { keyValues } = this;
    keyValues.read(end);
    const key = keyValues.key();
    const value = keyValues.value();
    this.cursor.position = end;
    if (key === ORIGINAL_KEY) this.original = anyValueText(value);
    else flatten(key, value, (name, _kind, flat) => this.addAttribute(name, flat));
  }

  private addAttribute(name: string, value: AttributeValue): void {
    if (this.attributes === NO_ATTRIBUTES) this.attributes = new Map();
    this.attributes.set(name, value);
  }

  private wrapping(): Wrapping {
    const { attributes, severityNumber, takenNs } = this;
    if (takenNs === 0n && severityNumber === 0 && attributes === NO_ATTRIBUTES) return UNWRAPPED;
    const timeNs = takenNs === 0n ? undefined : takenNs;
    return { ...UNWRAPPED, timeNs, severityNumber, attributes: [attributes] };
  }
}

/** Not written to. */
const NO_ATTRIBUTES: Map<string, AttributeValue> = new Map();
