/**
 * JSON of unknown origin, parsed within bounds: nesting is counted before anything is built, and
 * integers that a double cannot hold come out as bigints.
 */
import { decodeUtf8 } from '@tendril/columns/utf8';
import { Failure, messageOf } from '@tendril/model/failure';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
/** From here on an integer may be beyond 2^53. */
const LONG_DIGITS_MIN = 16;
/** `}` and `]` differ from `{` and `[` by this. */
const CLOSING_OFFSET = 2;

/** Throws a `malformed` Failure when the bytes are not JSON or nested deeper than `depthMax`. */
export function parseJsonDocument(bytes: Uint8Array, depthMax: number): unknown {
  const { depth, hasLongNumbers } = surveyJson(bytes, depthMax);
  if (depth > depthMax) throw malformed(`it is nested deeper than ${depthMax}`);
  const text = decodeUtf8(bytes, 0, bytes.length);
  try {
    const parsed: unknown = JSON.parse(text, hasLongNumbers ? exactIntegers : undefined);
    return parsed;
  } catch (thrown) {
    throw malformed(positionOf(messageOf(thrown)));
  }
}

/** Stops as soon as the nesting is known to be too deep. */
export function surveyJson(
  bytes: Uint8Array,
  depthMax: number,
): { readonly depth: number; readonly hasLongNumbers: boolean } {
  let depth = 0;
  let deepest = 0;
  let digits = 0;
  let hasLongNumbers = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) {
      digits += 1;
      if (digits === LONG_DIGITS_MIN) hasLongNumbers = true;
      continue;
    }
    digits = 0;
    if (byte === QUOTE) at = stringEnd(bytes, at + 1);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth > deepest) deepest = depth;
      if (depth > depthMax) break;
    } else if (byte === OPEN_BRACE + CLOSING_OFFSET || byte === OPEN_BRACKET + CLOSING_OFFSET) {
      depth -= 1;
    }
  }
  return { depth: deepest, hasLongNumbers };
}

// Where the string's closing quote is, or the end of the bytes.
function stringEnd(bytes: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return bytes.length;
}

// The third argument is JSON.parse's source text access.
function exactIntegers(
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}

// The parser's own message quotes the document, which may hold secrets.
function positionOf(message: string): string {
  const position = /at position \d+/.exec(message)?.[0];
  return position ? `it is not valid JSON ${position}` : 'it is not valid JSON';
}

function malformed(reason: string): Failure {
  return new Failure({ code: 'malformed', detail: `cannot read the JSON document: ${reason}` });
}
