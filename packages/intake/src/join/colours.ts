/** Lines without the control sequences of terminals: colours are in the way of every pattern. */
import { stripVTControlCharacters } from 'node:util';

const ESCAPE = '\u001b';
const OPEN_BRACKET = 0x5b;
const SEMICOLON = 0x3b;
const LETTER_M = 0x6d;
/** Of a colour, `;38;2;255;255;255` being the longest. */
const PARAMETERS_LENGTH_MAX = 24;

/** Whether a sequence begins in the first characters. */
export function isColouredUpTo(text: string, length: number): boolean {
  const escape = text.indexOf(ESCAPE);
  return escape >= 0 && escape < length;
}

const CARRIAGE_RETURN = 0x0d;

/** A line as records hold it. Wrappers keep the carriage return that a line of a file loses. */
export function plainLine(text: string): string {
  const plain = withoutColours(text);
  let { length } = plain;
  while (plain.charCodeAt(length - 1) === CARRIAGE_RETURN) length -= 1;
  return length === plain.length ? plain : plain.slice(0, length);
}

/** Nearly all sequences are colours, and those are found by hand: `npm run bench -- lines`, OpenIM. */
export function withoutColours(text: string): string {
  let escape = text.indexOf(ESCAPE);
  if (escape < 0) return text;
  let plain = '';
  let start = 0;
  while (escape >= 0) {
    const end = colourEnd(text, escape);
    if (end < 0) return stripVTControlCharacters(text);
    plain += text.slice(start, escape);
    start = end;
    escape = text.indexOf(ESCAPE, end);
  }
  return plain + text.slice(start);
}

// -1 for any other sequence.
function colourEnd(text: string, start: number): number {
  if (text.charCodeAt(start + 1) !== OPEN_BRACKET) return -1;
  const reach = start + 2 + PARAMETERS_LENGTH_MAX;
  for (let at = start + 2; at < reach; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LETTER_M) return at + 1;
    const isParameter = (code >= 0x30 && code <= 0x39) || code === SEMICOLON;
    if (!isParameter) return -1;
  }
  return -1;
}
