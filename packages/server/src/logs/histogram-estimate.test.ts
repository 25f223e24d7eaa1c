/** Estimates over enough rows that some of their granules say something. */
import { sql } from '@tendril/sql/sql';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { estimateHistogram } from './histogram-estimate.ts';
import { LogReader } from './log-reader.ts';

const ROWS = 400_000;
const FROM = 1_780_272_000;
const RANGE = { from: String(FROM), to: String(FROM + 400) };
const WIDTH_NS = 100_000_000_000n;
const LIMITS = { rowsMin: 100_000, exactMsMax: 0, granules: 12 };

let fixture: EngineFixture;
let reader: LogReader;

beforeAll(async () => {
  fixture = await startLogsFixture();
  // A thousand a second. One in twenty has failed, and one in five after the first hundred seconds.
  await fixture.engine
    .command(sql`INSERT INTO logs (Timestamp, ObservedTimestamp, RecordId, SeverityNumber, ServiceName, Body)
SELECT
  fromUnixTimestamp64Milli(toInt64(1780272000000 + number)),
  fromUnixTimestamp64Milli(toInt64(1780272000000 + number)),
  number,
  if(number % 20 = 0, 17, 9),
  concat('s', toString(number % 3)),
  if(number % if(number < 100000, 20, 5) = 0, 'request failed, attempt 12', 'request done')
FROM numbers(400000)`);
  reader = new LogReader({
    engine: fixture.engine,
    flush: () => Promise.resolve(),
    nowMs: () => (FROM + 3_600) * 1_000,
  });
});

afterAll(() => fixture.close());

test('are of a part of the rows, and near the counts', async () => {
  const options = { budget: reader.budget(), signal: AbortSignal.timeout(60_000) };
  const prepared = await reader.prepare({ ...RANGE, query: 'body:/attempt 1\\d/' }, options);
  const estimating = { prepared, widthNs: WIDTH_NS, limits: LIMITS };
  const estimate = await estimateHistogram(reader, estimating, options);
  expect(estimate?.sampled).toBeLessThan(ROWS / 3);
  expect(estimate?.sampled).toBeGreaterThan(0);
  const counts = new Map(
    estimate?.buckets.map((bucket) => [Number(bucket.start) / 1e9 - FROM, bucket.counts]),
  );
  expect([...counts.keys()].sort((a, b) => a - b)).toEqual([0, 100, 200, 300]);
  const totalAt = (second: number): number =>
    Object.values(counts.get(second) ?? {}).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  for (const [second, rows] of [
    [0, 5_000],
    [100, 20_000],
    [200, 20_000],
    [300, 20_000],
  ] as const) {
    expect(totalAt(second)).toBeGreaterThan(rows * 0.8);
    expect(totalAt(second)).toBeLessThan(rows * 1.2);
  }
});

test.each(['body:/attempt 999/', 'body:failed', 'level:error', ''])(
  'are not made where counting is as good: %s',
  async (query) => {
    const options = { budget: reader.budget(), signal: AbortSignal.timeout(60_000) };
    const prepared = await reader.prepare({ ...RANGE, query }, options);
    const estimating = { prepared, widthNs: WIDTH_NS, limits: LIMITS };
    expect(await estimateHistogram(reader, estimating, options)).toBeUndefined();
  },
);
