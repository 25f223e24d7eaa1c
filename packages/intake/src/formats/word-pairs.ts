/** Text that ends in `key=value` pairs: `登录失败 error=认证失败 attempt=3`. */
import type { AttributeValue } from '@tendril/model/attribute';

export interface WordPairs {
  /** What stands before the first pair. */
  readonly message: string;
  readonly pairs: ReadonlyMap<string, AttributeValue>;
}

const KEY = /(?:^|[ \t])([A-Za-z_][\w.-]{0,127})=/g;
const QUOTED = /"(?:[^"\\]|\\.)*"(?=\s|$)/y;
const PAIRS_MAX = 256;

/**
 * An unquoted value reaches to the next key, so it may hold blanks; numbers and truth values are taken
 * as such.
 */
export function wordPairs(text: string): WordPairs {
  const pairs = new Map<string, AttributeValue>();
  KEY.lastIndex = 0;
  let key = KEY.exec(text);
  const message = (key ? text.slice(0, key.index) : text).trim();
  while (key && pairs.size < PAIRS_MAX) {
    const name = key[1] ?? '';
    const start = KEY.lastIndex;
    QUOTED.lastIndex = start;
    if (QUOTED.test(text)) KEY.lastIndex = QUOTED.lastIndex;
    const isQuoted = KEY.lastIndex > start;
    const quotedEnd = KEY.lastIndex;
    key = KEY.exec(text);
    const end = isQuoted ? quotedEnd : (key?.index ?? text.length);
    if (!pairs.has(name)) pairs.set(name, valueOf(text.slice(start, end), isQuoted));
  }
  return { message, pairs };
}

function valueOf(text: string, isQuoted: boolean): AttributeValue {
  if (isQuoted) return unquoted(text);
  const plain = text.trim();
  if (plain === 'true' || plain === 'false') return plain === 'true';
  const number = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/.test(plain) ? Number(plain) : Number.NaN;
  return Number.isNaN(number) ? plain : number;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  if (!inner.includes('\\')) return inner;
  return inner.replaceAll(/\\(.)/gs, (_escape, plain: string) => ESCAPES[plain] ?? plain);
}
