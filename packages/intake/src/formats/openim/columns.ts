/**
 * The columns before an OpenIM record's message, separated by tabs:
 * `[PID:1945]`, module, `[version]`, `[sdk/platform]`, `[caller]`. All but the first and the last may be
 * missing, each may be padded with blanks or cut so that its bracket does not close, and in some
 * versions the version ends with a line feed. The columns are the same for most records of a source.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { ParsedFields } from '../../format.ts';

export interface HeadColumns {
  /** Undefined when they say nothing. */
  readonly resource: ParsedFields | undefined;
  /** In a browser there are no processes. */
  readonly isWasm: boolean;
  /** No module: the SDK, which is a part of somebody's program. */
  readonly isSdk: boolean;
  /** Without brackets; empty when there is none. */
  readonly caller: string;
  /** Characters before the message. */
  readonly length: number;
}

const COLUMNS_MAX = 5;
const TAB = '\t';
const TAB_CODE = 0x09;

/** Sources have some thousands; hostile ones make up new ones all the time. */
const REMEMBERED_MAX = 4096;
const REMEMBERED_LENGTH_MAX = 256;
const remembered = new Map<string, HeadColumns>();
// Where columns are padded they all have one length: the next line's are looked up without a search.
let lengthBefore = 0;

/** `start` is the index of the first column. */
export function readColumns(line: string, start: number): HeadColumns {
  if (line.charCodeAt(start + lengthBefore - 1) === TAB_CODE) {
    const known = remembered.get(line.slice(start, start + lengthBefore));
    if (known) return known;
  }
  const length = columnsLength(line, start);
  const known = remembered.get(line.slice(start, start + length));
  if (known) return known;
  // A copy: a part of the line would keep all of it in memory.
  const text = Buffer.from(line.slice(start, start + length)).toString();
  const made = makeColumns(text);
  lengthBefore = length;
  if (length === 0 || length > REMEMBERED_LENGTH_MAX) return made;
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  remembered.set(text, made);
  return made;
}

// The caller is the last column.
function columnsLength(line: string, start: number): number {
  let at = start;
  for (let count = 0; count < COLUMNS_MAX && at < line.length; count += 1) {
    const tab = line.indexOf(TAB, at);
    const end = tab < 0 ? line.length : tab;
    const next = tab < 0 ? end : end + 1;
    if (isCaller(line, at, end)) return next - start;
    at = next;
  }
  // The rest of the record is on another line, or this is no such record.
  return columnsEnd(line, start) - start;
}

const CLOSED_CALLER = /\[(?!version:|PID:)[^\]\t\n]{1,256}:\d{1,7}\][ ]*(?=\t|$)/y;
/** Callers are cut to this. */
const CALLER_LENGTH = 50;

function isCaller(line: string, start: number, end: number): boolean {
  if (line.charCodeAt(start) !== OPEN) return false;
  CLOSED_CALLER.lastIndex = start;
  if (CLOSED_CALLER.test(line)) return true;
  if (line.startsWith('[undefined]', start)) return true;
  return end - start === CALLER_LENGTH && !line.slice(start, end).includes(']');
}

const OPEN = 0x5b;

// Of columns without a caller: the module alone is not in brackets, and others follow it.
function columnsEnd(line: string, start: number): number {
  let at = start;
  for (let count = 0; count < COLUMNS_MAX; count += 1) {
    const tab = line.indexOf(TAB, at);
    const isBracketedHere = line.charCodeAt(at) === OPEN;
    if (tab < 0) return isBracketedHere ? line.length : at;
    if (!isBracketedHere && line.charCodeAt(tab + 1) !== OPEN) return at;
    at = tab + 1;
  }
  return at;
}

function makeColumns(text: string): HeadColumns {
  const columns = text.split(TAB).filter((column) => column.trim() !== '');
  const last = columns.at(-1) ?? '';
  const caller = isCaller(last, 0, last.length) ? inner(last) : '';
  const pid = /^\[PID:(-?\d{1,10})/.exec(columns[0] ?? '')?.[1];
  const others = columns.slice(pid === undefined ? 0 : 1, caller === '' ? undefined : -1);
  const module = others.find((column) => !isBracketed(column));
  const resource = new Map<string, AttributeValue>();
  if (pid !== undefined) resource.set('process.pid', Number(pid));
  if (module !== undefined) resource.set('service.name', module.trim());
  const isSdk = pid !== undefined && module === undefined;
  addVersionAndPlatform(others.filter(isBracketed), resource, isSdk);
  return {
    resource: resource.size > 0 ? resource : undefined,
    isWasm: pid === '-1',
    isSdk,
    caller,
    length: text.length,
  };
}

function isBracketed(column: string): boolean {
  return column.charCodeAt(0) === OPEN;
}

/** The width of the column of SDK and platform; the one of the version is narrower. */
const PLATFORM_LENGTH = 50;

function addVersionAndPlatform(
  bracketed: readonly string[],
  resource: Map<string, AttributeValue>,
  isSdk: boolean,
): void {
  const [first, second] = bracketed;
  const isPlatform =
    second === undefined &&
    first !== undefined &&
    (first.length >= PLATFORM_LENGTH || (isSdk && first.includes('/')));
  const platform = isPlatform ? first : second;
  if (first !== undefined && !isPlatform) {
    resource.set('service.version', inner(first).replace(/^version:/, ''));
  }
  if (platform === undefined) return;
  const text = inner(platform);
  const slash = text.indexOf('/');
  if (slash < 0) return;
  resource.set('telemetry.sdk.name', text.slice(0, slash));
  resource.set('device.platform', text.slice(slash + 1));
}

function inner(column: string): string {
  return column.trim().slice(1).replace(/\]$/, '').trim();
}
