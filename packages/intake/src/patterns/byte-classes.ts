/** What a byte of a log line may be, as bits, so that the classes of a whole chunk are one OR. */

/** Part of a chunk: letters, digits, and signs that hold a value together. */
export const WORD: number = 1 << 0;
export const DIGIT: number = 1 << 1;
/** `a` to `f`. */
export const HEX_LETTER: number = 1 << 2;
/** The other letters, and `_`. */
export const LETTER: number = 1 << 3;
export const DOT: number = 1 << 4;
export const COLON: number = 1 << 5;
export const SLASH: number = 1 << 6;
export const BACKSLASH: number = 1 << 7;
export const AT: number = 1 << 8;
/** `!` and `?`; like dot and colon they end a sentence where they end a chunk. */
export const MARK: number = 1 << 9;
export const SIGN: number = 1 << 10;
/** Of a character that is not ASCII. */
export const HIGH: number = 1 << 11;
export const SPACE: number = 1 << 12;
export const UPPER: number = 1 << 13;

export const ANY_LETTER: number = LETTER | HEX_LETTER;

/** Bits by byte; 0 is a delimiter that stands for itself. */
export const BYTE_CLASSES: Uint16Array = classes();

function classes(): Uint16Array {
  const table = new Uint16Array(256);
  for (let byte = 0; byte <= 0x20; byte += 1) table[byte] = SPACE;
  table[0x7f] = SPACE;
  for (let byte = 0x80; byte <= 0xff; byte += 1) table[byte] = HIGH;
  put(table, '0123456789', WORD | DIGIT);
  put(table, 'abcdef', WORD | HEX_LETTER);
  put(table, 'ABCDEF', WORD | HEX_LETTER | UPPER);
  put(table, 'ghijklmnopqrstuvwxyz_', WORD | LETTER);
  put(table, 'GHIJKLMNOPQRSTUVWXYZ', WORD | LETTER | UPPER);
  put(table, '.', WORD | DOT);
  put(table, ':', WORD | COLON);
  put(table, '/', WORD | SLASH);
  put(table, '\\', WORD | BACKSLASH);
  put(table, '@', WORD | AT);
  put(table, '!?', WORD | MARK);
  put(table, '-$%~+#*&^|', WORD | SIGN);
  return table;
}

function put(table: Uint16Array, characters: string, bits: number): void {
  for (const character of characters) table[character.charCodeAt(0)] = bits;
}
