import { describe, expect, test } from 'vitest';

import { durationNs, parseQuantity, sizeBytes, unitNsOfKey } from './quantity.ts';

describe('durationNs', () => {
  test.each([
    ['100ms', 1e8],
    ['1.5s', 1.5e9],
    ['1m30s', 90e9],
    ['2h', 7200e9],
    ['1d', 86_400e9],
    ['300µs', 300_000],
    ['300μs', 300_000],
    ['0ns', 0],
  ])('%s', (text, ns) => {
    expect(durationNs(text)).toBe(ns);
  });

  test.each(['', '100', 'ms', '1.s', '-1s', '1 s', '1s ', '1S', '1w', '12d0'])('not %j', (text) => {
    expect(durationNs(text)).toBeUndefined();
  });
});

describe('sizeBytes', () => {
  test.each([
    ['2MB', 2e6],
    ['2mib', 2 * 2 ** 20],
    ['64 KiB', 65_536],
    ['1.5GB', 1.5e9],
    ['7b', 7],
    ['1TiB', 2 ** 40],
  ])('%s', (text, bytes) => {
    expect(sizeBytes(text)).toBe(bytes);
  });

  test.each(['2', 'MB', '2  MB', '2MBs', '-2MB'])('not %j', (text) => {
    expect(sizeBytes(text)).toBeUndefined();
  });
});

test('parseQuantity tells the kinds apart', () => {
  expect(parseQuantity('5m')).toEqual({ kind: 'duration', ns: 300e9 });
  expect(parseQuantity('5MB')).toEqual({ kind: 'size', bytes: 5e6 });
  expect(parseQuantity('5')).toBeUndefined();
});

test.each([
  ['duration_ms', 1e6],
  ['elapsedMs', 1e6],
  ['http.server.seconds', 1e9],
  ['wait-ns', 1],
  ['status', undefined],
  ['items', undefined],
  ['ms', undefined],
])('unitNsOfKey(%s) is %s', (key, unit) => {
  expect(unitNsOfKey(key)).toBe(unit);
});
