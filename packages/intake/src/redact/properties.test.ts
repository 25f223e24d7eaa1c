import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GateList } from './gate-list.ts';
import { createRedactor } from './redactor.ts';

const keep = createRedactor({ key: Buffer.from('site') });
const strict = createRedactor({ key: Buffer.from('site'), contentMode: 'length' });

/** Pieces from which texts with secrets, halves of secrets and collisions between rules arise. */
const FRAGMENTS = [
  ['password', 'token', 'pass', 'sign', 'accessKey', 'Cookie', 'Authorization', 'verifyCode'],
  ['userID', 'seq', 'content', 'msgData', 'key', 'code', 'api', 'sid', 'secret', 'PWD', 'auth'],
  ['=', ':', ': ', ' = ', '":"', '\\":\\"', '\\\\\\":\\\\\\"', ':=', '=>', '%3D', '%22', '%3A'],
  ['"', "'", '`', '\\"', '\\', '[', ']', '{', '}', '(', ')', '<', '>', ',', ';', '&', '?', '|'],
  [' ', '\n', '\t', '\\n', '-', '--', '_', '.', '/', '://', '@', '*', '****', '+', '%', '#'],
  ['eyJ', 'eyJhbGciOiJIUzI1NiJ9', '.eyJ1IjoxfQ', '.c2ln', 'Bearer ', 'Basic ', 'bearer', 'token '],
  ['YWRtaW46YWRtaW4=', 'AKIA', 'IOSFODNN7EXAMPLE', 'ghp_', 'sk-', 'xoxb-', 'glpat-', 'LTAI'],
  ['-----BEGIN ', 'RSA PRIVATE KEY-----', 'PRIVATE KEY-----', '-----END ', 'bot/v2/hook/'],
  ['13812345678', '86', '138', '1234', '5678', '110101199003078515', '4111111111111111', '6222'],
  ['0', '12345', '123456789', '1700000000000', 'x', 'X', 'm', 'ab1', 'Zz9', 'mongodb', 'root'],
  [
    'bob',
    'example.com',
    'host:3306',
    'tcp(',
    'git',
    'v0.0.5',
    '密码',
    '验证码',
    '是',
    '：',
    '‹',
    '›',
  ],
  [
    '‹redacted:',
    'jwt:',
    '7f3a1b2c',
    '7f3a1b2c›',
    '‹redacted:token:7f3a1b2c›',
    '\u001b[36m',
    '中文',
  ],
  [
    '0b6f6c0e-6d1e-4b0b-8a52-0f6f1f3f9a11',
    'null',
    'expired',
    'a8Fk3Lq9Zx2Wp7Rt5Yn1',
    '😀',
    '\u0000',
  ],
  ['password=hunter2', '"token":"a8Fk3Lq9Zx"', 'Bearer abc123def456', 'mongodb://root:s3cret@'],
].flat();

const texts = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 24 }).map(join) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ maxLength: 6 })), {
        maxLength: 16,
      })
      .map(join),
  },
);

function join(parts: readonly string[]): string {
  return parts.join('');
}

describe('the search', () => {
  test('clears the same parts of a clean text as when it is asked about each', () => {
    const gates = new GateList();
    const line = fc.array(texts, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(line, fc.nat(), fc.nat(), (parts, some, other) => {
        const bytes = Buffer.from(parts.join(' '));
        gates.clear();
        if (keep.suspicious(bytes, 0, bytes.length, gates)) {
          expect(gates.isClear(0, bytes.length)).toBe(false);
          return;
        }
        const places = [some % (bytes.length + 1), other % (bytes.length + 1)];
        const [start = 0, end = 0] = places.toSorted((a, b) => a - b);
        if (gates.isClear(start, end)) expect(keep.suspicious(bytes, start, end)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['keep', keep],
    ['length', strict],
  ])('clears only what has nothing to redact (%s)', (_, redactor) => {
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = Buffer.from(text);
        if (redactor.redactText(text) === undefined) return;
        expect(redactor.suspicious(bytes, 0, bytes.length)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('says the same of a text wherever it lies in a buffer', () => {
    fc.assert(
      fc.property(texts, fc.string({ maxLength: 9 }), texts, (text, before, after) => {
        const alone = Buffer.from(text);
        const start = Buffer.byteLength(before);
        const bytes = Buffer.from(before + text + after);
        expect(keep.suspicious(bytes, start, start + alone.length)).toBe(
          keep.suspicious(alone, 0, alone.length),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('passes over any bytes without failing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        keep.suspicious(bytes, 0, bytes.length);
      }),
    );
  });
});

describe('redacting', () => {
  test.each([
    ['keep', keep],
    ['length', strict],
  ])('twice changes nothing more (%s)', (_, redactor) => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = redactor.redactText(text) ?? text;
        expect(redactor.redactText(once) ?? once).toBe(once);
      }),
      { numRuns: 5000 },
    );
  });

  test('gives valid text and keeps what no rule names', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const redacted = keep.redactText(`начало ${text} конец`) ?? '';
        expect(redacted === '' || redacted.startsWith('начало ')).toBe(true);
      }),
    );
  });

  test('of values by key twice changes nothing more', () => {
    const rules = ['password', 'token', 'authorization', 'cookie', 'accessKey', 'userID']
      .map((key) => keep.keyRule(key))
      .filter((rule) => rule !== undefined);
    fc.assert(
      fc.property(fc.constantFrom(...rules), texts, (rule, text) => {
        const once = keep.redactValue(rule, text);
        expect(keep.redactValue(rule, once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});
