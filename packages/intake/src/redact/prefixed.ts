/** Secrets known by their beginning, at the places the search has named: `prefix-rules.ts` applied. */
import type { Marker } from './mark.ts';
import { endsRedaction, markLengthAt } from './mark.ts';
import type { PrefixRule } from './prefix-rules.ts';
import { PREFIX_RULES } from './prefix-rules.ts';
import { isAlphanumeric } from './raw-text.ts';
import type { Match, Scan } from './scan.ts';
import { isProse, isStandIn, looksRandom } from './shapes.ts';

/** A private key without its end (a cut line) hides this much at most. */
const PEM_LENGTH_MAX = 32 * 1024;
/** Of a JWT's header; longer ones carry certificates and are believed. */
const JWT_HEADER_LENGTH_MAX = 2048;

const PEM_BODY = /[A-Za-z0-9+/=\s\\:,.-]{0,32768}/y;
const JWT_RUN = /[\w-]+/y;
/** Payload, signature, and the two parts more that an encrypted one has. */
const JWT_REST = /\.[\w\\/-]{2,}(?:\.[\w-]+){0,3}\.?/y;
const SCHEME = /(?:bearer|basic)(?: {1,4}|\t|%20|\+)([\w.~+/=-]{8,})/iy;

export type PrefixFinder = (scan: Scan, at: number) => Match | undefined;

export function createPrefixFinder(marker: Marker): PrefixFinder {
  const byAnchor: PrefixRule[][] = Array.from({ length: 256 }, () => []);
  for (const rule of PREFIX_RULES) byAnchor[rule.prefix.charCodeAt(rule.anchor)]?.push(rule);

  return (scan, at) => {
    for (const rule of byAnchor[scan.raw.charCodeAt(at)] ?? []) {
      const start = at - rule.anchor;
      if (start < scan.floor || !scan.raw.startsWith(rule.prefix, start)) continue;
      if (rule.before === 'boundary' && !isBoundary(scan, start)) continue;
      const match = applyRule(scan, rule, start, marker);
      if (match !== undefined) return match;
    }
    return undefined;
  };
}

function applyRule(scan: Scan, rule: PrefixRule, start: number, marker: Marker): Match | undefined {
  if (rule.rule === 'jwt') return jwtAt(scan, start, marker);
  const from = start + rule.prefix.length;
  rule.rest.lastIndex = from;
  const found = rule.rest.exec(scan.raw);
  if (found === null) return undefined;
  const end = rule.rest.lastIndex;
  if (rule.rule === 'private-key') return privateKey(scan, start, end, marker);
  const secret = found[1] ?? scan.raw.slice(start, end);
  if (!passes(rule, secret)) return undefined;
  return {
    rule: rule.rule,
    start: end - secret.length,
    end,
    replacement: marker.mark(rule.label, secret),
  };
}

function passes(rule: PrefixRule, secret: string): boolean {
  if (isStandIn(secret)) return false;
  if (rule.check === 'random') return looksRandom(secret);
  if (rule.check === 'password') return !isProse(secret);
  return rule.check === undefined || /\d/.test(secret);
}

/** `%22`, `\\n`, `\\u0022` and colours end in letters and digits and do not begin a word. */
const NOT_A_WORD = new RegExp(
  `(?:%[0-9A-Fa-f]{2}|\\\\[nrt]|\\\\u[0-9a-f]{4}|${String.fromCharCode(0x1b)}\\[[0-9;]{0,5}m)$`,
);

/** Not in the middle of a word; `%22` and `\n` before it are not words. */
function isBoundary(scan: Scan, start: number): boolean {
  const { raw, floor } = scan;
  if (start === 0) return true;
  if (start === floor || endsRedaction(raw, start)) return false;
  if (!isAlphanumeric(raw.charCodeAt(start - 1))) return true;
  return NOT_A_WORD.test(raw.slice(Math.max(0, start - 8), start));
}

