/** Walks over the texts of a store in their order, without making strings of them. */
import type { ByteSource, ByteStore } from './byte-store.ts';

export class TextCursor {
  /** Where the text at hand lies; no longer valid once the store is written to. */
  start = 0;
  end = 0;
  private readonly store: ByteStore;

  constructor(store: ByteStore) {
    this.store = store;
  }

  get source(): ByteSource {
    return this.store;
  }

  /** Goes on to the next text; after the last one stand empty ones. */
  next(): void {
    const { bytes, end: storeEnd } = this.store;
    let at = this.end;
    if (at >= storeEnd) {
      this.start = at;
      return;
    }
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at] ?? 0;
      at += 1;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    this.start = at;
    this.end = at + length;
  }

  toString(): string {
    return this.store.bytes.toString('utf8', this.start, this.end);
  }
}
