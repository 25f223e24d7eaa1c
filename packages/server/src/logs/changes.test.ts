/** What changed between two spans, on a real engine. */
import type { LogChange, LogChangesInput, LogChangesResponse } from '@tendril/api/log-changes';
import { sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import {
  insertFieldRows,
  insertLogRows,
  insertResource,
  startLogsFixture,
} from '@tendril/testkit/logs-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logChanges } from './changes.ts';
import { LogReader } from './log-reader.ts';

const BEGIN_S = 1_780_390_000;
/** An hour of records, one a second; in the second half something breaks on one node. */
const SECONDS = 3600;
const HALF = { from: String(BEGIN_S + SECONDS / 2), to: String(BEGIN_S + SECONDS) };

let fixture: EngineFixture;
let reader: LogReader;

beforeAll(async () => {
  fixture = await startLogsFixture();
  const { engine } = fixture;
  for (const id of [1n, 2n]) await insertResource(engine, id, { 'host.name': `node-${id}` });
  await insertLogRows(
    engine,
    Array.from({ length: SECONDS }, (_unused, second) => {
      const isBroken = second >= SECONDS / 2 && second % 20 === 0;
      return {
        timestampNs: BigInt(BEGIN_S + second) * 1_000_000_000n,
        recordId: BigInt(second + 1),
        body: 'x',
        severityNumber: isBroken ? 17 : 9,
        serviceName: second % 3 === 0 ? 'auth' : 'gateway',
        operationId: `op-${second}`,
        resourceId: isBroken ? 2n : BigInt((second % 2) + 1),
        attributes: JSON.stringify({
          // It stops being written.
          ...(second < SECONDS / 2 && { cache: 'warm' }),
          status: isBroken ? 503 : 200,
          request: `r-${second}`,
        }),
      };
    }),
  );
  const field = { hourNs: BigInt(BEGIN_S) * 1_000_000_000n, count: 1000 } as const;
  await insertFieldRows(engine, [
    { ...field, source: 'attribute', name: 'status', type: 'integer' },
    { ...field, source: 'attribute', name: 'cache' },
    { ...field, source: 'attribute', name: 'request' },
    { ...field, source: 'resource', name: 'host.name' },
  ]);
  // The writers list the values of fields that have few; of `request` they list none.
  await engine.command(sql`INSERT INTO log_fields SELECT Hour, Source, Name, Type, 'v', 1, ObservedHour
FROM log_fields WHERE Name != 'request'`);
  reader = new LogReader({ engine, flush: () => Promise.resolve() });
});

afterAll(() => fixture.close());

async function changes(request: LogChangesInput): Promise<LogChangesResponse> {
  const { from = '', to = '', query = '', limit = 50, baseline } = request;
  const text = { from: String(from), to: String(to), query, limit };
  const other = baseline && {
    baseline: { from: String(baseline.from), to: String(baseline.to) },
  };
  return await logChanges(reader, { ...text, ...other }, new AbortController().signal);
}

function named(found: readonly LogChange[]): readonly string[] {
  return found.map(({ field, value, direction }) => `${field}:${value} ${direction}`);
}

describe('what changed', () => {
  test('is what broke, not what stayed as it was', async () => {
    const found = await changes(HALF);
    expect(found.records).toBe(1800);
    expect(found.baselineRecords).toBe(1800);
    expect(found.sampled).toBe(1);
    expect(named(found.changes)).toEqual([
      'cache:warm gone',
      'level:error new',
      'status:503 new',
      'level:info less',
      'status:200 less',
    ]);
    expect(found.changes[1]).toMatchObject({
      kind: 'level',
      records: 90,
      baselineRecords: 0,
      share: 0.05,
      baselineShare: 0,
    });
  });

  test('is asked of part of the records, and of any two spans', async () => {
    const swapped = { from: String(BEGIN_S), to: HALF.from, baseline: HALF };
    const found = await changes({ ...swapped, query: 'host.name:node-2 | stats count()' });
    expect(named(found.changes)).toContain('level:error gone');
    expect(found.changes.find(({ value }) => value === '503')?.score).toBeLessThan(-4);
  });

  test('refuses spans that overlap', async () => {
    const baseline = { from: BEGIN_S, to: Number(HALF.from) + 1 };
    await expect(changes({ ...HALF, baseline })).rejects.toMatchObject({ code: 'bad_range' });
  });

  test('says nothing where one span is empty', async () => {
    const found = await changes({ from: String(BEGIN_S), to: String(BEGIN_S + 600) });
    expect(found).toMatchObject({ records: 600, baselineRecords: 0, changes: [] });
  });
});
