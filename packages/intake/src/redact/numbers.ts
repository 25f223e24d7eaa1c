/**
 * Phones, id cards and bank cards: numbers that belong to a person. What names an identifier, a time
 * or a size by its key, its unit or its neighbours stays as it is.
 */
import { afterCluster, clusterEnd, isDigitSeparator } from './digits.ts';
import { keyEndBefore } from './places.ts';
import { endsRedaction } from './mark.ts';
import { isAlphanumeric, isDigit, isKeyCharacter, isLetter } from './raw-text.ts';
import type { Match, RuleName, Scan } from './scan.ts';
import { classifyKey, mayHoldIdCard } from './secret-keys.ts';
import { jsonQuoteBefore } from './values.ts';
import { wordSet } from './word-list.ts';

const KEY_LENGTH_MAX = 64;

/** Provinces of the first two digits of an id card. */
const PROVINCES: ReadonlySet<string> = wordSet(`
  11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71
  81 82 83 91
`);
const ID_CARD_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const ID_CARD_CHECKS = '10X98765432';
const ID_CARD = /^\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$/;

/** Issuers by first digits and length. 19 digits are UnionPay alone: other ids have that length too. */
const BANK_CARD =
  /^(?:62\d{14,17}|4\d{15}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|4[4-9]\d|5\d{2})\d{12})$/;
const PHONE = /^1[3-9]\d{9}$/;
const PREFIXED_PHONE = /^(0086|86)(1[3-9]\d{9})$/;

const CARD_GROUPS =
  /^(?:\d{4} \d{4} \d{4} \d{4}(?: \d{1,3})?|\d{4} \d{6} \d{4,5}|\d{6} \d{10,13})$/;
const GROUPS_MAX = 5;

/** A unit right after a number and a blank: `13812345678 bytes`. */
const UNIT =
  /^ (?:bytes?|[kmg]i?b|[nmu]?s|nanos\w*|micros\w*|millis\w*|seconds?|records?|rows?|ticks)\b/i;

/** The number whose digits begin at `at`, or the next in the same cluster. */
export function findNumber(scan: Scan, at: number): Match | undefined {
  const { bytes, floor } = scan;
  const end = clusterEnd(bytes, at, bytes.length);
  scan.resume = Math.max(scan.resume, afterCluster(at, end));
  let run = at;
  // A cluster that was entered in the middle of a run: that one is no number of ours.
  if (at > floor && isDigit(bytes[at - 1] ?? 0)) run = runEnd(bytes, at) + 1;
  while (run < end) {
    const match = matchAt(scan, run);
    if (match !== undefined) return match;
    run = runEnd(bytes, run) + 1;
  }
  return undefined;
}

/** Digits alone, as in a value that is a number: masked, or undefined. */
export function maskDigits(digits: string): { rule: RuleName; text: string } | undefined {
  if (PHONE.test(digits)) return { rule: 'phone', text: maskPhone(digits) };
  const prefixed = PREFIXED_PHONE.exec(digits);
  if (prefixed?.[2] !== undefined) {
    return { rule: 'phone', text: `${prefixed[1]}${maskPhone(prefixed[2])}` };
  }
  if (isIdCard(digits)) return { rule: 'id-card', text: maskMiddle(digits, 4) };
  if (isBankCard(digits)) return { rule: 'bank-card', text: maskMiddle(digits, 6) };
  return undefined;
}

function matchAt(scan: Scan, at: number): Match | undefined {
  const { raw, bytes } = scan;
  const start = raw.startsWith('%', at - 1) && at > scan.floor ? at + 2 : at;
  const digitsEnd = runEnd(bytes, start);
  const grouped = groupsAt(scan, start);
  if (grouped !== undefined) return checked(scan, start, grouped.end, grouped);
  const withX = digitsEnd - start === 17 && /[Xx]/.test(raw.charAt(digitsEnd));
  const end = withX ? digitsEnd + 1 : digitsEnd;
  const length = end - start;
  if (length < 11 || length > 19) return undefined;
  const masked = maskDigits(raw.slice(start, end));
  return masked && checked(scan, start, end, masked);
}

function checked(
  scan: Scan,
  start: number,
  end: number,
  masked: { rule: RuleName; text: string },
): Match | undefined {
  const { raw } = scan;
  if (!isFreeBefore(scan, start) || !isFreeAfter(raw, end)) return undefined;
  if (UNIT.test(raw.slice(end, end + 16))) return undefined;
  if (isIdentifier(scan, start, masked.rule)) {
    scan.identifierEnd = end;
    return undefined;
  }
  const quote = jsonQuoteBefore(raw, start);
  return { rule: masked.rule, start, end, replacement: quote + masked.text + quote };
}

