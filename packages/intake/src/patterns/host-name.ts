/** Telling `db1.example.com` from `com.example.Class` and `readme.md`. */
import { UPPER } from './byte-classes.ts';
import { wordHash } from './line-tokens.ts';
import { COUNTRY, TOP_LEVEL, roleOfHash } from './word-roles.ts';

const COUNTRY_LABELS_MIN = 3;
const DOT_CODE = 0x2e;

/** Lower-case labels that end, but do not begin, with a top-level domain; `classes` as of all bytes. */
export function isHostName(
  bytes: Uint8Array,
  start: number,
  end: number,
  classes: number,
): boolean {
  if ((classes & UPPER) !== 0) return false;
  const last = bytes.lastIndexOf(DOT_CODE, end - 1) + 1;
  if ((roleOfHash(wordHash(bytes, start, bytes.indexOf(DOT_CODE, start))) & TOP_LEVEL) !== 0)
    return false;
  const role = roleOfHash(wordHash(bytes, last, end));
  if ((role & TOP_LEVEL) !== 0) return true;
  return (role & COUNTRY) !== 0 && labelsOf(bytes, start, end) >= COUNTRY_LABELS_MIN;
}

function labelsOf(bytes: Uint8Array, start: number, end: number): number {
  let labels = 1;
  for (let at = start; at < end; at += 1) if (bytes[at] === DOT_CODE) labels += 1;
  return labels;
}
