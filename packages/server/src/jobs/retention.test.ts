import { sql, string, uint64 } from '@tendril/sql/sql';
import { startEngineFixture, type EngineFixture } from '@tendril/testkit/engine-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyRetentionDays, dropBeyondSize } from './retention.ts';

let fixture: EngineFixture;

beforeAll(async () => {
  fixture = await startEngineFixture();
  for (const [table, column] of [
    [sql`logs`, sql`ObservedTimestamp`],
    [sql`log_fields`, sql`ObservedHour`],
    [sql`patterns`, sql`LastSeen`],
    [sql`traces`, sql`ObservedTimestamp`],
    [sql`span_fields`, sql`ObservedHour`],
    [sql`service_edges`, sql`ComputedAt`],
  ] as const) {
    await fixture.engine.command(
      sql`CREATE TABLE ${table} (Day Date, ${column} DateTime, Body String)
ENGINE = MergeTree PARTITION BY Day ORDER BY Day TTL ${column} + INTERVAL 30 DAY`,
    );
  }
});

afterAll(async () => {
  await fixture.close();
});

describe('retention', () => {
  test('sets the TTL that is configured, once', async () => {
    await applyRetentionDays(fixture.engine, 7);
    expect(await firstValue(sql`SHOW CREATE TABLE logs`)).toContain('toIntervalDay(7)');
    await applyRetentionDays(fixture.engine, 7);
    expect(await firstValue(sql`SHOW CREATE TABLE log_fields`)).toContain('toIntervalDay(7)');
  });

  test('drops whole days, oldest first, until the tables fit, and never the newest', async () => {
    for (const day of ['2026-01-01', '2026-01-02', '2026-01-03']) {
      await fixture.engine.command(
        sql`INSERT INTO logs SELECT toDate(${string(day)}), now(), randomString(1000) FROM numbers(${uint64(200n)})`,
      );
    }
    expect(await dropBeyondSize(fixture.engine, 10_000_000)).toEqual([]);
    const dropped = await dropBeyondSize(fixture.engine, 300_000);
    expect(dropped.map(({ partition }) => partition)).toEqual(['20260101', '20260102']);
    await dropBeyondSize(fixture.engine, 0);
    expect(await firstValue(sql`SELECT count() FROM logs`)).toBe('200');
  });
});

async function firstValue(statement: Parameters<typeof fixture.engine.query>[0]): Promise<string> {
  const { rows } = await fixture.engine.query(statement, { limits: { timeoutMs: 10_000 } });
  for await (const row of rows) return String(Object.values(row)[0]);
  return '';
}