/** Digits in groups with one separator throughout. */
function groupsAt(
  scan: Scan,
  start: number,
): { rule: RuleName; text: string; end: number } | undefined {
  const { raw, bytes } = scan;
  let end = runEnd(bytes, start);
  const separator = bytes[end] ?? 0;
  if (!isDigitSeparator(separator)) return undefined;
  for (let groups = 1; groups < GROUPS_MAX; groups++) {
    if (bytes[end] !== separator || !isDigit(bytes[end + 1] ?? 0)) break;
    end = runEnd(bytes, end + 1);
    const masked = maskGroups(raw.slice(start, end).replaceAll('-', ' '));
    const more = bytes[end] === separator && isDigit(bytes[end + 1] ?? 0);
    if (masked !== undefined && !(more && masked.rule === 'phone')) return { ...masked, end };
  }
  return undefined;
}

function maskGroups(text: string): { rule: RuleName; text: string } | undefined {
  const digits = text.replaceAll(' ', '');
  if (/^\d{3} \d{4} \d{4}$/.test(text) && PHONE.test(digits)) {
    return { rule: 'phone', text: maskPhone(digits) };
  }
  if (CARD_GROUPS.test(text) && isBankCard(digits)) {
    return { rule: 'bank-card', text: maskMiddle(digits, 6) };
  }
  return undefined;
}

function runEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < bytes.length && isDigit(bytes[end] ?? 0)) end += 1;
  return end;
}

function maskPhone(digits: string): string {
  return `${digits.slice(0, 3)}****${digits.slice(7)}`;
}

function maskMiddle(digits: string, kept: number): string {
  return digits.slice(0, kept) + '*'.repeat(digits.length - kept - 4) + digits.slice(-4);
}

function isIdCard(text: string): boolean {
  if (!ID_CARD.test(text) || !PROVINCES.has(text.slice(0, 2))) return false;
  const sum = ID_CARD_WEIGHTS.reduce(
    (total, weight, index) => total + weight * Number(text.charAt(index)),
    0,
  );
  return ID_CARD_CHECKS.charAt(sum % 11) === text.charAt(17).toUpperCase();
}

function isBankCard(digits: string): boolean {
  return BANK_CARD.test(digits) && passesLuhn(digits) && !/^(\d)\1+$/.test(digits);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits.charAt(digits.length - 1 - index));
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Not in the middle of a word, a float, an id with dashes, or of what has been masked. */
function isFreeBefore(scan: Scan, start: number): boolean {
  const { raw, floor } = scan;
  if (start === 0) return true;
  if (start === floor || endsRedaction(raw, start)) return false;
  const before = raw.charCodeAt(start - 1);
  if (raw.startsWith('%', start - 3) && isAlphanumeric(before)) return true;
  if (isLetter(before)) return /\\[nrt]$/.test(raw.slice(Math.max(0, start - 2), start));
  if (isWordCharacter(before)) return false;
  if (before !== 0x2d && before !== 0x2e) return true;
  return (
    !isWordCharacter(raw.charCodeAt(start - 2)) ||
    /(?:^|\D)86-$/.test(raw.slice(Math.max(0, start - 4), start))
  );
}

function isWordCharacter(code: number): boolean {
  return isAlphanumeric(code) || code === 0x5f;
}

function isFreeAfter(raw: string, end: number): boolean {
  const after = raw.charCodeAt(end);
  if (isWordCharacter(after) || after === 0x2a) return false;
  return !((after === 0x2e || after === 0x2d) && isAlphanumeric(raw.charCodeAt(end + 1)));
}

/** Whether the key, or the word, before a number says that it is an id, a time or a size. */
function isIdentifier(scan: Scan, start: number, rule: RuleName): boolean {
  const { raw, floor, bytes } = scan;
  if (scan.identifierEnd >= 0 && /^[\s"'\\,]{1,8}$/.test(raw.slice(scan.identifierEnd, start))) {
    return true;
  }
  let end = keyEndBefore(bytes, start, floor);
  if (/[=:]/.test(raw.charAt(end - 1))) end = keyEndBefore(bytes, end - 1, floor);
  else if (raw.startsWith('%3D', end - 3) || raw.startsWith('%3A', end - 3)) end -= 3;
  let keyStart = end;
  const stop = Math.max(floor, end - KEY_LENGTH_MAX);
  while (keyStart > stop && isKeyCharacter(raw.charCodeAt(keyStart - 1))) keyStart -= 1;
  const key = raw.slice(keyStart, end);
  if (classifyKey(key, 'keep')?.kind !== 'identifier') return false;
  return !(rule === 'id-card' && mayHoldIdCard(key));
}
