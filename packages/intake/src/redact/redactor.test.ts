import { describe, expect, test } from 'vitest';
import { createRedactor } from './redactor.ts';
import type { RedactorOptions } from './redactor.ts';

function redactorWith(options: Partial<RedactorOptions> = {}): ReturnType<typeof createRedactor> {
  return createRedactor({ key: Buffer.from('site'), ...options });
}

function redact(text: string, options: Partial<RedactorOptions> = {}): string {
  return redactorWith(options).redactText(text) ?? text;
}

function hide(key: string, value: string): string {
  const redactor = redactorWith();
  const rule = redactor.keyRule(key);
  return rule === undefined ? value : redactor.redactValue(rule, value);
}

describe('keys', () => {
  test.each(
    [
      ['password', 'userPassword', 'DB_PASSWORD', 'spring.datasource.password', 'passwd', 'pwd'],
      ['clientSecret', 'accessKeySecret', 'privateKey', 'apiKey', 'X-API-Key', 'token', 'imToken'],
      ['access_token', 'refreshToken', 'x-auth-token', 'Authorization', 'set-cookie', 'sessionId'],
      ['JSESSIONID', 'sid', 'credential', 'verifyCode', 'captcha', 'smsCode', 'otp', 'pin', 'cvv'],
      ['signature', 'sign', 'tokenString', 'password2', '密码', '短信验证码'],
    ].flat(),
  )('%s has secret values', (key) => {
    expect(redactorWith().keyRule(key)?.kind).toBe('secret');
  });

  test.each(
    [
      ['tokenCount', 'maxTokens', 'token_type', 'tokenPolicy', 'passwordPolicy', 'passwordLength'],
      ['nextPageToken', 'design', 'bypass', 'compass', 'spinning', 'assign', 'hostname', 'message'],
      ['accessKeyId', 'publicKey', 'content', 'key', 'code', ''],
    ].flat(),
  )('%s has not', (key) => {
    expect(redactorWith().keyRule(key)?.kind).not.toBe('secret');
  });

  test.each(
    [
      ['operationID', 'operation_id', 'traceId', 'span_id', 'userID', 'opUserID', 'sendID', 'uid'],
      ['clientMsgID', 'seq', 'msgID', 'createTime', 'timestamp', 'offset', 'duration_ms', 'bytes'],
    ].flat(),
  )('%s names values that stay as they are', (key) => {
    expect(redactorWith().keyRule(key)?.kind).toBe('identifier');
    expect(hide(key, '13812345678')).toBe('13812345678');
  });
});

describe('values under a secret key', () => {
  test('become a mark with a keyed hash', () => {
    expect(hide('password', 'hunter2')).toMatch(/^‹redacted:password:[0-9a-f]{8}›$/);
  });

  test('stay when they are empty, null or hidden already', () => {
    for (const value of ['', ' ', 'null', '<nil>', '${TOKEN}', '********', hide('token', 'abc')]) {
      expect(hide('token', value)).toBe(value);
    }
  });

  test('keep the scheme of a header', () => {
    expect(hide('Authorization', 'Bearer abcdef')).toMatch(/^Bearer ‹redacted:authorization:/);
  });

  test('are equal in their marks when they are equal, wherever they stand', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJ1IjoxfQ.c2lnbmF0dXJl';
    const mark = hide('token', token);
    expect(redact(`req token:"${token}" from 10.0.0.1`)).toBe(`req token:"${mark}" from 10.0.0.1`);
    expect(redact(`GET /ws?token=${token}&a=1`)).toBe(`GET /ws?token=${mark}&a=1`);
    expect(redact(`saw ${token}`)).toBe(`saw ${mark}`);
    expect(hide('token', `${token}x`)).not.toBe(mark);
  });

  test('have other marks at another site', () => {
    const other = createRedactor({ key: Buffer.from('other') });
    expect(other.redactText('password=hunter2')).not.toBe(redact('password=hunter2'));
  });
});

describe('text', () => {
  test.each([
    ['call 13812345678 now', 'call 138****5678 now'],
    ['call +86 138-1234-5678 now', 'call +86 138****5678 now'],
    [
      'id 11010119900307851X and 110101199003078515',
      'id 11010119900307851X and 1101**********8515',
    ],
    ['card 4111 1111 1111 1111.', 'card 411111******1111.'],
    ['{"phone":13812345678,"n":1}', '{"phone":"138****5678","n":1}'],
    ['from bob.smith@example.com', 'from b***@example.com'],
    ['userID=13812345678 seq:13912345678', 'userID=13812345678 seq:13912345678'],
    ['"userIDs":["13812345678","13912345678"]', '"userIDs":["13812345678","13912345678"]'],
  ])('%s becomes %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test('with nothing to redact is given back as undefined', () => {
    expect(redactorWith().redactText('user u1001 is online')).toBeUndefined();
  });

  test('keeps what stands around a secret, in any script', () => {
    expect(redact('登录 😀 {"password":"密码1"} 完成')).toMatch(
      /^登录 😀 \{"password":"‹redacted:password:[0-9a-f]{8}›"\} 完成$/,
    );
  });

  test('shows a mark only where somebody wrote one that is complete', () => {
    expect(redact('password="‹redacted:password:7f3a›"')).not.toContain('7f3a›');
    expect(redact('password="‹redacted:password:7f3a1b2c›"')).toContain('7f3a1b2c›');
  });
});

describe('numbers in JSON', () => {
  test('become strings, so that it stays JSON', () => {
    const redacted = redact('{"pin":123456,"n":{"req":"{\\"password\\":42}"}}');
    expect(JSON.parse(redacted)).toMatchObject({ pin: expect.stringMatching(/^‹redacted:code:/) });
    expect(redacted).toMatch(/\{\\"password\\":\\"‹redacted:password:[0-9a-f]{8}›\\"\}/);
  });
});

describe('integers', () => {
  test.each([
    [13812345678, '138****5678'],
    [8613812345678n, '86138****5678'],
    [110101199003078515n, '1101**********8515'],
    [4111111111111111n, '411111******1111'],
  ])('%s is masked', (value, expected) => {
    expect(redactorWith().redactInteger(value)).toBe(expected);
  });

  test.each(
    [
      [0, -13812345678, 200, 1_700_000_000, 1_700_000_000_123, 10_812_345_678, 0.5],
      [1_700_000_000_123_456_789n, 1_780_390_443_101_000_000n, 4_111_111_111_111_112n],
    ].flat(),
  )('%s is not', (value) => {
    expect(redactorWith().redactInteger(value)).toBeUndefined();
  });
});

describe('settings', () => {
  test('a rule that is off redacts nothing', () => {
    const rules = { phone: false, key: false } as const;
    const text = 'password=hunter2 tel 13812345678';
    expect(redact(text, { rules })).toBe(text);
    expect(redact(`${text} a@b.cn`, { rules })).toBe(`${text} a***@b.cn`);
  });

  test('what people write stays, unless only its length is to be kept', () => {
    const text = 'msgData:{sendID:"u1" contentType:101 content:"{\\"content\\":\\"你好\\"}"}';
    expect(redact(text)).toBe(text);
    expect(redact(text, { contentMode: 'length' })).toMatch(
      /content:"‹redacted:content-24:[0-9a-f]{8}›"\}$/,
    );
  });

  test('counts are by rule and start at zero', () => {
    const redactor = redactorWith();
    expect(Object.values(redactor.counts()).every((count) => count === 0)).toBe(true);
    redactor.redactText('password=hunter2 token=abc123def456 tel 13812345678');
    expect(redactor.counts()).toMatchObject({ key: 2, phone: 1, email: 0 });
  });
});
