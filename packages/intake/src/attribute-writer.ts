/**
 * Writes the attributes of one record into its columns: redacts, cuts and counts them and fills the domain
 * columns that the field registry names. The first of several values of one key stays.
 */
import { TextScratch, type ByteSource } from '@tendril/columns/byte-store';
import { KIND, type Kind } from '@tendril/columns/json-path';
import { kindOfValue } from '@tendril/columns/json-value';
import type { RecordColumns } from '@tendril/columns/record-columns';
import { attributeText } from '@tendril/columns/log-resource';
import type { StringColumn } from '@tendril/columns/string-column';
import { cutUtf8, decodeUtf8 } from '@tendril/columns/utf8';
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
import type { Limits } from '@tendril/model/limits';
import { AttributeKeys, DOMAIN, type KeyEntry } from './attribute-keys.ts';
import { copyToDomain, putIdText } from './domain-columns.ts';
import type { GateList } from './redact/gate-list.ts';
import type { Redactor } from './redact/redactor.ts';
import type { LineFields } from './line-fields.ts';
import { StoredLine } from './stored-line.ts';

/** Names what was cut in a record. */
export const TRUNCATED_KEY = 'tendril.truncated';

/** Of a number in an array. */
const ELEMENT_BYTES = 8;
/** Of a trace id in hex. */
const ID_BYTES_MAX = 32;

/** What was changed or left out, since the writer was made. */
export interface WriterCounts {
  attributesDropped: number;
  valuesCut: number;
  /** In the overflow map because all paths were taken. */
  attributesOverflowed: number;
  valuesRedacted: number;
}

/** An id among the attributes: it waits until it is known whether the record has one of its own. */
interface HeldId {
  readonly entry: KeyEntry;
  readonly text: string;
}

export interface AttributeWriterOptions {
  readonly keys: AttributeKeys;
  readonly redactor: Redactor;
  readonly limits: Limits;
}

export class AttributeWriter {
  readonly counts: WriterCounts = {
    attributesDropped: 0,
    valuesCut: 0,
    attributesOverflowed: 0,
    valuesRedacted: 0,
  };
  private readonly keys: AttributeKeys;
  private readonly redactor: Redactor;
  private readonly valueBytesMax: number;
  private readonly recordAttributesMax: number;
  private readonly scratch: TextScratch = new TextScratch();
  private readonly line: StoredLine = new StoredLine();
  private attributeCount = 0;
  private truncated: string[] = [];
  private heldIds: HeldId[] = [];

  constructor({ keys, redactor, limits }: AttributeWriterOptions) {
    this.keys = keys;
    this.redactor = redactor;
    this.valueBytesMax = limits.valueBytesMax;
    this.recordAttributesMax = limits.recordAttributesMax;
  }

  begin(): void {
    this.attributeCount = 0;
    this.line.forget();
    if (this.truncated.length > 0) this.truncated = [];
    if (this.heldIds.length > 0) this.heldIds = [];
  }

  /** Call once, when the record's own ids are written. */
  end(columns: RecordColumns): void {
    for (const { entry, text } of this.heldIds) {
      if (!putIdText(columns, entry, text)) this.put(columns, entry, KIND.text, text);
    }
    if (this.truncated.length === 0) return;
    this.put(columns, this.keys.ofName(TRUNCATED_KEY), KIND.texts, this.truncated);
  }

  /** Notes that the named part of the record is not all there. */
  noteTruncated(name: string): void {
    this.counts.valuesCut += 1;
    if (!this.truncated.includes(name)) this.truncated.push(name);
  }

  /**
   * The entry of a key that names the next attribute; undefined when the record has too many attributes or
   * the request too many new keys.
   */
  keyOfRange(source: ByteSource, start: number, end: number): KeyEntry | undefined {
    if (this.isOneTooMany()) return undefined;
    return this.keys.ofBytes(source, start, end) ?? this.drop();
  }

  /** As `keyOfRange`, for a key that is a string. */
  keyOfName(name: string): KeyEntry | undefined {
    if (this.isOneTooMany()) return undefined;
    return this.keyOfElement(name);
  }

  /** As `keyOfName`, for an attribute of a part of the record, which counts its own. */
  keyOfElement(name: string): KeyEntry | undefined {
    return this.keys.ofRecordName(name) ?? this.drop();
  }

