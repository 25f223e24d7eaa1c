/** What a physical line looks like, as far as joining asks. Lines are without colours. */

const BLANK = /^\s*$/;

export function isBlank(line: string): boolean {
  // Nearly every line begins with something that is visible.
  return line.charCodeAt(0) > 0x20 ? false : BLANK.test(line);
}

export function isIndented(line: string): boolean {
  const first = line.charCodeAt(0);
  return first === 0x20 || first === 0x09;
}

const OPEN_BRACKET = 0x5b;
const DASH = 0x2d;
const SLASH = 0x2f;
const COLON = 0x3a;

/** True for `2026-06-02 09:14…` and `[2026/06/02 09:14…`, the beginning of most records, told at little cost. */
export function beginsWithDate(line: string): boolean {
  const start = line.charCodeAt(0) === OPEN_BRACKET ? 1 : 0;
  const separator = line.charCodeAt(start + 4);
  return (
    (separator === DASH || separator === SLASH) &&
    line.charCodeAt(start + 7) === separator &&
    line.charCodeAt(start + 13) === COLON &&
    isDigit(line.charCodeAt(start))
  );
}

const SPACE = 0x20;
const LETTER_T = 0x54;
const PRETTY =
  /^ {2}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z? {1,2}(?:TRACE|DEBUG|INFO|WARN|ERROR) /;

/** True for the first line of an event that Rust's `tracing` prints at length: it is indented like what follows. */
export function beginsPretty(line: string): boolean {
  return line.charCodeAt(0) === SPACE && line.charCodeAt(12) === LETTER_T && PRETTY.test(line);
}

const LEVEL_ONLY = /^ (?:INFO|WARN) \S/;

/** True for an event that `tracing` prints without a time: levels of four letters are set right. */
export function beginsWithLevel(line: string): boolean {
  return line.charCodeAt(0) === SPACE && line.charCodeAt(5) === SPACE && LEVEL_ONLY.test(line);
}

// A time stands in the first characters, or a severity does.
const TIMED =
  /^[^\n]{0,48}?(?:\d\d:\d\d:\d\d|\d{10})|^(?:\W{0,2})(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\b/i;

/** True when a logger wrote the line: more lines may follow that belong to it. */
export function isLogged(line: string): boolean {
  return !isIndented(line) && TIMED.test(line);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
