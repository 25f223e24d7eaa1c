/**
 * Gates: which pairs of bytes make the search look closer, and the table that says so for all of them
 * at once.
 */
import assert from 'node:assert';
import type { PrefixRule } from './prefix-rules.ts';

// Numbers that loops over all bytes use are taken out of these objects into constants of their own modules:
// an imported constant is looked up each time.

/** What may be read at a byte that has come through a gate; one bit each. */
export const KINDS = {
  BYTE_PAIR: 1,
  BYTE_ENCODED: 2,
  BYTE_AT: 4,
  /** Second letter of `Bearer` and `Basic`. */
  BYTE_SCHEME: 8,
  BYTE_PREFIX: 16,
  /** Second dash of `--password`. */
  BYTE_FLAG: 32,
  BYTE_DIGIT: 64,
} as const;
const { BYTE_AT, BYTE_DIGIT, BYTE_ENCODED, BYTE_FLAG, BYTE_PAIR, BYTE_PREFIX, BYTE_SCHEME } = KINDS;

const DIGITS = '0123456789';
const ANY = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
/** What else than a letter may stand before the colon of a key: gaps, and the ends of `\u0022`, `&quot;`. */
const KEY_GAPS = ' \t"\'\\`[]2;';

export type Gate = readonly [first: string, second: string];

/**
 * Characters that may come first, and second. At most eight, one bit each; the pairs of one gate
 * should be rare together, since all combinations come through. Of keys only the last letters count,
 * and few digits before a colon: most colons are in times, ports and places in a source file.
 */
export function gatesOf(keyEndings: readonly string[]): readonly Gate[] {
  const lastLetters = keyEndings.map((ending) => ending.slice(-1)).join('');
  return [
    [ANY, '@%='],
    [lastLetters + lastLetters.toUpperCase() + KEY_GAPS + 'm', ':>'],
    ['bB', 'eEaA'],
    ['o', 'kx'],
    ['gbkm_', 'h_v'],
    ['hl', 'fp'],
    // The second half are the last two bytes of Chinese words for password, token and code.
    ['ASLIyG\xa0\xbb\x89\x92\xa2', 'KITzJ.g\x81\xa4\x8c\xa5\xbc'],
    ['kpX-', '-B'],
  ];
}

/** Layout of an entry of the byte table: gates as second byte, gates as first, digits. */
export const LAYOUT = {
  GATE_BITS: 0xff,
  FIRST_SHIFT: 8,
  /** Digits and what may separate them. */
  NUMBER_BIT: 0x10000,
  /** The bit of digits alone is the next one. */
  DIGIT_SHIFT: 1,
} as const;
const { DIGIT_SHIFT, FIRST_SHIFT, NUMBER_BIT } = LAYOUT;

/** By byte: the gates it is in, and whether it is of a number. */
export function byteTable(gates: readonly Gate[]): Uint32Array {
  const entries = new Uint32Array(256);
  const add = (characters: string, bits: number): void => {
    for (let index = 0; index < characters.length; index++) {
      const code = characters.charCodeAt(index);
      entries[code] = (entries[code] ?? 0) | bits;
    }
  };
  gates.forEach(([first, second], gate) => {
    add(first, 1 << (gate + FIRST_SHIFT));
    add(second, 1 << gate);
  });
  add(DIGITS, NUMBER_BIT | (NUMBER_BIT << DIGIT_SHIFT));
  add(' -', NUMBER_BIT);
  return entries;
}

/** By byte: what may be read there. */
export function byteKinds(rules: readonly PrefixRule[], gates: readonly Gate[]): Uint8Array {
  const kinds = new Uint8Array(256);
  const add = (characters: string, kind: number): void => {
    for (const character of characters) {
      const code = character.charCodeAt(0);
      kinds[code] = (kinds[code] ?? 0) | kind;
    }
  };
  add('=:>', BYTE_PAIR);
  add('%', BYTE_ENCODED);
  add('@', BYTE_AT);
  add('eEaA', BYTE_SCHEME);
  add('-', BYTE_FLAG);
  add(DIGITS, BYTE_DIGIT);
  for (const { prefix, anchor } of rules) {
    const pair = prefix.slice(anchor - 1, anchor + 1);
    assert(
      gates.some(
        ([first, second]) => first.includes(pair[0] ?? '') && second.includes(pair[1] ?? ''),
      ),
      `no gate lets ${pair} of ${prefix} through`,
    );
    add(prefix.charAt(anchor), BYTE_PREFIX);
  }
  return kinds;
}