  /** The hot path: see bench/src/micro/otlp-decode.ts. */
  textRange(
    columns: RecordColumns,
    entry: KeyEntry,
    source: ByteSource,
    start: number,
    end: number,
  ): void {
    const isPlain =
      !entry.special &&
      end - start <= this.valueBytesMax &&
      (entry.identifier ||
        isKnownKeyword(columns, entry, source, start, end) ||
        this.isClean(source, start, end));
    if (isPlain) {
      if (entry.domain !== DOMAIN.none) copyToDomain(columns, entry, source, start, end);
      if (columns.putAttributeText(entry.key, source, start, end)) return;
    }
    this.otherText(columns, entry, source, start, end);
  }

  /** A text of the record itself that may be long: cut, redacted; the first of a row stays. */
  content(
    columns: RecordColumns,
    name: string,
    column: StringColumn,
    source: ByteSource,
    start: number,
    end: number,
  ): void {
    let cutEnd = end;
    if (end - start > this.valueBytesMax) {
      cutEnd = cutUtf8(source.bytes, start, this.valueBytesMax);
      this.noteTruncated(name);
    }
    if (cutEnd === start || column.has(columns.rowCount)) return;
    columns.addValueBytes(cutEnd - start);
    if (!this.redactor.suspicious(source.bytes, start, cutEnd)) {
      column.putText(columns.rowCount, source, start, cutEnd);
      return;
    }
    const text = decodeUtf8(source.bytes, start, cutEnd);
    const redacted = this.redactor.redactText(text);
    if (redacted !== undefined) this.counts.valuesRedacted += 1;
    column.putString(columns.rowCount, redacted ?? text);
  }

  /** As `content`, for a string: it is encoded where it is to stay. True when it is there as it was given. */
  contentText(
    columns: RecordColumns,
    name: string,
    column: StringColumn,
    text: string,
    passed?: GateList,
  ): boolean {
    const row = columns.rowCount;
    if (text === '' || column.has(row)) return false;
    // Three bytes a character is the most UTF-8 needs for one UTF-16 unit.
    if (text.length * 3 > this.valueBytesMax) {
      const length = this.scratch.encode(text);
      this.content(columns, name, column, this.scratch.source, 0, length);
      return false;
    }
    const at = this.line.find(text);
    if (at >= 0 && this.isClean(this.line.source, at, at + text.length)) {
      column.putText(row, this.line.source, at, at + text.length);
      columns.addValueBytes(text.length);
      return true;
    }
    columns.putContent(column, text);
    const { source, start, end } = column.newest();
    if (!this.redactor.suspicious(source.bytes, start, end, passed)) return true;
    const redacted = this.redactor.redactText(text);
    if (redacted === undefined) return true;
    this.counts.valuesRedacted += 1;
    column.undo(row);
    column.putString(row, redacted);
    return false;
  }

  /** The line of the record: parts of it that are written after it cost less. */
  original(columns: RecordColumns, text: string): void {
    const { original } = columns;
    const { gates } = this.line;
    gates.clear();
    if (!this.contentText(columns, 'original', original, text, gates)) return;
    const { source, start, end } = original.newest();
    this.line.keep(text, source, start, end);
  }

  /** A text of a few words, cut and redacted. */
  shortText(name: string, text: string): string {
    const length = this.scratch.encode(text);
    const { bytes } = this.scratch.source;
    const isLong = length > this.valueBytesMax;
    if (isLong) this.noteTruncated(name);
    const end = isLong ? cutUtf8(bytes, 0, this.valueBytesMax) : length;
    if (!isLong && !this.redactor.suspicious(bytes, 0, end)) return text;
    const kept = decodeUtf8(bytes, 0, end);
    const redacted = this.redactor.redactText(kept);
    if (redacted !== undefined) this.counts.valuesRedacted += 1;
    return redacted ?? kept;
  }

  /** The text of an attribute that is stored outside the record's own attributes. */
  redactedText(entry: KeyEntry, kind: Kind, value: AttributeValue): string {
    if (typeof value !== 'object' && kind !== KIND.text) {
      const hidden = this.hiddenScalar(entry, kind, value);
      if (hidden !== undefined) this.counts.valuesRedacted += 1;
      return hidden ?? String(value);
    }
    const text = attributeText(value);
    if (entry.identifier) return text;
    if (entry.rule === undefined) return this.shortText(entry.name, text);
    const length = this.scratch.encode(text);
    const end = this.cutEnd(entry, this.scratch.source, 0, length);
    const cut = end === length ? text : decodeUtf8(this.scratch.source.bytes, 0, end);
    return this.redact(entry, cut);
  }

