/**
 * Texts made to be slow. How much is read is counted, not timed: every read of a byte by the search,
 * and the length of every piece of text that is cut out or handed to a pattern.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRedactor } from './redactor.ts';

const redactor = createRedactor({ key: Buffer.from('site'), contentMode: 'length' });

/** Repeated to a length. Each would be quadratic if a failed look-ahead were made again and again. */
const HOSTILE: Readonly<Record<string, (length: number) => string>> = {
  'one letter': repeat('a'),
  digits: repeat('1'),
  'digits in groups of one': repeat('1 '),
  'digits in groups of four': repeat('4111-'),
  'phones in one line': repeat('13812345678 '),
  'phones of identifiers': (length) => `userIDs:[${repeat('"13812345678",')(length)}`,
  'beginnings of a JWT': repeat('eyJ'),
  'beginnings of a JWT with dashes': repeat('-eyJaaaaaaaaaa'),
  'parts of a JWT': repeat('eyJaaaaaaaaaaaaa.'),
  'JWT with blanks': repeat('eyJhbGciOiJIUzI1NiJ9. '),
  'at signs': repeat('@'),
  'letters and at signs': repeat('a@'),
  'users and at signs': repeat('a:b@'),
  'hosts and at signs': repeat('a@b.'),
  'schemes without an end': repeat('x://a:'),
  'one long authority': (length) => `x://${repeat('a@')(length)}`,
  domains: (length) => `a@${repeat('b-.')(length)}`,
  'keys without values': repeat('token='),
  'keys and colons': repeat('password: '),
  'guarded keys': repeat('auth='),
  'guarded keys with digits': repeat('accessKey1='),
  codes: repeat('otp='),
  directories: repeat('PWD=/'),
  'keys and opened quotes': repeat('token:"'),
  'keys and quotes of changing depth': repeat('token:\\" password:\\\\\\" sign:"'),
  'opened quotes with blanks': repeat('token:" '),
  'quoted keys': repeat('"password":"'),
  'backslashes before a quote': (length) => `password="${repeat('\\')(length)}"`,
  'cookies without an end': (length) => `Cookie: ${repeat('a=b; ')(length)}`,
  'keys of cookies': repeat('cookie=x; '),
  'beginnings of private keys': repeat('-----BEGIN PRIVATE KEY-----!'),
  'beginnings of private keys and one end': (length) =>
    `${repeat('-----BEGIN PRIVATE KEY-----!')(length)}-----END PRIVATE KEY-----`,
  dashes: repeat('-'),
  flags: repeat('--password '),
  'flags without an end': repeat('--token'),
  schemes: repeat('bearer '),
  'schemes in one word': repeat('bearerbasic'),
  'scheme and a long word': (length) => `bearer ${repeat('aB')(length)}`,
  'Chinese keys': repeat('密码：'),
  'Chinese keys without values': repeat('验证码是'),
  'opened marks': repeat('‹redacted:'),
  'marks without an end': repeat('‹redacted:token:7f3a1b2'),
  marks: repeat('‹redacted:token:7f3a1b2c›'),
  'a mark after a long value': (length) =>
    `${repeat('password=x')(length)}‹redacted:token:7f3a1b2c›`,
  'percent signs': repeat('%3D'),
  'encoded keys': repeat('token%3D%22'),
  'encoded quotes': repeat('%22'),
  colours: repeat('\u001b[36mtoken\u001b[0m='),
  'contents of messages': (length) => `msgData ${repeat('content:"a" ')(length)}`,
  'prefixes of vendors': repeat('sk-ghp_AKIAxoxb-'),
  'random letters with a prefix': repeat('sk-aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3'),
  'null bytes': repeat('\u0000='),
  'escaped quotes': repeat('\\"'),
};

function repeat(unit: string): (length: number) => string {
  return (length) => unit.repeat(Math.ceil(length / unit.length));
}

/** Characters handed to patterns, cut out or searched while `run` runs. */
function charactersRead(run: () => void): number {
  let read = 0;
  const count = (characters: number): void => {
    read += characters;
  };
  for (const name of ['test', 'exec']) countPattern(name, count);
  spy(String.prototype, 'charCodeAt', () => count(1));
  spy(String.prototype, 'slice', (_, __, cut) => count(String(cut).length));
  spy(String.prototype, 'indexOf', (text, [, from = 0], found) =>
    count((found === -1 ? String(text).length : Number(found)) - Number(from)),
  );
  run();
  vi.restoreAllMocks();
  return read;
}

/** A sticky pattern reads from where it is set to where it stops, another the whole text at most. */
function countPattern(name: string, count: (characters: number) => void): void {
  const original = Reflect.get(RegExp.prototype, name) as (...given: unknown[]) => unknown;
  vi.spyOn(RegExp.prototype, name as 'test').mockImplementation(function (this: RegExp, text) {
    const from = this.lastIndex;
    const found = Reflect.apply(original, this, [text]) as boolean;
    count(this.sticky ? Math.max(1, this.lastIndex - from) : text.length);
    return found;
  });
}

function spy(
  prototype: object,
  name: string,
  after: (self: unknown, given: readonly unknown[], result: unknown) => void,
): void {
  const original = Reflect.get(prototype, name) as (...given: unknown[]) => unknown;
  vi.spyOn(prototype as Record<string, () => unknown>, name).mockImplementation(function (
    this: unknown,
    ...given: unknown[]
  ) {
    const result = Reflect.apply(original, this, given);
    after(this, given, result);
    return result;
  });
}

/** Reads of single bytes by the search. */
function bytesRead(text: string): number {
  let read = 0;
  const bytes = new Proxy(Buffer.from(text), {
    get(target, name) {
      read += 1;
      return Reflect.get(target, name, target) as unknown;
    },
  });
  redactor.suspicious(bytes, 0, Buffer.byteLength(text));
  return read;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(Object.entries(HOSTILE))('hostile text: %s', (_, make) => {
  test('of a megabyte comes to an end', () => {
    const text = make(1_000_000);
    expect((redactor.redactText(text) ?? text).length).toBeGreaterThan(0);
  });

  test('is redacted once and for all', () => {
    const text = make(3000);
    const redacted = redactor.redactText(text) ?? text;
    expect(redactor.redactText(redacted) ?? redacted).toBe(redacted);
  });

  test('twice as long has at most twice as much of it read', () => {
    const short = make(8_000);
    const long = make(16_000);
    const perCharacter = charactersRead(() => redactor.redactText(short)) / short.length;
    const longer = charactersRead(() => redactor.redactText(long)) / long.length;
    expect(longer).toBeLessThanOrEqual(perCharacter * 1.25 + 8);
    expect(bytesRead(long) / long.length).toBeLessThanOrEqual(
      (bytesRead(short) / short.length) * 1.25 + 8,
    );
  });
});
