import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { statusSchema, type Status } from '@tendril/api/status';
import { sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { insertLogRows, startLogsFixture } from '@tendril/testkit/logs-fixture';
import { isPeerMissing } from '@tendril/testkit/debian-peer';
import { makeCertificates } from '@tendril/testkit/certificates';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { storedRecords } from '@tendril/testkit/stored-records';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canaryCountsQuery, retireCanaries } from './canary-queries.ts';
import { CANARY_DAY_FROM_MS, CANARY_SERVICE } from './canary-record.ts';
import { CANARY_SENDERS } from './senders.ts';
import { CanaryTallies } from './tally.ts';

const LISTEN = '127.0.0.1:0';

describe.skipIf(isPeerMissing('/usr/bin/openssl'))('the canary of a server', () => {
  let fixture: ServerFixture;

  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tendril-canary-'));
    await makeCertificates(directory);
    const others = [...CANARY_SENDERS.keys()].filter((name) => name !== 'ndjson');
    fixture = await startServerFixture({
      'canary-enabled': 'true',
      'canary-every-ms': '1s',
      ...Object.fromEntries(others.map((name) => [`receivers-${name}-listen`, LISTEN])),
      'receivers-loki-listen': 'main',
      'receivers-elastic-listen': 'main',
      'receivers-fluent-shared-key': 'the key of the test',
      'receivers-syslog-tls-certificate-file': join(directory, 'server.pem'),
      'receivers-syslog-tls-key-file': join(directory, 'server.key'),
    });
  });

  afterAll(async () => {
    await fixture.close();
  });

  async function canaries(): Promise<Status['canaries']> {
    const answer = await fetch(`${fixture.server.url}/api/v1/status`);
    return statusSchema.parse(await answer.json()).canaries;
  }

  test('goes through every receiver and is found, once', async () => {
    const names = [...CANARY_SENDERS.keys()].sort();
    let found = await canaries();
    const isDone = (): boolean =>
      found.length === names.length && found.every(({ arrived }) => arrived >= 2);
    while (!isDone()) {
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
      found = await canaries();
    }
    expect(found.map(({ receiver }) => receiver).sort()).toEqual(names);
    for (const { lost, doubled, refused } of found) {
      expect({ lost, doubled, refused }).toEqual({ lost: 0, doubled: 0, refused: 0 });
    }
  });

  test('is met by no search of today', async () => {
    expect(await storedRecords(fixture.server.url, 'service:tendril-canary')).toEqual([]);
  });

  test('is in the metrics', async () => {
    const text = await (await fetch(`${fixture.server.url}/metrics`)).text();
    expect(text).toContain('tendril_canary_records_total{receiver="lumberjack",outcome="lost"} 0');
    expect(text).toMatch(/tendril_canary_delay_seconds\{receiver="elastic"\} [0-9.]+/);
  });
});

describe('old canaries', () => {
  let logs: EngineFixture;

  beforeAll(async () => {
    logs = await startLogsFixture();
  });

  afterAll(async () => {
    await logs.close();
  });

  test('go, and what others have of that day stays', async () => {
    const timestampNs = BigInt(CANARY_DAY_FROM_MS) * 1_000_000n;
    await insertLogRows(logs.engine, [
      { timestampNs, recordId: 1n, body: 'canary a b', serviceName: CANARY_SERVICE },
      { timestampNs, recordId: 2n, body: 'an old log', serviceName: 'mainframe' },
    ]);
    await logs.engine.command(retireCanaries(), { settings: { mutations_sync: 1 } });
    const limits = { timeoutMs: 10_000 };
    const { rows } = await logs.engine.query(sql`SELECT ServiceName FROM logs`, { limits });
    const names: unknown[] = [];
    for await (const row of rows) names.push(row['ServiceName']);
    expect(names).toEqual(['mainframe']);
    const counts = await logs.engine.query(canaryCountsQuery(), { limits });
    for await (const row of counts.rows) expect(row).toBeUndefined();
  });
});

describe('CanaryTallies', () => {
  const nothing = { sent: 0, arrived: 0, lost: 0, doubled: 0, refused: 0, delayMs: 0 };

  test('counts what arrives, once, with its delay', () => {
    const tallies = new CanaryTallies();
    tallies.sent('r', 'a', 1_000);
    tallies.found('a', 1, 1_250);
    tallies.found('a', 1, 5_000);
    tallies.settle(500_000);
    expect(tallies.list()).toEqual([
      { ...nothing, receiver: 'r', sent: 1, arrived: 1, delayMs: 250 },
    ]);
  });

  test('counts copies, whenever they are found', () => {
    const tallies = new CanaryTallies();
    tallies.sent('r', 'a', 0);
    tallies.found('a', 2, 10);
    tallies.settle(70_000);
    tallies.found('a', 3, 80_000);
    expect(tallies.list()).toMatchObject([{ arrived: 1, doubled: 2, lost: 0 }]);
  });

  test('counts as lost what is not found within a minute, and not before', () => {
    const tallies = new CanaryTallies();
    tallies.sent('r', 'a', 0);
    tallies.settle(60_000);
    expect(tallies.list()).toMatchObject([{ lost: 0 }]);
    tallies.settle(60_001);
    tallies.settle(70_000);
    expect(tallies.list()).toMatchObject([{ sent: 1, lost: 1 }]);
  });

  test('what a receiver refuses is not lost', () => {
    const tallies = new CanaryTallies();
    tallies.sent('r', 'a', 0);
    tallies.refused('r', 'a');
    tallies.settle(500_000);
    expect(tallies.list()).toMatchObject([{ sent: 1, refused: 1, lost: 0 }]);
  });

  test('another server’s canaries are none of ours', () => {
    const tallies = new CanaryTallies();
    tallies.found('b', 1, 10);
    expect(tallies.list()).toEqual([]);
  });
});