  int64(columns: RecordColumns, entry: KeyEntry, low: number, high: number): void {
    // Numbers below ten digits hold no phone, card or id number.
    const isPlain = entry.identifier || (high >= -2 && high <= 1);
    if (isPlain && entry.domain === DOMAIN.none && entry.rule === undefined) {
      if (columns.putAttributeInt64(entry.key, low, high)) return;
    }
    this.scalar(columns, entry, KIND.int64, (BigInt(high) << 32n) | BigInt(low >>> 0));
  }

  /** `value` must fit `kind`, which tells integers and doubles apart where the value does not. */
  value(columns: RecordColumns, entry: KeyEntry, kind: Kind, value: AttributeValue): void {
    if (typeof value === 'object') this.array(columns, entry, kind, value);
    else if (kind === KIND.text) this.text(columns, entry, String(value));
    else this.scalar(columns, entry, kind, value);
  }

  /** As `value`, where numbers that are safe integers are integers. */
  plainValue(columns: RecordColumns, entry: KeyEntry, value: AttributeValue): void {
    if (typeof value === 'string') {
      this.text(columns, entry, value);
      return;
    }
    if (Number.isSafeInteger(value)) {
      this.int64(columns, entry, Number(value) | 0, Math.floor(Number(value) / 2 ** 32));
      return;
    }
    const kind = kindOfValue(value);
    if (kind === undefined) this.text(columns, entry, attributeText(value));
    else this.value(columns, entry, kind, value);
  }

  /** As `plainValue` for each of the fields. */
  lineFields(columns: RecordColumns, fields: LineFields): void {
    const shift = this.line.shiftOf(fields.line, fields.partsFrom);
    for (let index = 0; index < fields.size; index += 1) {
      const entry = this.keyOfName(fields.nameAt(index));
      if (!entry) continue;
      if (shift === undefined || !fields.isPart(index)) {
        this.plainValue(columns, entry, fields.valueAt(index));
        continue;
      }
      const { source } = this.line;
      this.textRange(
        columns,
        entry,
        source,
        fields.startAt(index) + shift,
        fields.endAt(index) + shift,
      );
    }
  }

  private isOneTooMany(): boolean {
    this.attributeCount += 1;
    if (this.attributeCount <= this.recordAttributesMax) return false;
    this.drop();
    return true;
  }

  private drop(): undefined {
    this.counts.attributesDropped += 1;
  }

  private isClean(source: ByteSource, start: number, end: number): boolean {
    if (source === this.line.source && this.line.gates.isClear(start, end)) return true;
    return !this.redactor.suspicious(source.bytes, start, end);
  }

  private text(columns: RecordColumns, entry: KeyEntry, text: string): void {
    const at = this.line.find(text);
    if (at >= 0) {
      this.textRange(columns, entry, this.line.source, at, at + text.length);
      return;
    }
    const length = this.scratch.encode(text);
    this.textRange(columns, entry, this.scratch.source, 0, length);
  }

  private otherText(
    columns: RecordColumns,
    entry: KeyEntry,
    source: ByteSource,
    start: number,
    end: number,
  ): void {
    if (this.isTaken(columns, entry, source, start, end)) return;
    const text = decodeUtf8(source.bytes, start, this.cutEnd(entry, source, start, end));
    this.changed(columns, entry, this.redact(entry, text));
  }

  // Ids leave the attributes: true when the value is in its column, or waits for it.
  private isTaken(
    columns: RecordColumns,
    entry: KeyEntry,
    source: ByteSource,
    start: number,
    end: number,
  ): boolean {
    const { domain } = entry;
    if (domain === DOMAIN.operationId) {
      if (columns.operationId.has(columns.rowCount) || end - start > this.valueBytesMax)
        return false;
      columns.operationId.putText(columns.rowCount, source, start, end);
      columns.addValueBytes(end - start);
      return true;
    }
    if (domain !== DOMAIN.traceId && domain !== DOMAIN.spanId) return false;
    if (end - start > ID_BYTES_MAX) return false;
    this.heldIds.push({ entry, text: decodeUtf8(source.bytes, start, end) });
    return true;
  }

