import { sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JobLease } from './job-lease.ts';

let fixture: EngineFixture;

beforeAll(async () => {
  fixture = await startLogsFixture();
});

afterAll(() => fixture.close());

describe('JobLease', () => {
  test('is held by one, who may renew it, while others go without', async () => {
    const one = new JobLease(fixture.engine, 'a', 60);
    const other = new JobLease(fixture.engine, 'a', 60);
    expect(await one.take()).toBe(true);
    expect(await other.take()).toBe(false);
    expect(await one.take()).toBe(true);
    expect(await new JobLease(fixture.engine, 'b', 60).take()).toBe(true);
  });

  test('is free once its time is up', async () => {
    await fixture.engine.command(
      sql`INSERT INTO job_leases (Job, Holder, At) VALUES ('c', 'gone', now64(6) - INTERVAL 61 SECOND)`,
    );
    expect(await new JobLease(fixture.engine, 'c', 62).take()).toBe(false);
    expect(await new JobLease(fixture.engine, 'c', 60).take()).toBe(true);
  });
});
