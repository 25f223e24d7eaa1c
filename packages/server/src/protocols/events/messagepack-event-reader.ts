/**
 * One map in MessagePack, from its bytes to leaves. As `JsonEventReader` it takes what nearly all events are made of:
 * texts (and bytes, which are texts of old writers), numbers, truth values and maps of them.
 */
import type { ByteSource } from '@tendril/columns/byte-store';
import { LEAF, type EventLeaves } from './event-leaves.ts';
import type { FieldName, FieldNames } from './field-names.ts';

/** Stands for a position where there is nothing to go on with. */
const UNUSUAL = -1;
/** No key that anyone writes; objects of JavaScript have it, and it is renamed elsewhere. */
const PROTO = '__proto__';

export class MessagePackEventReader {
  private readonly names: FieldNames;
  private readonly leaves: EventLeaves;
  private source: ByteSource;
  private bytes: Uint8Array;
  private end = 0;
  // Of the text whose header was read.
  private textEnd = 0;

  constructor(names: FieldNames, leaves: EventLeaves) {
    this.names = names;
    this.leaves = leaves;
    this.source = leaves.source;
    this.bytes = this.source.bytes;
  }

  /** Where the map ends; -1 when it is not one as most are: what the leaves hold then is of no use. */
  read(source: ByteSource, start: number, end: number, levelsMax: number): number {
    this.source = source;
    this.bytes = source.bytes;
    this.end = end;
    this.leaves.begin(source, 0);
    const type = this.byte(start);
    if (type > 0x80 && type <= 0x8f) {
      return this.map(start + 1, type & 0x0f, this.names.root, levelsMax);
    }
    return type === 0xde ? this.longMap(start, this.names.root, levelsMax) : UNUSUAL;
  }

  private byte(at: number): number {
    return at < this.end ? (this.bytes[at] ?? 0) : 0;
  }

  private longMap(at: number, parent: FieldName, levels: number): number {
    if (at + 3 > this.end) return UNUSUAL;
    const count = this.source.view.getUint16(at + 1);
    return count === 0 ? UNUSUAL : this.map(at + 3, count, parent, levels);
  }

  private map(start: number, count: number, parent: FieldName, levels: number): number {
    const { leaves, names } = this;
    let previous: FieldName | undefined;
    let at = start;
    for (let left = count; left > 0; left -= 1) {
      const keyStart = this.textStart(at);
      if (keyStart === UNUSUAL) return UNUSUAL;
      const keyEnd = this.textEnd;
      const name = names.childOfRange(parent, previous, this.source, keyStart, keyEnd);
      if (name.name.endsWith(PROTO) || !leaves.claim(name)) return UNUSUAL;
      previous = name;
      at = this.value(keyEnd, name, levels);
      if (at === UNUSUAL) return UNUSUAL;
    }
    return at;
  }

  private value(at: number, name: FieldName, levels: number): number {
    if (at >= this.end) return UNUSUAL;
    const type = this.byte(at);
    if (type <= 0x7f) return this.put(name, type, at + 1);
    if (type >= 0xe0) return this.put(name, type - 0x100, at + 1);
    if (type <= 0x8f || type === 0xde) return this.inner(at, name, levels);
    const start = this.textStart(at);
    if (start === UNUSUAL) return this.other(at, type, name);
    return this.leaves.addRange(name, LEAF.text, start, this.textEnd) ? this.textEnd : UNUSUAL;
  }

  private inner(at: number, name: FieldName, levels: number): number {
    if (levels === 0) return UNUSUAL;
    const type = this.byte(at);
    if (type === 0xde) return this.longMap(at, name, levels - 1);
    const count = type & 0x0f;
    return count === 0 ? UNUSUAL : this.map(at + 1, count, name, levels - 1);
  }

  // Where the text at `at` begins; `textEnd` is set then.
  private textStart(at: number): number {
    const type = this.byte(at);
    const { view } = this.source;
    let start = UNUSUAL;
    let length = 0;
    if (type >= 0xa0 && type <= 0xbf) {
      start = at + 1;
      length = type & 0x1f;
    } else if ((type === 0xd9 || type === 0xc4) && at + 2 <= this.end) {
      start = at + 2;
      length = this.byte(at + 1);
    } else if ((type === 0xda || type === 0xc5) && at + 3 <= this.end) {
      start = at + 3;
      length = view.getUint16(at + 1);
    } else if ((type === 0xdb || type === 0xc6) && at + 5 <= this.end) {
      start = at + 5;
      length = view.getUint32(at + 1);
    }
    if (start === UNUSUAL || start + length > this.end) return UNUSUAL;
    this.textEnd = start + length;
    return start;
  }

  private other(at: number, type: number, name: FieldName): number {
    switch (type) {
      case 0xc0:
        // There is no value.
        return at + 1;
      case 0xc2:
        return this.leaves.addNumber(name, LEAF.false, 0) ? at + 1 : UNUSUAL;
      case 0xc3:
        return this.leaves.addNumber(name, LEAF.true, 0) ? at + 1 : UNUSUAL;
      default:
        return this.number(at, type, name);
    }
  }

  private number(at: number, type: number, name: FieldName): number {
    const size = NUMBER_BYTES[type - 0xca] ?? 0;
    if (size === 0 || at + 1 + size > this.end) return UNUSUAL;
    const { view } = this.source;
    const start = at + 1;
    const next = start + size;
    switch (type) {
      case 0xca:
        return this.leaves.addNumber(name, LEAF.double, view.getFloat32(start)) ? next : UNUSUAL;
      case 0xcb:
        return this.leaves.addNumber(name, LEAF.double, view.getFloat64(start)) ? next : UNUSUAL;
      case 0xcc:
        return this.put(name, view.getUint8(start), next);
      case 0xcd:
        return this.put(name, view.getUint16(start), next);
      case 0xce:
        return this.put(name, view.getUint32(start), next);
      case 0xd0:
        return this.put(name, view.getInt8(start), next);
      case 0xd1:
        return this.put(name, view.getInt16(start), next);
      case 0xd2:
        return this.put(name, view.getInt32(start), next);
      default:
        return UNUSUAL;
    }
  }

  private put(name: FieldName, value: number, next: number): number {
    return this.leaves.addNumber(name, LEAF.integer, value) ? next : UNUSUAL;
  }
}

/** Of the types from float 32 on; 0 for integers of 64 bits, which are big ones. */
const NUMBER_BYTES: readonly number[] = [4, 8, 1, 2, 4, 0, 1, 2, 4, 0];
