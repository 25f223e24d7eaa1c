/**
 * Which keys have secret values, and which name identifiers that must stay as they are.
 *
 * A key is split into words at `_`, `-`, `.` and at capitals; the last words decide:
 * `spring.datasource.dbPassword` is a password, `tokenCount` and `maxTokens` are not tokens.
 */

import { wordList, wordSet } from './word-list.ts';

/** How a secret of this kind looks, hence what is believed to be one when nothing quotes it. */
export type SecretShape =
  /** Chosen by people: anything. */
  | 'password'
  /** Made by machines: long or mixed. */
  | 'token'
  /** Short and with digits. */
  | 'code'
  /** An HTTP header's value: a scheme and a token, or cookies. */
  | 'header';

/** How much a value has to look like a secret before it is one. */
export type SecretGuard =
  /** The key says enough. */
  | 'none'
  /** The key has other meanings (`pass`, `sign`, `sid`). */
  | 'weak'
  /** The key is often harmless (`accessKey` is an id for some): only random-looking values. */
  | 'entropy';

export interface SecretKey {
  readonly kind: 'secret';
  readonly label: string;
  readonly shape: SecretShape;
  readonly guard: SecretGuard;
}

/** `content` values are shown by length only, when so configured; `identifier` values are left alone. */
export type KeyRule = SecretKey | { readonly kind: 'content' } | { readonly kind: 'identifier' };

interface SecretFamily extends Omit<SecretKey, 'kind'> {
  /** Lower-case, without separators. */
  readonly names: readonly string[];
  /** Whether a key that merely ends so is meant too (`imtoken`), not only one whose last words are it. */
  readonly asEnding: boolean;
  /** Whether `tokenValue` and the like are meant too. */
  readonly qualified?: boolean;
}

const FAMILIES: readonly SecretFamily[] = [
  {
    label: 'password',
    shape: 'password',
    guard: 'none',
    asEnding: true,
    qualified: true,
    names: ['password', 'passwd', 'pwd', 'passphrase', 'passcode'],
  },
  { label: 'password', shape: 'password', guard: 'weak', asEnding: false, names: ['pass'] },
  {
    label: 'secret',
    shape: 'password',
    guard: 'none',
    asEnding: true,
    qualified: true,
    names: ['secret', 'secretkey', 'secretaccesskey', 'accesskeysecret'],
  },
  {
    label: 'token',
    shape: 'token',
    guard: 'none',
    asEnding: true,
    qualified: true,
    names: ['token', 'jwt'],
  },
  {
    label: 'key',
    shape: 'token',
    guard: 'none',
    asEnding: true,
    names: ['apikey', 'privatekey', 'encryptionkey', 'signingkey'],
  },
  {
    label: 'key',
    shape: 'token',
    guard: 'entropy',
    asEnding: true,
    names: wordList(`
      accesskey authkey signkey masterkey aeskey hmackey licensekey accountkey sharedkey
      storagekey appkey clientkey servicekey sshkey
    `),
  },
  {
    label: 'key',
    shape: 'token',
    guard: 'entropy',
    asEnding: false,
    names: ['auth', 'access', 'creds'],
  },
  {
    label: 'authorization',
    shape: 'header',
    guard: 'none',
    asEnding: true,
    names: ['authorization'],
  },
  {
    label: 'cookie',
    shape: 'header',
    guard: 'none',
    asEnding: true,
    names: ['cookie', 'cookies'],
  },
  {
    label: 'session',
    shape: 'token',
    guard: 'none',
    asEnding: true,
    names: ['sessionid', 'sessid', 'sessionkey'],
  },
  { label: 'session', shape: 'token', guard: 'weak', asEnding: false, names: ['sid'] },
  {
    label: 'credential',
    shape: 'token',
    guard: 'weak',
    asEnding: false,
    names: ['credential', 'credentials'],
  },
  {
    label: 'code',
    shape: 'code',
    guard: 'none',
    asEnding: true,
    names: wordList(`
      verifycode verificationcode validatecode validationcode captcha smscode authcode otpcode
      pincode securitycode
    `),
  },
  { label: 'code', shape: 'code', guard: 'none', asEnding: false, names: ['otp', 'cvv', 'cvc'] },
  { label: 'code', shape: 'code', guard: 'weak', asEnding: false, names: ['pin'] },
  {
    label: 'signature',
    shape: 'token',
    guard: 'weak',
    asEnding: false,
    names: ['signature', 'sign'],
  },
];

/** Words that may follow the name of a secret without changing what it is. */
const QUALIFIERS: readonly string[] = wordList(`
  value val str string text raw plain hash new old confirm again header
`);

/** In URL parameters (`?code=…`) these are secrets too. */
export const PARAMETER_KEYS: readonly string[] = ['key', 'code', 'sig'];
export const PARAMETER_KEY: SecretKey = {
  kind: 'secret',
  label: 'key',
  shape: 'token',
  guard: 'weak',
};

/** They end like secrets and are cursors, flags or public halves. */
const HARMLESS: ReadonlySet<string> = wordSet(`
  pagetoken nextpagetoken nexttoken continuationtoken synctoken canceltoken cancellationtoken
  resumetoken oldpwd
`);

const CONTENT_NAMES: ReadonlySet<string> = wordSet(`
  content text textelem body pushcontent offlinepushinfo.desc ex offlinepushinfodesc
`);

/** Whole keys whose values are never altered; CONTRACTS calls most of them domain columns. */
const IDENTIFIER_NAMES: ReadonlySet<string> = wordSet(`
  uid uids uuid guid seq seqs opid owneruserid msgid trace span traceparent tracestate correlation
  commit sha sha1 sha256 md5 etag
`);

