/**
 * Keys and values inside text: `password=…`, `"token":"…"`, `\"secret\":\"…\"`, `Authorization: …`,
 * `?sign=…&…`, `token%3D…`, `<password>…`, `--api-key …`, in bodies, in values and in both nested.
 */
import { flagEnd, keyEndBefore } from './places.ts';
import type { Marker } from './mark.ts';
import { containsMark, markLengthAt } from './mark.ts';
import { isKeyCharacter } from './raw-text.ts';
import type { Match, Scan } from './scan.ts';
import { createKeyClassifier, PARAMETER_KEY, PARAMETER_KEYS } from './secret-keys.ts';
import type { KeyRule, SecretKey } from './secret-keys.ts';
import {
  isPlainWord,
  isProse,
  isReference,
  isStandIn,
  looksMadeUp,
  looksRandom,
} from './shapes.ts';
import {
  cookiesEnd,
  jsonQuoteBefore,
  separatorEnd,
  VALUE_READ_MAX,
  valueExtent,
} from './values.ts';
import type { Extent, ValueStyle } from './values.ts';

/** Of a key as it is read backwards; the rest of a longer one is not needed. */
const KEY_LENGTH_MAX = 64;
const SCHEME =
  /^(?:bearer|basic|token|digest|negotiate|apikey|hmac|aws4-hmac-sha256)(?:\s+|%20|\+)(?=\S)/i;

export interface PairFinder {
  /** The pair whose separator is at `at`. */
  pair(scan: Scan, at: number): Match | undefined;
  /** `--password …`, whose second dash is at `at`. */
  flag(scan: Scan, at: number): Match | undefined;
  /** A value whose key is known, with what must stay of it: the scheme of a header. */
  hide(rule: SecretKey, value: string): string;
}

export function createPairFinder(marker: Marker, content: 'keep' | 'length'): PairFinder {
  const classify = createKeyClassifier(content);

  function pair(scan: Scan, at: number): Match | undefined {
    const { raw, floor } = scan;
    const keyEnd = keyEndBefore(scan.bytes, at, floor);
    const keyStart = keyStartBefore(raw, keyEnd, floor);
    const key = keyText(raw, keyStart, keyEnd, floor);
    if (key === '' || (raw.startsWith('>', at) && !raw.startsWith('<', keyStart - 1))) {
      return undefined;
    }
    const rule = ruleOf(scan, key, keyStart, classify);
    if (rule === undefined || rule.kind === 'identifier') return undefined;
    const valueStart = separatorEnd(raw, at);
    if (valueStart === -1) return undefined;
    if (rule.kind === 'content') return contentMatch(scan, valueStart, marker);
    const extent = valueExtent(raw, valueStart, rule.shape);
    return extent && secretMatch(scan, rule, extent, keyStart);
  }

  function flag(scan: Scan, at: number): Match | undefined {
    const { raw } = scan;
    const end = flagEnd(scan.bytes, at, raw.length);
    const rule = end === -1 ? undefined : classify(raw.slice(at + 1, end));
    if (rule?.kind !== 'secret') return undefined;
    const extent = valueExtent(raw, end + 1, rule.shape);
    if (extent === undefined || raw.startsWith('-', extent.start)) return undefined;
    const style = extent.style === 'loose' ? 'tight' : extent.style;
    return secretMatch(scan, rule, { ...extent, style }, at + 1);
  }

  function secretMatch(
    scan: Scan,
    rule: SecretKey,
    extent: Extent,
    keyStart: number,
  ): Match | undefined {
    const { raw } = scan;
    if (extent.start < scan.floor || markLengthAt(raw, extent.start) > 0) return undefined;
    const end = endOfSecret(raw, rule, extent);
    const value = raw.slice(extent.start, end);
    if (!isBelieved(scan, rule, { ...extent, end }, keyStart)) return undefined;
    const replacement = hide(rule, value);
    if (replacement === value) return undefined;
    const name = rule.guard === 'entropy' ? 'generic' : 'key';
    const quote = extent.style === 'quoted' ? '' : jsonQuoteBefore(raw, extent.start);
    return { rule: name, start: extent.start, end, replacement: quote + replacement + quote };
  }

  function hide(rule: SecretKey, value: string): string {
    const scheme = rule.shape === 'header' ? (SCHEME.exec(value)?.[0] ?? '') : '';
    const secret = value.slice(scheme.length);
    if (secret === '' || isWholeMark(secret)) return value;
    return scheme + marker.mark(labelOf(rule, secret), secret);
  }

  return { pair, flag, hide };
}

/** A mark, and nothing else. */
export function isWholeMark(raw: string): boolean {
  return raw !== '' && markLengthAt(raw, 0) === raw.length;
}

/** A JWT is called one whatever its key, so that it reads the same everywhere. */
function labelOf(rule: SecretKey, secret: string): string {
  return /^eyJ[\w-]{8,}\.[\w-]+\.[\w.-]*$/.test(secret) ? 'jwt' : rule.label;
}

function keyStartBefore(raw: string, end: number, floor: number): number {
  let start = end;
  const stop = Math.max(floor, end - KEY_LENGTH_MAX);
  while (start > stop && isKeyCharacter(raw.charCodeAt(start - 1))) start -= 1;
  return start;
}

const ESCAPE = String.fromCharCode(0x1b);
const COLOUR_BEFORE = new RegExp(`(?:${ESCAPE}|\\\\(?:u001b|x1b|033|e))\\[$`, 'i');