  // Cut before redaction: what is cut off is not stored.
  private cutEnd(entry: KeyEntry, source: ByteSource, start: number, end: number): number {
    if (end - start <= this.valueBytesMax) return end;
    this.noteTruncated(entry.name);
    return cutUtf8(source.bytes, start, this.valueBytesMax);
  }

  private redact(entry: KeyEntry, text: string): string {
    if (entry.identifier) return text;
    const { redactor } = this;
    const changed = entry.rule
      ? redactor.redactValue(entry.rule, text)
      : (redactor.redactText(text) ?? text);
    if (changed !== text) this.counts.valuesRedacted += 1;
    return changed;
  }

  // A text that may differ from what was sent.
  private changed(columns: RecordColumns, entry: KeyEntry, text: string): void {
    if (entry.domain === DOMAIN.original && !columns.original.has(columns.rowCount)) {
      columns.original.putString(columns.rowCount, text);
      columns.addValueBytes(text.length);
      return;
    }
    const length = this.scratch.encode(text);
    if (entry.domain !== DOMAIN.none) copyToDomain(columns, entry, this.scratch.source, 0, length);
    this.put(columns, entry, KIND.text, text);
  }

  // Numbers and truth values: they keep their type unless redaction changes their text.
  private scalar(
    columns: RecordColumns,
    entry: KeyEntry,
    kind: Kind,
    value: AttributeScalar,
  ): void {
    if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) {
      this.text(columns, entry, String(value));
      return;
    }
    const hidden = this.hiddenScalar(entry, kind, value);
    if (hidden !== undefined) {
      this.counts.valuesRedacted += 1;
      this.changed(columns, entry, hidden);
      return;
    }
    if (entry.domain !== DOMAIN.none) {
      const length = this.scratch.encode(String(value));
      const { source } = this.scratch;
      if (this.isTaken(columns, entry, source, 0, length)) return;
      copyToDomain(columns, entry, source, 0, length);
    }
    this.put(columns, entry, kind, value);
  }

  // The text that stands for a number or truth value; undefined when it may be stored.
  private hiddenScalar(entry: KeyEntry, kind: Kind, value: AttributeScalar): string | undefined {
    if (entry.identifier || entry.domain === DOMAIN.operationId) return undefined;
    const text = String(value);
    if (entry.rule) {
      const hidden = this.redactor.redactValue(entry.rule, text);
      return hidden === text ? undefined : hidden;
    }
    return kind === KIND.int64 ? this.redactor.redactInteger(BigInt(value)) : undefined;
  }

  private array(
    columns: RecordColumns,
    entry: KeyEntry,
    kind: Kind,
    value: readonly AttributeScalar[],
  ): void {
    if (entry.rule !== undefined || entry.domain !== DOMAIN.none) {
      this.text(columns, entry, attributeText(value));
      return;
    }
    const kept = value.slice(0, this.elementsThatFit(entry, value));
    const elements = kind === KIND.texts ? kept.map((text) => this.element(entry, text)) : kept;
    this.put(columns, entry, kind, elements);
  }

  // How many elements take no more bytes than a value may have.
  private elementsThatFit(entry: KeyEntry, value: readonly AttributeScalar[]): number {
    let bytes = 0;
    for (const [index, element] of value.entries()) {
      bytes += typeof element === 'string' ? Buffer.byteLength(element) : ELEMENT_BYTES;
      if (bytes <= this.valueBytesMax) continue;
      this.noteTruncated(entry.name);
      return index;
    }
    return value.length;
  }

  private element(entry: KeyEntry, element: AttributeScalar): AttributeScalar {
    return this.redact(entry, String(element));
  }

  // A value that is what it shall be.
  private put(columns: RecordColumns, entry: KeyEntry, kind: Kind, value: AttributeValue): void {
    if (columns.putAttribute(entry.key, kind, value)) return;
    this.overflow(columns, entry, attributeText(value));
  }

  private overflow(columns: RecordColumns, entry: KeyEntry, text: string): void {
    columns.addOverflow(entry.name, text);
    this.counts.attributesOverflowed += 1;
  }
}

// What a keyword column of the block holds has been through redaction.
function isKnownKeyword(
  columns: RecordColumns,
  { domain }: KeyEntry,
  source: ByteSource,
  start: number,
  end: number,
): boolean {
  if (domain === DOMAIN.caller) return columns.caller.knows(source, start, end);
  return domain === DOMAIN.errorCode && columns.errorCode.knows(source, start, end);
}
