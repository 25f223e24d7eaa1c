/**
 * Which lines belong to the one before: indented lines after a line that can be followed by a stack
 * trace, and the unindented parts of the traces of Java, Python, Go and Rust.
 */

/** Longest record that is joined; what is beyond begins a record of its own. */
export const JOINED_LINES_MAX = 1000;
export const JOINED_LENGTH_MAX: number = 1024 * 1024;

/** Reads lines one after the other and says of each whether it continues the record before it. */
export class ContinuationRule {
  private lines = 0;
  private length = 0;
  private canContinue = false;
  private wasTraceback = false;

  /** True when the line belongs to the record before it. */
  continues(line: string): boolean {
    const continues = this.belongs(line) && this.fits(line);
    this.lines = continues ? this.lines + 1 : 1;
    this.length = continues ? this.length + line.length + 1 : line.length;
    if (!continues) this.canContinue = beginsRecord(line);
    // Between the frames of a traceback and the exception that ends it nothing is indented.
    this.wasTraceback = continues
      ? isTraceback(line) || (this.wasTraceback && isIndented(line))
      : isTraceback(line);
    return continues;
  }

  /** Forgets the record before: a new source begins. */
  reset(): void {
    this.canContinue = false;
    this.wasTraceback = false;
  }

  private belongs(line: string): boolean {
    if (!this.canContinue) return false;
    if (isIndented(line)) return true;
    const first = line.charCodeAt(0);
    // Most lines begin with a digit or a brace: the next record.
    if (isDigit(first) || first === OPEN_BRACE) return false;
    return TRACE_PART.test(line) || (this.wasTraceback && EXCEPTION.test(line));
  }

  private fits(line: string): boolean {
    return this.lines < JOINED_LINES_MAX && this.length + line.length < JOINED_LENGTH_MAX;
  }
}

const OPEN_BRACE = 0x7b;

const TRACE_PART =
  /^(?:Caused by: |\[signal |(?:[a-z_]\w{0,64}\.){1,16}[A-Z][\w$]{0,128}(?:Exception|Error|Throwable)\b|Suppressed: |Traceback \(most recent call last\):|During handling of the above exception|The above exception was the direct cause|goroutine \d+ \[|created by |stack backtrace:|note: run with `RUST_BACKTRACE|\.\.\.additional frames|[\w./*()[\]-]{1,256}\((?:0x|\.\.\.|\{0x)[^\n]{0,512}\)$|\}$)/;
const EXCEPTION = /^[A-Za-z_][\w.]{0,256}(?::|$)/;
const TRACE_HEAD =
  /^(?:Traceback \(most recent call last\):|panic: |fatal error: |Exception in thread |thread '[^']{0,128}'[^\n]{0,32} panicked at |Uncaught |[\w$.]{0,256}(?:Exception|Error)\b)/;
// A time stands in the first characters, or a severity does.
const TIMED =
  /^[^\n]{0,48}?(?:\d\d:\d\d:\d\d|\d{10})|^(?:\W{0,2})(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\b/i;

function beginsRecord(line: string): boolean {
  if (isIndented(line) || line.charCodeAt(0) === OPEN_BRACE) return false;
  return TIMED.test(line) || TRACE_HEAD.test(line);
}

function isTraceback(line: string): boolean {
  return line.includes('Traceback (most recent call last):');
}

function isIndented(line: string): boolean {
  const first = line.charCodeAt(0);
  return first === 0x20 || first === 0x09;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
