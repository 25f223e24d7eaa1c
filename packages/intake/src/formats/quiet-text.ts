/**
 * Lines of which a look at their characters says that they state neither a time nor a severity, as most messages do
 * whose sender has stated both: what searches for these need not run (`npm run bench -- receiver-decode`). It may say
 * no where the search would find nothing, never the other way round.
 */
import { severityNumberOf } from './severity-word.ts';

/** Behind one word and its blanks no time begins beyond this, and ends not much later. */
const REACH_MAX = 240;
/** As many as are looked at for a severity. */
const WORDS_MAX = 5;
/** What stands for a moment is so many digits, or has colons between them. */
const EPOCH_DIGITS_MIN = 10;
/** Hadoop's date, which a clock without colons follows. */
const COMPACT_DIGITS = 6;

const ASCII_MAX = 0x7f;
const BLANK = 0x20;
const COLON = 0x3a;
const LESS = 0x3c;
const EQUALS = 0x3d;

export function isQuietText(line: string): boolean {
  // A priority of syslog begins so.
  if (line === '' || line.charCodeAt(0) === LESS) return false;
  return hasNoTime(line) && hasNoSeverity(line);
}

function hasNoTime(line: string): boolean {
  const end = Math.min(line.length, REACH_MAX);
  let digits = 0;
  for (let at = 0; at < end; at += 1) {
    const code = line.charCodeAt(at);
    if (isDigit(code)) {
      digits += 1;
      if (digits === EPOCH_DIGITS_MIN) return false;
      continue;
    }
    const isBetween = digits > 0 && isDigit(line.charCodeAt(at + 1));
    if (isBetween && (code === COLON || (code === BLANK && digits === COMPACT_DIGITS)))
      return false;
    digits = 0;
  }
  return true;
}

function hasNoSeverity(line: string): boolean {
  let words = 0;
  let start = -1;
  for (let at = 0; at < line.length && words < WORDS_MAX; at += 1) {
    const code = line.charCodeAt(at);
    // Brackets and blanks of other scripts are not told apart here.
    if (code > ASCII_MAX && OTHER_SEPARATOR.test(line[at] ?? '')) return false;
    const isBetween = code <= BLANK || (SEPARATORS[code] ?? 0) > 0;
    if (!isBetween && start < 0) start = at;
    if (!isBetween || start < 0) continue;
    if (mayState(line, start, at)) return false;
    // Dashes alone are no word.
    if (line.charCodeAt(at - 1) !== DASH) words += 1;
    start = -1;
  }
  return start < 0 || words >= WORDS_MAX || !mayState(line, start, line.length);
}

/** The longest name of a severity. */
const NAME_LENGTH_MAX = 13;

function mayState(line: string, wordStart: number, end: number): boolean {
  // Dashes may stand before a word.
  let start = wordStart;
  while (start < end - 1 && line.charCodeAt(start) === DASH) start += 1;
  const length = end - start;
  if (length > NAME_LENGTH_MAX) return false;
  // A letter is a mark where something closes it.
  if (length === 1) return end < line.length && (SEPARATORS[line.charCodeAt(end)] ?? 0) > 0;
  if (length === 2 && (line.charCodeAt(start) | CASE) === SMALL_D) return true;
  return severityNumberOf(line.slice(start, end)) > 0;
}

const OTHER_SEPARATOR = /[\s【】：]/;

const DASH = 0x2d;
const SMALL_D = 0x64;
/** Of letters. */
const CASE = 0x20;
/** Of `severityWord`, and what ends a word there. */
const SEPARATORS: Uint8Array = new Uint8Array(ASCII_MAX + 1);
for (const character of '][()<>|,;:') SEPARATORS[character.charCodeAt(0)] = 1;
SEPARATORS[EQUALS] = 1;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
