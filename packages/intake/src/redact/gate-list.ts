/**
 * The gates that a search for secrets came through in a clean text. A part of it without a gate is clean as
 * well: whether two bytes are a gate does not depend on what is around them.
 */

/** A line of JSON has two for each of its names; with more its parts are looked at each on its own. */
const GATES_MAX = 256;
/** Times and ids have some. */
const NUMBERS_MAX = 128;

export class GateList {
  private readonly gates: Int32Array = new Int32Array(GATES_MAX);
  private gateCount = 0;
  // Beginnings and ends of blocks that may be parts of a number.
  private readonly numbers: Int32Array = new Int32Array(2 * NUMBERS_MAX);
  private numberCount = 0;
  // Parts are asked about in their order, nearly: where the one before ended.
  private gatesBefore = 0;
  private numbersBefore = 0;
  private isWhole = false;

  clear(): void {
    this.isWhole = false;
    this.gateCount = 0;
    this.numberCount = 0;
    this.gatesBefore = 0;
    this.numbersBefore = 0;
  }

  /** `at` is the second byte of the pair. */
  add(at: number): void {
    if (this.gateCount < GATES_MAX) this.gates[this.gateCount] = at;
    this.gateCount += 1;
  }

  /** Blocks in which a number may stand. */
  addNumber(start: number, end: number): void {
    if (this.numberCount < NUMBERS_MAX) {
      this.numbers[this.numberCount * 2] = start;
      this.numbers[this.numberCount * 2 + 1] = end;
    }
    this.numberCount += 1;
  }

  /** The search has come to the end of the text. */
  finish(): void {
    this.isWhole = this.gateCount <= GATES_MAX && this.numberCount <= NUMBERS_MAX;
  }

  /** True when no gate is in the part: it holds nothing to redact. */
  isClear(start: number, end: number): boolean {
    if (!this.isWhole) return false;
    return this.gateAfter(start) >= end && this.numberAfter(start) >= end;
  }

  // A pair has its first byte in the part as well.
  private gateAfter(start: number): number {
    const { gateCount, gates } = this;
    let index = this.gatesBefore;
    if (index > 0 && (gates[index - 1] ?? 0) > start) index = 0;
    while (index < gateCount && (gates[index] ?? 0) <= start) index += 1;
    this.gatesBefore = index;
    return index < gateCount ? (gates[index] ?? 0) : Infinity;
  }

  // Where the first block begins that does not end before the part.
  private numberAfter(start: number): number {
    const { numberCount, numbers } = this;
    let index = this.numbersBefore;
    if (index > 0 && (numbers[index * 2 - 1] ?? 0) > start) index = 0;
    while (index < numberCount && (numbers[index * 2 + 1] ?? 0) <= start) index += 1;
    this.numbersBefore = index;
    return index < numberCount ? (numbers[index * 2] ?? 0) : Infinity;
  }
}
