/**
 * The two ids of a line from its tokens. They are stored, so nothing here may ever change what comes
 * out: golden ids in the tests hold it.
 *
 * Two independent 32-bit hashes side by side; a BigInt would cost more than the rest of the line.
 */
import { isSeparator } from './find-values.ts';
import { GONE, PLAIN, SOFT, type LineTokens } from './line-tokens.ts';

const SEED = 0x1b873593;
const PATTERN_SALT = 0x38b34ae5;
const SKELETON_SALT = 0x2127599b;
const VALUE_MARK = 0x165667b1;
const SOFT_MARK = 0x27d4eb2f;

/** Eight bytes as two words. */
export interface IdWords {
  low: number;
  high: number;
}

/** Both ids; neither is 0, which stands for no pattern. */
export function hashTokens(tokens: LineTokens, pattern: IdWords, skeleton: IdWords): void {
  hashAs(tokens, SOFT, pattern);
  if (tokens.hasSoft()) hashAs(tokens, PLAIN, skeleton);
  else {
    skeleton.low = pattern.low;
    skeleton.high = pattern.high;
  }
  finish(pattern, PATTERN_SALT);
  finish(skeleton, SKELETON_SALT);
}

// Tokens of a kind above `wordKindMax` are values.
function hashAs(tokens: LineTokens, wordKindMax: number, id: IdWords): void {
  const { kinds, codes, count } = tokens;
  let one = SEED;
  let two = ~SEED;
  for (let index = 0; index < count; index += 1) {
    const kind = kinds[index] ?? GONE;
    let token = codes[index] ?? 0;
    if (kind > wordKindMax) {
      token = VALUE_MARK;
      index = lastOfRun(tokens, index, wordKindMax);
    } else if (kind === SOFT) token ^= SOFT_MARK;
    one = Math.imul(one ^ token, 0x9e3779b1);
    one ^= one >>> 15;
    two = Math.imul(two + token, 0x85ebca6b);
    two ^= two >>> 13;
  }
  id.low = one;
  id.high = two;
}

/** The last token of the run of values that begins at `first`; a value is of a kind above `wordKindMax`. */
export function lastOfRun(
  { kinds, codes }: LineTokens,
  first: number,
  wordKindMax: number,
): number {
  let last = first;
  for (;;) {
    const next = isSeparator(codes[last + 1] ?? 0) ? last + 2 : last + 1;
    if ((kinds[next] ?? GONE) <= wordKindMax) return last;
    last = next;
  }
}

function finish(id: IdWords, salt: number): void {
  const { low, high } = id;
  id.low = mixed(low ^ Math.imul(high, 0xc2b2ae35) ^ salt);
  id.high = mixed(high ^ Math.imul(low, 0x27d4eb2f) ^ ~salt);
  if ((id.low | id.high) === 0) id.low = 1;
}

// The end of MurmurHash3: every bit of the input moves half of the output's.
function mixed(hash: number): number {
  let mix = hash;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}