function jwtAt(scan: Scan, start: number, marker: Marker): Match | undefined {
  if (start < scan.noJwtBefore) return undefined;
  const { raw } = scan;
  JWT_RUN.lastIndex = start;
  JWT_RUN.test(raw);
  const headerEnd = JWT_RUN.lastIndex;
  JWT_REST.lastIndex = headerEnd;
  if (!JWT_REST.test(raw) || !isJwtHeader(raw.slice(start, headerEnd), raw, headerEnd)) {
    scan.noJwtBefore = headerEnd;
    return undefined;
  }
  const end = JWT_REST.lastIndex;
  const secret = raw.slice(start, end);
  // A full stop after three parts ends the sentence; after two it stands for an empty signature.
  const isSentence = secret.endsWith('.') && secret.split('.').length > 3;
  const trimmed = isSentence ? secret.slice(0, -1) : secret;
  return {
    rule: 'jwt',
    start,
    end: start + trimmed.length,
    replacement: marker.mark('jwt', trimmed),
  };
}

function isJwtHeader(header: string, raw: string, end: number): boolean {
  if (header.length < 12) return false;
  if (header.length > JWT_HEADER_LENGTH_MAX || raw.startsWith('.ey', end)) return true;
  return /"(?:alg|typ|enc|kid)"/.test(Buffer.from(header, 'base64url').toString('latin1'));
}

function privateKey(
  scan: Scan,
  start: number,
  bodyStart: number,
  marker: Marker,
): Match | undefined {
  const { raw } = scan;
  if (markLengthAt(raw, bodyStart) > 0) return undefined;
  const end = pemEnd(scan, bodyStart);
  return {
    rule: 'private-key',
    start,
    end,
    replacement: marker.mark('private-key', raw.slice(start, end)),
  };
}

function pemEnd(scan: Scan, bodyStart: number): number {
  const { raw } = scan;
  if (scan.nextPemEnd === undefined || scan.nextPemEnd < bodyStart) {
    const found = raw.indexOf('-----END ', bodyStart);
    scan.nextPemEnd = found === -1 ? raw.length + PEM_LENGTH_MAX : found;
  }
  if (scan.nextPemEnd - bodyStart <= PEM_LENGTH_MAX && scan.nextPemEnd < raw.length) {
    const close = raw.indexOf('-----', scan.nextPemEnd + '-----END '.length);
    return close === -1 || close - scan.nextPemEnd > 64 ? scan.nextPemEnd + 5 : close + 5;
  }
  PEM_BODY.lastIndex = bodyStart;
  PEM_BODY.test(raw);
  return PEM_BODY.lastIndex;
}

/** `Bearer …` and `Basic …` in prose, whose second letter is at `at`. */
export function findScheme(scan: Scan, at: number, marker: Marker): Match | undefined {
  const { raw } = scan;
  if (at - 1 < scan.floor || !isBoundary(scan, at - 1)) return undefined;
  SCHEME.lastIndex = at - 1;
  const found = SCHEME.exec(raw);
  const secret = found?.[1]?.replace(/[.]+$/, '');
  if (secret === undefined || secret.length < 8 || isStandIn(secret)) return undefined;
  if (!isSchemeToken(secret, raw.charAt(at))) return undefined;
  const start = SCHEME.lastIndex - (found?.[1]?.length ?? 0);
  const label = /^eyJ[\w-]+\.[\w-]+\./.test(secret) ? 'jwt' : 'authorization';
  return {
    rule: 'authorization',
    start,
    end: start + secret.length,
    replacement: marker.mark(label, secret),
  };
}

/** `basic authentication` and `Bearer TokenFilter` are prose; `Basic YWRtaW46YWRtaW4=` is not. */
function isSchemeToken(secret: string, second: string): boolean {
  if (second === 'a' || second === 'A') {
    return /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(Buffer.from(secret, 'base64').toString('latin1'));
  }
  return /\d/.test(secret) || /[a-z][A-Z]{2,}[a-z]|[A-Z][a-z][A-Z][a-z]?[A-Z]/.test(secret);
}
