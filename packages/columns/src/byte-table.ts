/**
 * Interning without strings: byte ranges to small numbers, counted up from 0. Open addressing over
 * a seeded hash of all bytes, so that chosen keys cannot make it slow.
 */
import { randomInt } from 'node:crypto';
import { ByteStore, type ByteSource } from './byte-store.ts';
import { grown } from './fixed-columns.ts';
import { decodeUtf8 } from './utf8.ts';

const SLOTS_INITIAL = 128;
/** Of the table for the first look-up, which hashes only a few bytes; bench/src/micro/otlp-decode.ts. */
const LIKELY_BITS = 10;
const SEED = randomInt(2 ** 32 - 1) | 0;

export class ByteTable {
  /** Number of distinct ranges. */
  count = 0;
  /** Their bytes, end to end. */
  readonly store: ByteStore = new ByteStore(512);
  private starts: Int32Array = new Int32Array(SLOTS_INITIAL);
  private hashes: Int32Array = new Int32Array(SLOTS_INITIAL);
  // By what is cheap to read of a range: its number, to be verified.
  private readonly likely: Int32Array;
  private readonly likelyShift: number;
  // Number plus one; 0 is a free slot.
  private slots: Int32Array = new Int32Array(SLOTS_INITIAL);

  constructor(likelyBits: number = LIKELY_BITS) {
    this.likely = new Int32Array(1 << likelyBits);
    this.likelyShift = 32 - likelyBits;
  }

  /** The number of the range, given to it now when it is new (then it is the old `count`). */
  intern(source: ByteSource, start: number, end: number): number {
    const likely = likelyHash(source, start, end) >>> this.likelyShift;
    const guess = this.likely[likely] ?? 0;
    if (guess < this.count && this.equals(guess, source, start, end)) return guess;
    const number = this.internHashed(source, start, end);
    this.likely[likely] = number;
    return number;
  }

  /** The number of the range if a cheap look finds it, else -1. */
  find(source: ByteSource, start: number, end: number): number {
    const guess = this.likely[likelyHash(source, start, end) >>> this.likelyShift] ?? 0;
    return guess < this.count && this.equals(guess, source, start, end) ? guess : -1;
  }

  /** The number of the range, -1 when it has none: for those that must not be given any more. */
  numberOf(source: ByteSource, start: number, end: number): number {
    const slot = this.slotOf(hashOf(source, start, end), source, start, end);
    return (this.slots[slot] ?? 0) - 1;
  }

  startOf(number: number): number {
    return this.starts[number] ?? 0;
  }

  endOf(number: number): number {
    return this.starts[number + 1] ?? 0;
  }

  textOf(number: number): string {
    return decodeUtf8(this.store.bytes, this.startOf(number), this.endOf(number));
  }

  /** Forgets the ranges numbered `count` and up. */
  truncate(count: number): void {
    if (count >= this.count) return;
    this.count = count;
    this.store.end = this.startOf(count);
    this.rebuild(this.slots.length);
  }

  reset(): void {
    if (this.count === 0) return;
    this.count = 0;
    this.store.end = 0;
    this.slots.fill(0);
  }

  private internHashed(source: ByteSource, start: number, end: number): number {
    const hash = hashOf(source, start, end);
    const number = (this.slots[this.slotOf(hash, source, start, end)] ?? 0) - 1;
    return number < 0 ? this.add(hash, source, start, end) : number;
  }

  // Of the range, or a free one.
  private slotOf(hash: number, source: ByteSource, start: number, end: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = (this.slots[slot] ?? 0) - 1;
      if (number < 0) return slot;
      if (this.hashes[number] === hash && this.equals(number, source, start, end)) return slot;
    }
  }

  private equals(number: number, source: ByteSource, start: number, end: number): boolean {
    const at = this.starts[number] ?? 0;
    if ((this.starts[number + 1] ?? 0) - at !== end - start) return false;
    return equalRanges(this.store, at, source, start, end);
  }

  private add(hash: number, source: ByteSource, start: number, end: number): number {
    const number = this.count;
    if ((number + 1) * 2 > this.slots.length) this.rebuild(this.slots.length * 2);
    if (number + 1 >= this.starts.length) {
      this.starts = grown(this.starts, number + 1);
      this.hashes = grown(this.hashes, number + 1);
    }
    this.store.reserve(end - start);
    this.store.bytes.set(source.bytes.subarray(start, end), this.store.end);
    this.starts[number] = this.store.end;
    this.store.end += end - start;
    this.starts[number + 1] = this.store.end;
    this.hashes[number] = hash;
    this.count += 1;
    this.place(number);
    return number;
  }

  private rebuild(slotCount: number): void {
    this.slots = new Int32Array(slotCount);
    for (let number = 0; number < this.count; number += 1) this.place(number);
  }

  private place(number: number): void {
    const mask = this.slots.length - 1;
    let slot = (this.hashes[number] ?? 0) & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = number + 1;
  }
}

/** By length and last word: names and places in code differ there. */
function likelyHash({ bytes, view }: ByteSource, start: number, end: number): number {
  const length = end - start;
  const last = length >= 4 ? view.getInt32(end - 4, true) : (bytes[start] ?? 0);
  return Math.imul(last ^ (length << 3), 0x9e3779b1);
}

/** Whether the bytes at `at` of one are those of a range of the other. */
export function equalRanges(
  one: ByteStore,
  at: number,
  other: ByteSource,
  start: number,
  end: number,
): boolean {
  const length = end - start;
  if (length < 4) {
    for (let i = 0; i < length; i += 1) {
      if (one.bytes[at + i] !== other.bytes[start + i]) return false;
    }
    return true;
  }
  // The last word overlaps with the one before, which saves a loop over single bytes.
  const last = length - 4;
  if (one.view.getInt32(at + last, true) !== other.view.getInt32(start + last, true)) return false;
  for (let i = 0; i < last; i += 4) {
    if (one.view.getInt32(at + i, true) !== other.view.getInt32(start + i, true)) return false;
  }
  return true;
}

/** A hash of all bytes of a range, different in each process. */
export function hashOf({ bytes, view }: ByteSource, start: number, end: number): number {
  let hash = SEED ^ Math.imul(end - start, 0x9e3779b1);
  let at = start;
  for (const wordsEnd = end - 3; at < wordsEnd; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  for (; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0xc2b2ae35);
  return hash ^ (hash >>> 13);
}
