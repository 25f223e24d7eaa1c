/**
 * The tokens of one line, in memory that is used again for the next. A word is kept, a soft word is
 * kept by the pattern and masked by the skeleton, a value is masked by both.
 */

/** Beyond this a line says nothing new about its kind. */
export const LINE_BYTES_MAX = 4096;
/** Words and delimiters; a line with more is cut there. */
export const TOKENS_MAX = 256;
/** Tokens that rules look ahead. */
const LOOK_AHEAD = 4;

/** Belongs to the value before it. */
export const GONE = 0;
/** A character that stands for itself. */
export const DELIMITER = 1;
export const PLAIN = 2;
export const SOFT = 3;
export const VALUE = 4;

export class LineTokens {
  count = 0;
  readonly kinds: Uint8Array = new Uint8Array(TOKENS_MAX + LOOK_AHEAD);
  readonly starts: Int32Array = new Int32Array(TOKENS_MAX + LOOK_AHEAD);
  readonly ends: Int32Array = new Int32Array(TOKENS_MAX + LOOK_AHEAD);
  /**
   * Hash of a word's bytes; of a delimiter its ASCII code, which for full-width ones is that of their ASCII
   * twin. Of a value it says nothing. A word whose hash is a code is one of 2 ** 32.
   */
  readonly codes: Int32Array = new Int32Array(TOKENS_MAX + LOOK_AHEAD);

  addWord(bytes: Uint8Array, kind: number, start: number, end: number): void {
    this.add(kind, start, end, wordHash(bytes, start, end));
  }

  addValue(start: number, end: number): void {
    this.add(VALUE, start, end, 0);
  }

  addDelimiter(code: number, start: number, end: number): void {
    this.add(DELIMITER, start, end, code);
  }

  /** Whether white space comes before the token. */
  hasGap(index: number): boolean {
    return index === 0 || this.starts[index] !== this.ends[index - 1];
  }

  hasSoft(): boolean {
    const { kinds, count } = this;
    for (let index = 0; index < count; index += 1) if (kinds[index] === SOFT) return true;
    return false;
  }

  /** Makes looking a few tokens ahead of the last one safe. */
  close(): void {
    const { kinds, codes, count } = this;
    for (let index = count; index < count + LOOK_AHEAD; index += 1) {
      kinds[index] = GONE;
      codes[index] = 0;
    }
  }

  private add(kind: number, start: number, end: number, code: number): void {
    const { count } = this;
    this.kinds[count] = kind;
    this.starts[count] = start;
    this.ends[count] = end;
    this.codes[count] = code;
    this.count = count + 1;
  }
}

export const WORD_HASH_SEED = 0x2127599b;
export const WORD_HASH_FACTOR = 0x01000193;

/** Of all bytes; split-line.ts computes the same on its way through a word. */
export function wordHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = WORD_HASH_SEED;
  for (let at = start; at < end; at += 1) {
    hash = Math.imul(hash ^ (bytes[at] ?? 0), WORD_HASH_FACTOR);
  }
  return hash;
}
