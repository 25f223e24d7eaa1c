import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { shipperPage } from './shipper-page.ts';
import { RECEIVER_PORTS, setupText } from './shipper-setup.ts';
import { SHIPPER_SETUPS } from './shipper-setups.ts';

const ADDRESS = { host: '192.0.2.7', port: 4711, token: 'the-token' };

describe('shipper setups', () => {
  test.each([
    ['en', 'shippers.md'],
    ['zh', 'shippers.zh-CN.md'],
  ] as const)('the page in %s shows them as they are', (language, file) => {
    const page = shipperPage(SHIPPER_SETUPS, language);
    const url = new URL(`../../../../docs/${file}`, import.meta.url);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(url, page);
    expect(readFileSync(url, 'utf8')).toBe(page);
  });

  test.each(SHIPPER_SETUPS.map((setup) => [setup.id, setup] as const))(
    '%s names its receiver and has the address in it',
    (_, setup) => {
      expect(RECEIVER_PORTS[setup.receiver]).toBeDefined();
      const text = setupText(setup, ADDRESS);
      expect(text).not.toMatch(/HOST|PORT|TOKEN/);
      expect(text).toContain('192.0.2.7');
      if (setup.syntax === 'yaml') expect(parse(text)).toBeTypeOf('object');
      if (setup.syntax === 'json') expect(JSON.parse(text)).toBeTypeOf('object');
    },
  );

  test('have ids of their own', () => {
    expect(new Set(SHIPPER_SETUPS.map(({ id }) => id)).size).toBe(SHIPPER_SETUPS.length);
  });
});
