/**
 * A record whose tabs became blanks and whose colours became text, as terminals, editors and issue
 * trackers show it, back to what the logger wrote: columns, message and fields separated by tabs.
 */
import { withoutConsole } from './console-prefix.ts';

/**
 * `^[[31m` as `less` and `cat -v` show it, `#033[31m` as rsyslog writes it, `\x1b[31m` as programs quote it, and
 * `[31m` where the escape got lost.
 */
const SHOWN_COLOUR =
  /(?:(?:\^\[|#033|\\x1[bB]|\\u001[bB]|\\033)\[\d{0,3}|\[\d{1,3})(?:;\d{1,3}){0,3}m/g;
const HEAD =
  /(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})\s{1,16}([A-Z]{4,7})\s{1,16}(\[PID:-?\d{1,10}\])\s{1,32}/y;
const MODULE = /([^\s[\]{}"]{1,64})\s{1,64}(?=\[)/y;
const COLUMN = /(\[[^\]{}"]{1,256}\])\s{1,64}/y;
const CALLER = /:\d{1,7}\]$/;
const COLUMNS_MAX = 3;

/** Undefined when the line does not look like a record at all; the line itself when it needs nothing. */
export function straighten(line: string): string | undefined {
  const bare = withoutConsole(line);
  const plain = bare.replaceAll(SHOWN_COLOUR, '');
  HEAD.lastIndex = 0;
  const head = HEAD.exec(plain);
  if (!head) return undefined;
  const columns = head.slice(1);
  let at = take(MODULE, plain, HEAD.lastIndex, columns);
  for (let count = 0; count < COLUMNS_MAX; count += 1) {
    at = take(COLUMN, plain, at, columns);
    if (CALLER.test(columns.at(-1) ?? '')) break;
  }
  const rest = plain.slice(at);
  const fields = rest.search(/\s\{"/);
  const message =
    fields < 0 ? rest : `${rest.slice(0, fields).trimEnd()}\t${rest.slice(fields + 1)}`;
  return `${columns.join('\t')}\t${message}`;
}

// Returns the index after what was taken.
function take(pattern: RegExp, text: string, at: number, columns: string[]): number {
  pattern.lastIndex = at;
  const column = pattern.exec(text)?.[1];
  if (column === undefined) return at;
  columns.push(column);
  return pattern.lastIndex;
}
