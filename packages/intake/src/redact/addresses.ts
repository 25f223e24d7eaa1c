/** What stands around an `@`, and the credentials of a URL: `f***@example.com`, `mongodb://root:…@host`. */
import { AUTHORITY_LENGTH_MAX, PASSWORD_SIGNS_MAX } from './places.ts';
import type { Marker } from './mark.ts';
import { endsRedaction, markLengthAt } from './mark.ts';
import { isAlphanumeric, isKeyCharacter } from './raw-text.ts';
import type { Match, Scan } from './scan.ts';
import { isPlainWord, isStandIn, looksRandom } from './shapes.ts';

const LOCAL_LENGTH_MAX = 64;
const AT_SIGN = 0x40;
/** A token as the user of a URL (`https://TOKEN@host`). */
const TOKEN_LENGTH_MIN = 16;

const DOMAIN =
  /@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.([A-Za-z]{2,24}))(?![A-Za-z0-9-])/y;
const VERSION = /^v?\d+\.\d/;
/** Systemd units and files with a scale: `getty@tty1.service`, `logo@2x.png`. */
const NO_TOP_LEVEL_DOMAIN =
  /^(?:service|socket|target|timer|slice|scope|mount|device|path|png|jpe?g|gif|webp|svg|ico|css|js|mjs|cjs|jsx|tsx?|go|py|rs|java|kt|php|rb|log|json|ya?ml|toml|lock|md|txt|html?|gz|zip|tgz|local|internal|localdomain|svc|git)$/i;
/** Go's MySQL form, and a host with a port. */
const DSN_HOST = /@(?:tcp\(|unix\(|[A-Za-z0-9.-]{1,253}:\d{2,5}(?!\d)|\[[0-9a-fA-F:]{2,45}\]:\d)/y;

/** The address or the credentials around the `@` at `at`. */
export function findAddress(scan: Scan, at: number, marker: Marker): Match | undefined {
  return credentialsBefore(scan, at, marker) ?? emailAt(scan, at);
}

function emailAt(scan: Scan, at: number): Match | undefined {
  const { raw, floor } = scan;
  DOMAIN.lastIndex = at;
  const domain = DOMAIN.exec(raw);
  if (domain === null || VERSION.test(domain[1] ?? '')) return undefined;
  if (NO_TOP_LEVEL_DOMAIN.test(domain[2] ?? '')) return undefined;
  let start = at;
  const stop = Math.max(floor, at - LOCAL_LENGTH_MAX);
  while (start > stop && isLocalCharacter(raw.charCodeAt(start - 1))) start -= 1;
  // `git@github.com:owner/repo` is a remote, not a person.
  const local = raw.slice(start, at);
  if (local === 'git' || !/[A-Za-z0-9]/.test(local) || endsRedaction(raw, start)) return undefined;
  if (start === floor && floor > 0) return undefined;
  return { rule: 'email', start, end: at, replacement: `${local.charAt(0)}***` };
}

function isLocalCharacter(code: number): boolean {
  return isKeyCharacter(code) || code === 0x2b || code === 0x25;
}

/** `user:password` before an `@`, with or without a scheme in front. */
function credentialsBefore(scan: Scan, at: number, marker: Marker): Match | undefined {
  const { raw, floor } = scan;
  const start = authorityStart(raw, at, floor);
  if (start === -1) return undefined;
  const hasScheme = raw.startsWith('://', start - 3);
  const end = hasScheme ? lastAt(raw, at) : at;
  const colon = raw.indexOf(':', start);
  if (colon === -1 || colon > end)
    return hasScheme ? tokenUser(scan, start, end, marker) : undefined;
  if (!hasScheme && !isDsn(raw, start, colon, end)) return undefined;
  if (colon + 1 < floor || markLengthAt(raw, colon + 1) > 0) return undefined;
  const password = raw.slice(colon + 1, end);
  if (password === '' || isStandIn(password)) return undefined;
  return {
    rule: 'url',
    start: colon + 1,
    end,
    replacement: marker.mark('password', password),
  };
}

function tokenUser(scan: Scan, start: number, end: number, marker: Marker): Match | undefined {
  const user = scan.raw.slice(start, end);
  if (user.length < TOKEN_LENGTH_MIN || !looksRandom(user)) return undefined;
  return { rule: 'url', start, end, replacement: marker.mark('token', user) };
}

/** Without a scheme it must look like a data source: `root:secret@tcp(…)`, `root:secret@host:3306`. */
function isDsn(raw: string, start: number, colon: number, end: number): boolean {
  DSN_HOST.lastIndex = end;
  const user = raw.slice(start, colon);
  if (!/^[\w.-]{1,64}$/.test(user) || end - colon <= 3 || !DSN_HOST.test(raw)) return false;
  // `LeaseRenewer:worker@host:9000` names a thread.
  return raw.startsWith('@tcp(', end) || !isPlainWord(raw.slice(colon + 1, end));
}

function authorityStart(raw: string, at: number, floor: number): number {
  const stop = Math.max(floor, at - AUTHORITY_LENGTH_MAX);
  let start = at;
  let signs = 0;
  while (start > stop && !endsAuthority(raw.charCodeAt(start - 1))) {
    start -= 1;
    if (raw.charCodeAt(start) === AT_SIGN && ++signs > PASSWORD_SIGNS_MAX) return -1;
  }
  return start === at || (start === stop && start > floor) ? -1 : start;
}

/** Blanks, quotes, `/`, `<`, `>`, `,`, `=`, `(`, `;`, and what is not ASCII. */
function endsAuthority(code: number): boolean {
  if (isAlphanumeric(code)) return false;
  switch (code) {
    case 0x22:
    case 0x27:
    case 0x2c:
    case 0x2f:
    case 0x3b:
    case 0x3c:
    case 0x3d:
    case 0x3e:
    case 0x28:
    case 0x5c:
    case 0x60:
      return true;
    default:
      return code <= 0x20 || code >= 0x7f;
  }
}

/** The password may hold an `@`: the last one before the path counts. */
function lastAt(raw: string, at: number): number {
  const stop = Math.min(raw.length, at + AUTHORITY_LENGTH_MAX);
  let last = at;
  for (let index = at + 1; index < stop && !endsHost(raw.charCodeAt(index)); index++) {
    if (raw.charCodeAt(index) === AT_SIGN) last = index;
  }
  return last;
}

function endsHost(code: number): boolean {
  return code <= 0x20 || code >= 0x7f || code === 0x2f || code === 0x22 || code === 0x3f;
}