/** The key without what runs into it: the end of a colour (`ESC[36mtoken`), of `%22`, of `\u0022`. */
function keyText(raw: string, start: number, end: number, floor: number): string {
  const key = raw.slice(start, end);
  if (start > floor && raw.startsWith('%', start - 1)) return key.slice(2);
  if (start > floor && raw.startsWith('\\u00', start - 1)) return key.slice(5);
  return COLOUR_BEFORE.test(raw.slice(Math.max(floor, start - 7), start))
    ? key.replace(/^\d{0,4}m/, '')
    : key;
}

function ruleOf(
  { raw, floor }: Scan,
  key: string,
  keyStart: number,
  classify: (key: string) => KeyRule | undefined,
): KeyRule | undefined {
  const rule = classify(key);
  if (rule?.kind === 'secret' || rule?.kind === 'content') return rule;
  if (PARAMETER_KEYS.includes(key.toLowerCase()) && opensParameter(raw, keyStart)) {
    return PARAMETER_KEY;
  }
  // `API key: …`, `verification code is …`: the word before belongs to the name.
  if (keyStart <= floor || !raw.startsWith(' ', keyStart - 1)) return rule;
  const before = keyStartBefore(raw, keyStart - 1, floor);
  const phrase = classify(`${raw.slice(before, keyStart - 1)}_${key}`);
  return before < keyStart - 1 && phrase?.kind === 'secret' ? phrase : rule;
}

function opensParameter(raw: string, keyStart: number): boolean {
  return /(?:[?&]|&amp;|%26|%3F|\\u0026)$/.test(raw.slice(Math.max(0, keyStart - 6), keyStart));
}

function endOfSecret(raw: string, rule: SecretKey, extent: Extent): number {
  if (rule.shape !== 'header' || extent.style === 'quoted') return extent.end;
  if (rule.label === 'cookie') return cookiesEnd(raw, extent);
  const scheme = SCHEME.exec(raw.slice(extent.start, extent.start + 32));
  if (scheme === null) return extent.end;
  if (/^(?:digest|aws4)/i.test(scheme[0])) return endOfParameters(raw, extent.start);
  return valueExtent(raw, extent.start + scheme[0].length, 'header')?.end ?? extent.end;
}

/** `Digest username="…", response="…"`: the rest of the line, within reason. */
function endOfParameters(raw: string, start: number): number {
  const line = raw.slice(start, start + 1024);
  const end = line.search(/[\r\n]/);
  return start + (end === -1 ? line.length : end);
}

function isBelieved(scan: Scan, rule: SecretKey, extent: Extent, keyStart: number): boolean {
  if (extent.end - extent.start >= VALUE_READ_MAX) return true;
  const value = scan.raw.slice(extent.start, extent.end);
  if (value.trim() === '' || isStandIn(value) || isReference(value, rule.label)) return false;
  if (containsMark(value) || value.includes('****')) {
    return rule.guard === 'none' && extent.style === 'quoted' && !containsMark(value);
  }
  if (rule.guard === 'entropy') return looksRandom(value);
  if (rule.guard === 'weak') return isWeakSecret(rule, value, extent.style);
  if (rule.shape === 'password') return isPassword(scan, value, extent, keyStart);
  if (rule.shape === 'token') return isToken(value, extent.style);
  return rule.shape === 'code' ? isCode(value, extent.style) : isHeader(value, extent.style);
}

function isWeakSecret(rule: SecretKey, value: string, style: ValueStyle): boolean {
  if (rule.shape === 'code') return /^\d{4,8}$/.test(value);
  if (/[\s(){}]/.test(value)) return false;
  if (rule.shape === 'password' && style === 'quoted') return value.length >= 4;
  return looksMadeUp(value, style === 'quoted' ? 6 : 8);
}

function isCode(value: string, style: ValueStyle): boolean {
  if (style === 'quoted') return value.length >= 3;
  return value.length <= 12 && /\d/.test(value) && /^[A-Za-z0-9]+$/.test(value);
}

function isToken(value: string, style: ValueStyle): boolean {
  if (style === 'quoted') return value.length >= 4;
  return !isProse(value) && looksMadeUp(value, 6);
}

function isHeader(value: string, style: ValueStyle): boolean {
  if (style === 'quoted') return value.length >= 4;
  return SCHEME.test(value) || value.includes('=') || looksMadeUp(value, 8);
}

function isPassword(scan: Scan, value: string, extent: Extent, keyStart: number): boolean {
  if (extent.style === 'quoted') return true;
  // `PWD=/srv/app` is a directory.
  if (value.startsWith('/') && /^\.?pwd/i.test(scan.raw.slice(keyStart, keyStart + 3)))
    return false;
  if (isProse(value)) return false;
  if (extent.style === 'tight' || !isPlainWord(value)) return true;
  return beginsField(scan.raw, keyStart) && endsField(scan.raw, extent.end);
}

/** A plain word after `password: ` is a password in a list of fields, and prose in a sentence. */
function beginsField(raw: string, at: number): boolean {
  return /(?:^|[\n\r,;{[(|"'&?-])[ \t]*$/.test(raw.slice(Math.max(0, at - 8), at));
}

function endsField(raw: string, at: number): boolean {
  return /^[ \t]*(?:$|[\n\r,;}\])|&])/.test(raw.slice(at, at + 8));
}

function contentMatch(scan: Scan, from: number, marker: Marker): Match | undefined {
  const { raw } = scan;
  const extent = valueExtent(raw, from, 'password');
  if (extent?.style !== 'quoted') return undefined;
  scan.isMessage ??= /msgData|clientMsgID|sendID/.test(raw);
  if (!scan.isMessage) return undefined;
  const value = raw.slice(extent.start, extent.end);
  if (value === '' || isWholeMark(value)) return undefined;
  return {
    rule: 'content',
    start: extent.start,
    end: extent.end,
    replacement: marker.mark(`content-${value.length}`, value),
  };
}
