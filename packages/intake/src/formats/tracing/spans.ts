/** The spans an event lies in, as text: `request{method=POST}:login{user_id="u1001"}: `. */
import type { AttributeValue } from '@tendril/model/attribute';
import { wordPairs } from '../word-pairs.ts';

export interface Span {
  readonly name: string;
  readonly fields: ReadonlyMap<string, AttributeValue>;
}

export interface Spans {
  readonly spans: readonly Span[];
  /** Index after them; where reading began when there are none. */
  readonly end: number;
}

const NAME = /[A-Za-z_][\w.#-]{0,127}/y;
const SPANS_MAX = 64;
const BLANK = 0x20;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;

/**
 * From the first character that is no blank. Spans with fields are sure; a chain of bare names counts
 * when what follows it is a chain's end, `: `, and it has no `::` of a module path.
 */
export function readSpans(line: string, start: number): Spans {
  const spans: Span[] = [];
  let at = start;
  while (line.charCodeAt(at) === BLANK) at += 1;
  while (spans.length < SPANS_MAX) {
    NAME.lastIndex = at;
    const name = NAME.exec(line)?.[0];
    if (name === undefined) break;
    const nameEnd = NAME.lastIndex;
    const fieldsEnd = line.charCodeAt(nameEnd) === OPEN_BRACE ? braceEnd(line, nameEnd) : nameEnd;
    if (fieldsEnd < 0 || line.charCodeAt(fieldsEnd) !== COLON) break;
    if (line.charCodeAt(fieldsEnd + 1) === COLON) break;
    spans.push({ name, fields: fieldsOf(line.slice(nameEnd + 1, fieldsEnd - 1)) });
    at = fieldsEnd + 1;
    if (line.charCodeAt(at) === BLANK) return certain(line, { spans, end: at + 1 }, start);
  }
  return { spans: [], end: start };
}

const MODULE_PATH = /[A-Za-z_]\w{0,127}(?:::[\w#{}-]{1,128}){1,32}: /y;

// One bare name may be the target itself: then no target follows.
function certain(line: string, read: Spans, start: number): Spans {
  const [first] = read.spans;
  if (read.spans.length > 1 || (first && first.fields.size > 0)) return read;
  MODULE_PATH.lastIndex = read.end;
  return MODULE_PATH.test(line) ? read : { spans: [], end: start };
}

function fieldsOf(text: string): ReadonlyMap<string, AttributeValue> {
  return text.length > 0 ? wordPairs(text).pairs : new Map();
}

const FIELDS_LENGTH_MAX = 16 * 1024;

// Index after the closing brace. Values printed for debugging hold braces and quotes.
function braceEnd(line: string, start: number): number {
  const reach = Math.min(line.length, start + FIELDS_LENGTH_MAX);
  let depth = 0;
  let isQuoted = false;
  for (let at = start; at < reach; at += 1) {
    const character = line[at];
    if (character === '\\') at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}
