import { describe, expect, test } from 'vitest';
import { UTC, zoneOf } from '../zone.ts';
import { timeReader } from './time-layout.ts';

const CONTEXT = {
  zone: zoneOf('Asia/Shanghai') ?? UTC,
  asOfNs: BigInt(Date.UTC(2026, 5, 3, 2)) * 1_000_000n,
};

function read(layout: string, text: string): string | undefined {
  const ns = timeReader(layout)?.(text, CONTEXT);
  return ns === undefined
    ? undefined
    : `${new Date(Number(ns / 1_000_000n)).toISOString()} +${ns % 1_000_000n}`;
}

describe('timeReader', () => {
  test.each([
    ['dd MMM yyyy HH:mm:ss.SSS', '02 Jun 2026 09:14:03.101', '2026-06-02T01:14:03.101Z +0'],
    ['yyyy-MM-dd HH:mm:ss[.SSS] Z', '2026-06-02 09:14:03 UTC', '2026-06-02T09:14:03.000Z +0'],
    ['yyyy-MM-dd HH:mm:ss[.SSS] Z', '2026-06-02 09:14:03.5 -0700', '2026-06-02T16:14:03.500Z +0'],
    // A name of a zone that is ambiguous means the zone of the source.
    ['yyyy-MM-dd HH:mm:ss Z', '2026-06-02 09:14:03 CST', '2026-06-02T01:14:03.000Z +0'],
    ['yyyyMMddTHHmmss.SSSZ', '20260602T091403.123456789Z', '2026-06-02T09:14:03.123Z +456789'],
    ['MMM d HH:mm:ss', 'Jun  2 09:14:03', '2026-06-02T01:14:03.000Z +0'],
    ['MMM d HH:mm:ss', 'Dec 12 09:14:03', '2025-12-12T01:14:03.000Z +0'],
    ['yyMMdd H:mm:ss', '260602  9:14:03', '2026-06-02T01:14:03.000Z +0'],
    ['MM/dd/yyyy hh:mm:ss a', '06/02/2026 12:14:03 AM', '2026-06-01T16:14:03.000Z +0'],
    ['MM/dd/yyyy hh:mm:ss a', '06/02/2026 12:14:03 PM', '2026-06-02T04:14:03.000Z +0'],
    // It is 10 o'clock of 3 June in Shanghai: this is of today, and this of yesterday.
    ['HH:mm:ss.SSS', '09:14:03.101', '2026-06-03T01:14:03.101Z +0'],
    ['HH:mm:ss.SSS', '23:14:03.101', '2026-06-02T15:14:03.101Z +0'],
  ])('%s reads %s', (layout, text, expected) => {
    expect(read(layout, text)).toBe(expected);
  });

  test.each([
    ['yyyy-MM-dd HH:mm:ss', '2026-02-30 09:14:03'],
    ['yyyy-MM-dd HH:mm:ss', '2026-06-02 09:14:03 '],
    ['yyyy-MM-dd HH:mm:ss', '2026-06-02T09:14:03'],
    ['HH:mm', `${'0'.repeat(100)}09:14`],
  ])('%s does not read "%s"', (layout, text) => {
    expect(read(layout, text)).toBeUndefined();
  });

  test.each(['yyyy-MM-dd', 'HH:mm:ss QQ', 'HH:mm]', '[HH:mm', '[[HH:mm]]', ''])(
    '"%s" is no layout',
    (layout) => {
      expect(timeReader(layout)).toBeUndefined();
    },
  );

  test('signs of a layout stand for themselves', () => {
    expect(read('(HH:mm)', '(09:14)')).toBeDefined();
    expect(read('HH.mm', '09x14')).toBeUndefined();
  });
});
