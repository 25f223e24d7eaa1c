import { describe, expect, test } from 'vitest';
import { serverConfig, usersConfig } from './config.ts';
import { toXml } from './xml.ts';

const SECRETS = {
  writerPassword: 'w-secret',
  readerPassword: 'r-secret',
  headerSecret: 'h-secret',
};

describe("the engine's configuration", () => {
  test('has one handler, behind the secret header', () => {
    const config = serverConfig({
      usersFile: '/run/users.xml',
      memoryBytesMax: 2 ** 30,
      secrets: SECRETS,
    });
    expect(config.match(/<rule>/g)).toHaveLength(1);
    expect(config).toContain('<X-Tendril-Engine>h-secret</X-Tendril-Engine>');
  });

  test('holds passwords as hashes only', () => {
    const users = usersConfig(SECRETS, 2 ** 30);
    expect(users).not.toMatch(/[wr]-secret/);
    expect(users.match(/<password_sha256_hex>[0-9a-f]{64}</g)).toHaveLength(2);
  });

  test('survives a path with anything in it', () => {
    const config = serverConfig({
      usersFile: '/a & <b>',
      memoryBytesMax: 2 ** 30,
      secrets: SECRETS,
    });
    expect(config).toContain('<users_config>/a &amp; &lt;b&gt;</users_config>');
  });
});

test('toXml repeats an element for a list and nests objects', () => {
  expect(toXml({ a: ['1', '2'], b: { c: 3, d: {} } }).replaceAll('\n', '')).toBe(
    '<a>1</a><a>2</a><b><c>3</c><d></d></b>',
  );
});
