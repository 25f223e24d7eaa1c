/** The arithmetic of windows, buckets and cursors. */
import { Failure } from '@tendril/model/failure';
import { NS_PER_DAY, NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketWidthNs, ceilTo, floorTo } from './bucket-width.ts';
import { cursorAt, parseCursor, printCursor, rangeBeyond } from './cursor.ts';
import { NO_ROWS, rowsWithin, widthForRows } from './day-rows.ts';
import { limitReached } from './read-budget.ts';
import { firstWindowRows, nextWindowRows, rangeAfter, windowOf } from './search-window.ts';

const instant = fc.bigInt(0n, 4_000_000_000n * NS_PER_SECOND);
const order = fc.constantFrom('desc' as const, 'asc' as const);

describe('windows', () => {
  test('tile the range from the end that the order starts at', () => {
    fc.assert(
      fc.property(
        instant,
        fc.bigInt(1n, NS_PER_DAY),
        fc.bigInt(1n, NS_PER_DAY),
        order,
        (from, span, width, way) => {
          const range: TimeRange = { fromNs: from, toNs: from + span };
          const window = windowOf(range, way, width);
          const rest = rangeAfter(range, window, way);
          const [older, newer] = way === 'desc' ? [rest, window] : [window, rest];
          expect(older?.fromNs ?? newer?.fromNs).toBe(range.fromNs);
          expect(newer?.toNs ?? older?.toNs).toBe(range.toNs);
          if (older && newer) expect(older.toNs).toBe(newer.fromNs);
        },
      ),
    );
  });

  test('are small first only where that saves much', () => {
    expect(firstWindowRows(1_000_000)).toBe(20_000_000);
    expect(firstWindowRows(1_600_000)).toBe(600_000);
    expect(firstWindowRows(0)).toBe(20_000_000);
  });

  test('grow by what was found and by how long it took', () => {
    const outcome = { rows: 100, elapsedMs: 10, found: 0, wanted: 50 };
    expect(nextWindowRows(outcome)).toBe(6_400);
    expect(nextWindowRows({ ...outcome, found: 10 })).toBe(1_000);
    expect(nextWindowRows({ ...outcome, elapsedMs: 10_000 })).toBe(400);
  });

  test('are as wide as the rows they are for, over empty days too', () => {
    const days = {
      days: new Map([
        [100n, 86_400_000],
        [110n, 86_400],
      ]),
      minutes: new Map<bigint, number>(),
    };
    const range = { fromNs: 90n * NS_PER_DAY, toNs: 120n * NS_PER_DAY };
    const nowNs = 200n * NS_PER_DAY;
    const width = (rows: number, way: 'desc' | 'asc'): bigint =>
      widthForRows(days, { range, order: way, rows, nowNs });
    expect(width(43_200, 'desc')).toBe(9n * NS_PER_DAY + NS_PER_DAY / 2n);
    expect(width(86_400 + 1_000, 'desc')).toBe(19n * NS_PER_DAY + NS_PER_SECOND);
    expect(width(1_000, 'asc')).toBe(10n * NS_PER_DAY + NS_PER_SECOND);
    expect(width(Infinity, 'asc')).toBe(30n * NS_PER_DAY);
    expect(widthForRows(NO_ROWS, { range, order: 'desc', rows: 1, nowNs })).toBe(30n * NS_PER_DAY);
  });

  test("take today's rows to lie before now", () => {
    const nowNs = 100n * NS_PER_DAY + 1_000n * NS_PER_SECOND;
    const range = { fromNs: 0n, toNs: nowNs };
    const days = { days: new Map([[100n, 1_000_000]]), minutes: new Map<bigint, number>() };
    const width = widthForRows(days, { range, order: 'desc', rows: 10_000, nowNs });
    expect(width).toBe(10n * NS_PER_SECOND);
  });
});

describe('minutes', () => {
  const nowNs = 100n * NS_PER_DAY + NS_PER_DAY / 2n;
  const minute = (nowNs - 3_600n * NS_PER_SECOND) / (60n * NS_PER_SECOND);
  const rows = {
    days: new Map([
      [99n, 8_640],
      [100n, 1_200],
    ]),
    minutes: new Map([
      [minute, 1_000],
      [minute + 10n, 200],
    ]),
  };
  const range = { fromNs: 99n * NS_PER_DAY, toNs: nowNs };

  test('say where the rows of a day are, which the day does not', () => {
    const width = widthForRows(rows, { range, order: 'desc', rows: 700, nowNs });
    expect(width).toBe(3_600n * NS_PER_SECOND - 30n * NS_PER_SECOND);
  });

  test('are counted in the place of their day, and other days as before', () => {
    expect(rowsWithin(rows, { range, nowNs })).toEqual({ inRange: 9_840, inDays: 9_840 });
    const early = { fromNs: 100n * NS_PER_DAY, toNs: nowNs - 7_200n * NS_PER_SECOND };
    expect(rowsWithin(rows, { range: early, nowNs })).toEqual({ inRange: 0, inDays: 1_200 });
  });
});

describe('buckets', () => {
  test('are round, and no more than asked for', () => {
    fc.assert(
      fc.property(
        instant,
        fc.bigInt(1n, 4_000n * NS_PER_DAY),
        fc.integer({ min: 1, max: 500 }),
        (from, span, buckets) => {
          const range = { fromNs: from, toNs: from + span };
          const width = bucketWidthNs(range, buckets);
          const count = (ceilTo(range.toNs, width) - floorTo(range.fromNs, width)) / width;
          expect(count).toBeLessThanOrEqual(BigInt(buckets + 1));
          expect(NS_PER_DAY % width === 0n || width % NS_PER_DAY === 0n).toBe(true);
        },
      ),
    );
  });
});

describe('cursors', () => {
  test('survive being printed', () => {
    fc.assert(
      fc.property(instant, fc.bigInt(0n, 2n ** 64n - 1n), (timestampNs, recordId) => {
        const cursor = { timestampNs, recordId };
        expect(parseCursor(printCursor(cursor))).toEqual(cursor);
      }),
    );
  });

  test.each([
    '',
    '1',
    '-',
    '1-',
    '1-0',
    '-0000000000000000',
    '1-000000000000000G',
    '1-00000000000000000',
  ])('refuse %j', (text) => {
    expect(() => parseCursor(text)).toThrow(Failure);
  });

  test('at an edge leave out nothing beyond it', () => {
    const range = { fromNs: 0n, toNs: 1_000n };
    expect(rangeBeyond(range, cursorAt(500n, 'desc'), 'desc')).toEqual({ fromNs: 0n, toNs: 501n });
    expect(rangeBeyond(range, cursorAt(500n, 'asc'), 'asc')).toEqual({
      fromNs: 499n,
      toNs: 1_000n,
    });
  });
});

describe('limits', () => {
  test('are told from other failures', () => {
    const failure = (code: string, engineCode: number): Failure =>
      new Failure({ code, detail: '', params: { engineCode } });
    expect(limitReached(failure('query_timeout', 159))).toBe('time');
    expect(limitReached(failure('query_too_large', 307))).toBe('bytes_read');
    expect(limitReached(failure('query_too_large', 241))).toBe('memory');
    expect(limitReached(failure('query_too_large', 396))).toBeUndefined();
    expect(limitReached(new Error('x'))).toBeUndefined();
  });
});
