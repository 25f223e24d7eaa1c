/**
 * `time=… level=info msg="…" key=value`. Every word has to be a pair: prose that holds a pair
 * somewhere is text. Values stay text, as they were written.
 */
import type { LineContext, LineFormat, ParsedLine } from '../format.ts';
import { StructuredLine } from './structured.ts';

export const LOGFMT: LineFormat = {
  name: 'logfmt',
  title: {
    en: 'logfmt: key=value pairs',
    zh: 'logfmt：key=value',
  },
  specificity: 'generic',
  gate: { contains: ['='] },
  parse,
};

const PAIR = /([^\s="]{1,1024})=("(?:[^"\\]|\\.)*"(?=\s|$)|[^\s"]*(?=\s|$))\s*/y;
const PAIRS_MIN = 2;

function parse(line: string, context: LineContext): ParsedLine | undefined {
  const record = new StructuredLine(context);
  const pairs = readPairs(line, (name, value) => record.add(name, value));
  return pairs >= PAIRS_MIN && record.isLog ? record.finish(line) : undefined;
}

/** How many pairs the text has; 0 when a word of it is none, whatever was handed out before. */
export function readPairs(text: string, add: (name: string, value: string) => void): number {
  let pairs = 0;
  PAIR.lastIndex = Math.max(text.search(/\S/), 0);
  while (PAIR.lastIndex < text.length) {
    const [, name = '', value = ''] = PAIR.exec(text) ?? [];
    if (name === '') return 0;
    add(name, unquoted(value));
    pairs += 1;
  }
  return pairs;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  const inner = value.slice(1, -1);
  if (!inner.includes('\\')) return inner;
  return inner.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_escape, hex?: string, plain = '') =>
    hex === undefined ? (ESCAPES[plain] ?? plain) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
