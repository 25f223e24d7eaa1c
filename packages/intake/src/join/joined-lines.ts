/** Physical lines in, records' texts out: what belongs together is joined with line feeds, blank lines go. */
import { ContinuationRule } from './continuation.ts';

export class LineJoiner {
  /** Physical lines read so far, without blank ones. */
  lineCount = 0;

  /** Joins within one pass; a record never reaches from one pass to the next. */
  *join(lines: Iterable<string>): Generator<string> {
    const rule = new ContinuationRule();
    let parts: string[] = [];
    for (const line of lines) {
      if (isBlank(line)) continue;
      this.lineCount += 1;
      if (!rule.continues(line) && parts.length > 0) {
        yield textOf(parts);
        parts = [];
      }
      parts.push(line);
    }
    if (parts.length > 0) yield textOf(parts);
  }
}

function textOf(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : parts.join('\n');
}

const BLANK = /^\s*$/;

export function isBlank(line: string): boolean {
  // Nearly every line begins with something that is visible.
  return line.charCodeAt(0) > 0x20 ? false : BLANK.test(line);
}
