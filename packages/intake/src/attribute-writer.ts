/**
 * Writes the attributes of one record into a batch: redacts, cuts and counts them and fills the domain
 * columns that the field registry names. The first of several values of one key stays.
 */
import { TextScratch, type ByteSource } from '@tendril/columns/byte-store';
import { KIND, type Kind } from '@tendril/columns/json-path';
import { kindOfValue } from '@tendril/columns/json-value';
import type { LogBatch } from '@tendril/columns/log-batch';
import { attributeText } from '@tendril/columns/log-resource';
import { cutUtf8, decodeUtf8 } from '@tendril/columns/utf8';
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
import type { Limits } from '@tendril/model/limits';
import { AttributeKeys, DOMAIN, type KeyEntry } from './attribute-keys.ts';
import { copyToDomain, putIdText } from './domain-columns.ts';
import type { Redactor } from './redact/redactor.ts';

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
    if (this.truncated.length > 0) this.truncated = [];
    if (this.heldIds.length > 0) this.heldIds = [];
  }

  /** Call once, when the record's own ids are written. */
  end(batch: LogBatch): void {
    for (const { entry, text } of this.heldIds) {
      if (!putIdText(batch, entry, text)) this.put(batch, entry, KIND.text, text);
    }
    if (this.truncated.length === 0) return;
    this.put(batch, this.keys.ofName(TRUNCATED_KEY), KIND.texts, this.truncated);
  }

  /** Notes that the named part of the record is not all there. */
  noteTruncated(name: string): void {
    this.counts.valuesCut += 1;
    if (!this.truncated.includes(name)) this.truncated.push(name);
  }

  /** The entry of a key that names the next attribute; undefined when the record has too many. */
  keyOfRange(source: ByteSource, start: number, end: number): KeyEntry | undefined {
    return this.isOneTooMany() ? undefined : this.keys.ofBytes(source, start, end);
  }

  /** As `keyOfRange`, for a key that is a string. */
  keyOfName(name: string): KeyEntry | undefined {
    return this.isOneTooMany() ? undefined : this.keys.ofName(name);
  }

  /** The hot path: see bench/src/micro/otlp-decode.ts. */
  textRange(
    batch: LogBatch,
    entry: KeyEntry,
    source: ByteSource,
    start: number,
    end: number,
  ): void {
    const isPlain =
      !entry.special &&
      end - start <= this.valueBytesMax &&
      (entry.identifier ||
        isKnownKeyword(batch, entry, source, start, end) ||
        !this.redactor.suspicious(source.bytes, start, end));
    if (isPlain) {
      if (entry.domain !== DOMAIN.none) copyToDomain(batch, entry, source, start, end);
      if (batch.putAttributeText(entry.key, source, start, end)) return;
    }
    this.otherText(batch, entry, source, start, end);
  }

  int64(batch: LogBatch, entry: KeyEntry, low: number, high: number): void {
    // Numbers below ten digits hold no phone, card or id number.
    const isPlain = entry.identifier || (high >= -2 && high <= 1);
    if (isPlain && entry.domain === DOMAIN.none && entry.rule === undefined) {
      if (batch.putAttributeInt64(entry.key, low, high)) return;
    }
    this.scalar(batch, entry, KIND.int64, (BigInt(high) << 32n) | BigInt(low >>> 0));
  }

  /** `value` must fit `kind`, which tells integers and doubles apart where the value does not. */
  value(batch: LogBatch, entry: KeyEntry, kind: Kind, value: AttributeValue): void {
    if (typeof value === 'object') this.array(batch, entry, kind, value);
    else if (kind === KIND.text) this.text(batch, entry, String(value));
    else this.scalar(batch, entry, kind, value);
  }

  /** As `value`, where numbers that are safe integers are integers. */
  plainValue(batch: LogBatch, entry: KeyEntry, value: AttributeValue): void {
    const kind = kindOfValue(value);
    if (kind === undefined) this.text(batch, entry, attributeText(value));
    else this.value(batch, entry, kind, value);
  }

  private isOneTooMany(): boolean {
    this.attributeCount += 1;
    if (this.attributeCount <= this.recordAttributesMax) return false;
    this.counts.attributesDropped += 1;
    return true;
  }

  private text(batch: LogBatch, entry: KeyEntry, text: string): void {
    const length = this.scratch.encode(text);
    this.textRange(batch, entry, this.scratch.source, 0, length);
  }

  private otherText(
    batch: LogBatch,
    entry: KeyEntry,
    source: ByteSource,
    start: number,
    end: number,
  ): void {
    if (this.isTaken(batch, entry, source, start, end)) return;
    const text = decodeUtf8(source.bytes, start, this.cutEnd(entry, source, start, end));
    this.changed(batch, entry, this.redact(entry, text));
  }

  // Ids leave the attributes: true when the value is in its column, or waits for it.
  private isTaken(
    batch: LogBatch,
    entry: KeyEntry,
    source: ByteSource,
    start: number,
    end: number,
  ): boolean {
    const { domain } = entry;
    if (domain === DOMAIN.operationId) {
      if (batch.operationId.has(batch.rowCount) || end - start > this.valueBytesMax) return false;
      batch.operationId.putText(batch.rowCount, source, start, end);
      batch.addValueBytes(end - start);
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
  private changed(batch: LogBatch, entry: KeyEntry, text: string): void {
    if (entry.domain === DOMAIN.original && !batch.original.has(batch.rowCount)) {
      batch.original.putString(batch.rowCount, text);
      batch.addValueBytes(text.length);
      return;
    }
    const length = this.scratch.encode(text);
    if (entry.domain !== DOMAIN.none) copyToDomain(batch, entry, this.scratch.source, 0, length);
    this.put(batch, entry, KIND.text, text);
  }

  // Numbers and truth values: they keep their type unless redaction changes their text.
  private scalar(batch: LogBatch, entry: KeyEntry, kind: Kind, value: AttributeScalar): void {
    if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) {
      this.text(batch, entry, String(value));
      return;
    }
    const hidden = this.hiddenScalar(entry, kind, value);
    if (hidden !== undefined) {
      this.counts.valuesRedacted += 1;
      this.changed(batch, entry, hidden);
      return;
    }
    if (entry.domain !== DOMAIN.none) {
      const length = this.scratch.encode(String(value));
      const { source } = this.scratch;
      if (this.isTaken(batch, entry, source, 0, length)) return;
      copyToDomain(batch, entry, source, 0, length);
    }
    this.put(batch, entry, kind, value);
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
    batch: LogBatch,
    entry: KeyEntry,
    kind: Kind,
    value: readonly AttributeScalar[],
  ): void {
    if (entry.rule !== undefined || entry.domain !== DOMAIN.none) {
      this.text(batch, entry, attributeText(value));
      return;
    }
    const kept = value.slice(0, this.elementsThatFit(entry, value));
    const elements = kind === KIND.texts ? kept.map((text) => this.element(entry, text)) : kept;
    this.put(batch, entry, kind, elements);
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
  private put(batch: LogBatch, entry: KeyEntry, kind: Kind, value: AttributeValue): void {
    if (batch.putAttribute(entry.key, kind, value)) return;
    this.overflow(batch, entry, attributeText(value));
  }

  private overflow(batch: LogBatch, entry: KeyEntry, text: string): void {
    batch.addOverflow(entry.name, text);
    this.counts.attributesOverflowed += 1;
  }
}

// What a keyword column of the block holds has been through redaction.
function isKnownKeyword(
  batch: LogBatch,
  { domain }: KeyEntry,
  source: ByteSource,
  start: number,
  end: number,
): boolean {
  if (domain === DOMAIN.caller) return batch.caller.knows(source, start, end);
  return domain === DOMAIN.errorCode && batch.errorCode.knows(source, start, end);
}
