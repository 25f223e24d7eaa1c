/**
 * The lines of the pretty formatter after `time level target: `: the message with fields after commas,
 * then, indented, where it was written and the spans around it.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { Span } from './spans.ts';
import { addSpans } from './trace-fields.ts';

const PLACE = /^at (\S{1,512}:\d{1,7})(?: on (.{1,128}))?$/;
const SPAN = /^in (?:[\w#{}-]{1,128}::){0,32}([\w.#-]{1,128})(?: with (.*))?$/;
const LINES_MAX = 256;

/** Adds the fields, returns the message. */
export function addPretty(text: string, attributes: Map<string, AttributeValue>): string {
  const [first = '', ...others] = text.split('\n', LINES_MAX);
  const spans: Span[] = [];
  for (const line of others) {
    const trimmed = line.trim();
    const place = PLACE.exec(trimmed);
    const span = SPAN.exec(trimmed);
    if (place) addPlace(place, attributes);
    // The innermost comes first.
    else if (span) spans.unshift({ name: span[1] ?? '', fields: fieldsOf(`, ${span[2] ?? ''}`) });
  }
  addSpans(spans, attributes);
  const fields = fieldsOf(first);
  for (const [name, value] of fields) if (!attributes.has(name)) attributes.set(name, value);
  const [field] = fields.keys();
  const end = field === undefined ? -1 : first.indexOf(`, ${field}: `);
  return (end < 0 ? first : first.slice(0, end)).trim();
}

function addPlace(
  [, caller = '', thread]: RegExpExecArray,
  attributes: Map<string, AttributeValue>,
): void {
  attributes.set('code.caller', caller);
  if (thread === undefined) return;
  const id = /ThreadId\(\d{1,10}\)/.exec(thread)?.[0];
  const name = thread.replace(/ ?ThreadId\(\d{1,10}\)/, '').trim();
  if (id !== undefined) attributes.set('thread.id', id);
  if (name !== '') attributes.set('thread.name', name);
}

const KEY = /, ([A-Za-z_][\w.]{0,127}): /g;
const FIELDS_MAX = 256;

// After the value that begins at `start`.
function nextKey(text: string, start: number): RegExpExecArray | null {
  const nesting = new Nesting();
  let from = start;
  let key = KEY.exec(text);
  while (key && nesting.isOpenAfter(text.slice(from, key.index))) {
    from = key.index;
    key = KEY.exec(text);
  }
  return key;
}

/** What Debug prints of a struct has commas and colons as well: they stand within brackets or quotes. */
class Nesting {
  private depth = 0;
  private isQuoted = false;

  /** Reads on; true when a bracket or a quote is open after it. */
  isOpenAfter(text: string): boolean {
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at] ?? '';
      if (character === '\\') at += 1;
      else if (character === '"') this.isQuoted = !this.isQuoted;
      else if (this.isQuoted) continue;
      else if ('{[('.includes(character)) this.depth += 1;
      else if ('}])'.includes(character)) this.depth -= 1;
    }
    return this.depth > 0 || this.isQuoted;
  }
}

function fieldsOf(text: string): ReadonlyMap<string, AttributeValue> {
  const fields = new Map<string, AttributeValue>();
  KEY.lastIndex = 0;
  let key = KEY.exec(text);
  while (key && fields.size < FIELDS_MAX) {
    const name = key[1] ?? '';
    const start = KEY.lastIndex;
    key = nextKey(text, start);
    const value = text.slice(start, key?.index ?? text.length).trim();
    const isNumber = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/.test(value);
    fields.set(name, isNumber ? Number(value) : value.replace(/^"(.*)"$/s, '$1'));
  }
  return fields;
}
