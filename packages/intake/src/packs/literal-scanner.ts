/**
 * Finds many texts in one pass over another (Aho and Corasick's automaton, written out as one table), so that what
 * it costs does not depend on how many there are. Letters of ASCII are equal in both cases.
 */

/** What one automaton may grow to: 64 Mi entries would be 256 MiB. */
const TABLE_ENTRIES_MAX = 64 * 1024 * 1024;
const UTF16_UNITS = 65_536;

export class LiteralScanner {
  // Units that stand in no text are one class, 0.
  private readonly classes: Uint16Array = new Uint16Array(UTF16_UNITS);
  private readonly classCount: number;
  /**
   * Where the row of the next state begins, by state and class; where texts end in that state, its complement,
   * which is negative: one look tells both.
   */
  private readonly next: Int32Array;
  /** Numbers of the texts that end in a state. */
  private readonly found: (readonly number[] | undefined)[];

  /** `texts` are numbered from 0. An empty one is never found. */
  constructor(texts: readonly string[]) {
    this.classCount = this.classify(texts);
    const states = 1 + texts.reduce((total, text) => total + text.length, 0);
    if (states * this.classCount > TABLE_ENTRIES_MAX) throw new Error('too many texts to look for');
    this.next = new Int32Array(states * this.classCount);
    this.found = Array.from({ length: states });
    const planted = this.plant(texts);
    this.link(planted);
    this.writeRows(planted);
  }

  /** Calls `onFound` with the number of each text, once for every place where it stands. */
  scan(text: string, onFound: (number: number) => void): void {
    const { classes, next } = this;
    let row = 0;
    for (let at = 0; at < text.length; at += 1) {
      const unit = classes[text.charCodeAt(at)] ?? 0;
      row = next[row + unit] ?? 0;
      if (row >= 0) continue;
      row = ~row;
      for (const number of this.found[row / this.classCount] ?? []) onFound(number);
    }
  }

  private classify(texts: readonly string[]): number {
    let count = 1;
    for (const text of texts) {
      for (let at = 0; at < text.length; at += 1) {
        const unit = folded(text.charCodeAt(at));
        if (this.classes[unit] === 0) {
          this.classes[unit] = count;
          count += 1;
        }
      }
    }
    for (let unit = UPPER_A; unit <= UPPER_Z; unit += 1) {
      this.classes[unit] = this.classes[unit + CASE_DISTANCE] ?? 0;
    }
    return count;
  }

  // The trie. States are numbered in the order in which they are made; 0 is the root.
  private plant(texts: readonly string[]): number {
    let states = 1;
    for (const [number, text] of texts.entries()) {
      let state = 0;
      for (let at = 0; at < text.length; at += 1) {
        const entry = state * this.classCount + (this.classes[text.charCodeAt(at)] ?? 0);
        if (this.next[entry] === 0) {
          this.next[entry] = states;
          states += 1;
        }
        state = this.next[entry] ?? 0;
      }
      if (state > 0) this.found[state] = [...(this.found[state] ?? []), number];
    }
    return states;
  }

  // Missing edges lead where the longest suffix that is a prefix of some text would go; breadth first.
  private link(states: number): void {
    const { classCount, next, found } = this;
    const suffixes = new Int32Array(states);
    const queue: number[] = [0];
    for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
      const suffix = suffixes[state] ?? 0;
      for (let unit = 0; unit < classCount; unit += 1) {
        const entry = state * classCount + unit;
        const child = next[entry] ?? 0;
        const fallback = state === 0 ? 0 : (next[suffix * classCount + unit] ?? 0);
        if (child === 0) {
          next[entry] = fallback;
          continue;
        }
        suffixes[child] = fallback;
        const shorter = found[fallback];
        if (shorter) found[child] = [...(found[child] ?? []), ...shorter];
        queue.push(child);
      }
    }
  }

  private writeRows(states: number): void {
    const { classCount, found, next } = this;
    for (let entry = 0; entry < states * classCount; entry += 1) {
      const state = next[entry] ?? 0;
      next[entry] = found[state] ? ~(state * classCount) : state * classCount;
    }
  }
}

const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const CASE_DISTANCE = 0x20;

function folded(unit: number): number {
  return unit >= UPPER_A && unit <= UPPER_Z ? unit + CASE_DISTANCE : unit;
}