/** Last words of keys that hold ids, times, sizes and counts: numbers there are no phones. */
const IDENTIFIER_WORDS: ReadonlySet<string> = wordSet(`
  id ids uid uuid seq seqs ts time timestamp date nonce epoch offset cursor position pos index idx
  rev revision version lease generation term lsn xid txid hash checksum crc digest pid tid count
  total sum size bytes byte len length num limit quota duration elapsed latency cost took timeout
  interval ttl uptime age ns us ms sec secs seconds millis micros nanos nanoseconds milliseconds
  microseconds memory mem heap rss alloc free used available capacity disk space usage rate lag
  watermark price amount balance allocated inuse reserved written read sent received
`);

/** An id card's number under a key like `idNumber` or plain `id` is no identifier of ours. */
const PERSONAL_IDS: ReadonlySet<string> = wordSet(`
  id cardid idcard personid nationalid
`);

const SECRETS: ReadonlyMap<string, SecretKey> = new Map(
  FAMILIES.flatMap(({ label, shape, guard, names }) =>
    names.map((name) => [name, { kind: 'secret', label, shape, guard }] as const),
  ),
);

const ENDINGS: readonly string[] = FAMILIES.filter((family) => family.asEnding)
  .flatMap((family) => family.names)
  .sort((left, right) => right.length - left.length);

const QUALIFIED: ReadonlySet<string> = new Set(
  FAMILIES.filter((family) => family.qualified === true).flatMap((family) => family.names),
);

const WORDS_MAX = 4;

/** Every ending (lower-case letters only) that a key with a secret value can have. */
export function secretKeyEndings(): readonly string[] {
  const qualified = [...QUALIFIED].flatMap((name) => QUALIFIERS.map((word) => name + word));
  return [...SECRETS.keys(), ...qualified];
}

/** Endings of the keys that `contentMode: 'length'` adds. */
export function contentKeyEndings(): readonly string[] {
  return [...CONTENT_NAMES].filter((name) => !name.includes('.'));
}

/** Words of other scripts that end a key with secret values. */
export const CHINESE_PASSWORDS: readonly string[] = ['密码', '口令', '密钥', '令牌', '密碼'];
export const CHINESE_CODES: readonly string[] = ['验证码', '校验码', '动态码', '驗證碼'];

function chineseSecretOf(key: string): SecretKey | undefined {
  if (!/\p{Script=Han}$/u.test(key)) return undefined;
  const endsKey = (word: string): boolean => key.endsWith(word);
  if (CHINESE_PASSWORDS.some(endsKey)) return SECRETS.get('password');
  return CHINESE_CODES.some(endsKey) ? SECRETS.get('verifycode') : undefined;
}

/** The rule for the values of a key, whatever their form. */
export function classifyKey(key: string, content: 'keep' | 'length'): KeyRule | undefined {
  const words = wordsOf(key);
  const secret = secretOf(words) ?? chineseSecretOf(key);
  if (secret !== undefined) return secret;
  if (content === 'length' && CONTENT_NAMES.has(words.join(''))) return { kind: 'content' };
  return isIdentifier(words) ? { kind: 'identifier' } : undefined;
}

/** Keys recur; past this many all are classified anew, since only hostile text has more. */
const REMEMBERED_MAX = 4096;
const REMEMBERED_LENGTH_MAX = 64;

/** `classifyKey` that remembers. */
export function createKeyClassifier(
  content: 'keep' | 'length',
): (key: string) => KeyRule | undefined {
  const remembered = new Map<string, KeyRule | undefined>();
  return (key) => {
    if (key.length > REMEMBERED_LENGTH_MAX) return classifyKey(key, content);
    if (remembered.has(key)) return remembered.get(key);
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    const rule = classifyKey(key, content);
    remembered.set(key, rule);
    return rule;
  };
}

/** Whether an id card's number may stand under this key although the key ends in `id`. */
export function mayHoldIdCard(key: string): boolean {
  return PERSONAL_IDS.has(wordsOf(key).join(''));
}

function secretOf(words: readonly string[]): SecretKey | undefined {
  if ([1, 2, 3].some((count) => HARMLESS.has(words.slice(-count).join('')))) return undefined;
  const found = secretAtEnd(words);
  if (found !== undefined) return found;
  const last = words.at(-1);
  if (words.length < 2 || last === undefined || !isQualifier(last)) return undefined;
  const qualified = words.slice(0, -1);
  const family = secretAtEnd(qualified);
  return family !== undefined && (QUALIFIED.has(qualified.at(-1) ?? '') || isDigits(last))
    ? family
    : undefined;
}

function secretAtEnd(words: readonly string[]): SecretKey | undefined {
  for (let count = Math.min(WORDS_MAX, words.length); count > 0; count--) {
    const found = SECRETS.get(words.slice(-count).join(''));
    if (found !== undefined) return found;
  }
  const last = words.at(-1) ?? '';
  const ending = ENDINGS.find((name) => last.endsWith(name));
  return ending === undefined ? undefined : SECRETS.get(ending);
}

function isQualifier(word: string): boolean {
  return isDigits(word) || QUALIFIERS.includes(word);
}

function isDigits(word: string): boolean {
  return /^\d{1,2}$/.test(word);
}

function isIdentifier(words: readonly string[]): boolean {
  return IDENTIFIER_NAMES.has(words.join('')) || IDENTIFIER_WORDS.has(words.at(-1) ?? '');
}

/** `fooBarID_2` is `foo bar id 2`. */
function wordsOf(key: string): string[] {
  return key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/([A-Za-z])(\d{1,2})$/, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
