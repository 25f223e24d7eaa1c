/** 64-bit ids, as two words, to a small number each; in memory of fixed size and without BigInt. */
export class IdTable {
  count = 0;
  private readonly mask: number;
  private readonly lows: Int32Array;
  private readonly highs: Int32Array;
  private readonly values: Int32Array;
  private readonly used: Uint8Array;

  /** For up to half of `2 ** bits` ids. */
  constructor(bits: number) {
    const size = 1 << bits;
    this.mask = size - 1;
    this.lows = new Int32Array(size);
    this.highs = new Int32Array(size);
    this.values = new Int32Array(size);
    this.used = new Uint8Array(size);
  }

  get isFull(): boolean {
    return this.count * 2 > this.mask;
  }

  /** -1 when the id is not there; values are 0 or more. */
  get(low: number, high: number): number {
    const slot = this.slotOf(low, high);
    return this.used[slot] === 1 ? (this.values[slot] ?? 0) : -1;
  }

  /** Not when full, unless the id is there. */
  set(low: number, high: number, value: number): void {
    const slot = this.slotOf(low, high);
    this.values[slot] = value;
    if (this.used[slot] === 1) return;
    this.used[slot] = 1;
    this.lows[slot] = low;
    this.highs[slot] = high;
    this.count += 1;
  }

  clear(): void {
    this.used.fill(0);
    this.count = 0;
  }

  // Of the id, or the free one where it goes.
  private slotOf(low: number, high: number): number {
    let slot = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) & this.mask;
    while (this.used[slot] === 1 && (this.lows[slot] !== low || this.highs[slot] !== high)) {
      slot = (slot + 1) & this.mask;
    }
    return slot;
  }
}
