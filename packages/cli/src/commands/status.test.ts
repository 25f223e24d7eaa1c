import { afterEach, describe, expect, test } from 'vitest';
import { COLLECTORS, type Collector } from '@tendril/api/collectors';
import type { Status } from '@tendril/api/status';
import { EXIT } from '../exit.ts';
import { runCli, type CliRun } from '../testing/run-cli.ts';
import { startStubServer, type StubServer } from '../testing/stub-server.ts';

const STATUS: Status = {
  version: '0.1.0',
  startedAt: '2026-06-02T09:00:00Z',
  engine: { state: 'ready', version: '26.7.3' },
  pipeline: {
    walBytes: 3 * 1024 * 1024,
    walBytesMax: 8 * 1024 ** 3,
    pendingRecords: 1200,
    lagMs: 40.4,
    diskFreeBytes: 77 * 1024 ** 3,
    refusing: null,
    quarantinedFrames: 0,
  },
  accounts: [
    {
      source: 'otlp-http',
      received: 1_204_125,
      stored: 1_202_918,
      pending: 1200,
      rejected: { too_large: 7 },
      shed: 0,
      quarantined: 0,
      dropped: 0,
      duplicate: 0,
      lastSeenAt: '2026-11-21T09:30:00.000Z',
      receivedPerSecond: 1234.5,
    },
  ],
  storage: [
    {
      table: 'logs',
      rows: 1_202_918,
      bytes: 43_305_048,
      indexBytes: 9_000_000,
      oldestDay: '2026-06-01',
    },
  ],
  retention: { days: 30, bytesMax: null },
  receivers: [{ name: 'otlp-http', url: 'http://127.0.0.1:4318' }],
  canaries: [
    {
      receiver: 'otlp-http',
      sent: 40,
      arrived: 39,
      lost: 1,
      doubled: 0,
      refused: 0,
      delayMs: 212.3,
    },
    { receiver: 'loki', sent: 40, arrived: 40, lost: 0, doubled: 0, refused: 0, delayMs: 90 },
  ],
  access: 'open',
};

let server: StubServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const COLLECTOR: Collector = {
  id: '5d2c',
  host: 'node-1',
  startedAt: '2026-11-21T08:00:00.000Z',
  lastSeenAt: '2026-11-21T09:30:00.000Z',
  waitingRecords: 1_200,
  bufferBytes: 3 * 1024 * 1024,
  bufferBytesMax: 1024 ** 3,
  sentRecords: 70_000,
  refusedRecords: 2,
  refusedReason: 'too large',
  sources: [
    {
      kind: 'kubernetes',
      name: 'im/push-1/app',
      state: 'open',
      trouble: '',
      lines: 71_202,
      linesPerSecond: 1234.56,
      lastLineAt: '2026-11-21T09:29:59.000Z',
      lagMs: 42,
      gaps: 0,
      lastGap: '',
    },
    {
      kind: 'files',
      name: '/var/log/\u001b[31mim.log',
      state: 'unreadable',
      trouble: 'permission denied',
      lines: 0,
      linesPerSecond: 0,
      lastLineAt: null,
      lagMs: null,
      gaps: 1,
      lastGap: 'truncated after byte 7',
    },
  ],
};

async function statusOf(status: Status, ...args: string[]): Promise<CliRun> {
  return await statusWith(status, [], args);
}

async function statusWith(
  status: Status,
  collectors: readonly Collector[],
  args: readonly string[],
): Promise<CliRun> {
  server = await startStubServer(({ path }) => ({
    body: JSON.stringify(path === COLLECTORS.path ? { collectors } : status),
  }));
  return await runCli(['status', '--url', server.url, ...args]);
}

describe('tendril status', () => {
  test('shows what adds up', async () => {
    const { code, stdout, stderr } = await statusOf(STATUS);
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
    expect(stdout).toBe(`version                0.1.0
running since          2026-06-02T09:00:00Z
engine                 ready, ClickHouse 26.7.3
not in the engine yet  1,200 records, 40 ms behind
write-ahead log        3.0 MiB of 8.0 GiB
disk free              77 GiB
access                 open to this machine

records by source, since the beginning
  source      received     stored  pending  rejected  shed  quarantined  dropped  duplicate  per second  last seen
  otlp-http  1,204,125  1,202,918    1,200         7     0            0        0          0       1,230  2026-11-21T09:30:00.000Z
  otlp-http rejected: too_large 7

storage
  table       rows    size  B/row
  logs   1,202,918  41 MiB   36.0

listening
  otlp-http  http://127.0.0.1:4318

canaries, since the start
  80 sent through 2 receivers: 79 found, 1 lost, 0 doubled, 0 refused; slowest 212 ms
`);
  });

  test('aligns in Chinese', async () => {
    const { stdout } = await statusOf(STATUS, '--lang', 'zh');
    expect(stdout).toContain('引擎          可用，ClickHouse 26.7.3\n');
  });

  test('an engine that is away or records that are refused are problems', async () => {
    const { pipeline } = STATUS;
    const full = await statusOf({ ...STATUS, pipeline: { ...pipeline, refusing: 'disk_full' } });
    expect(full.code).toBe(EXIT.problemsFound);
    expect(full.stdout).toContain('the disk is full');
    await server?.close();
    const away = await statusOf({ ...STATUS, engine: { state: 'away', version: '' } });
    expect(away.code).toBe(EXIT.problemsFound);
  });

  test('--json is the answer as it is', async () => {
    const { stdout } = await statusOf(STATUS, '--json');
    expect(JSON.parse(stdout)).toEqual({ ...STATUS, collectors: [] });
  });

  test('what agents collect stands below, what wants somebody first', async () => {
    const { stdout } = await statusWith(STATUS, [COLLECTOR], []);
    const [, collected = ''] = stdout.split(
      'collected by node-1, as of 2026-11-21T09:30:00.000Z\n',
    );
    expect(collected).toBe(`  70,000 records sent, 1,200 waiting; buffer 3.0 MiB of 1.0 GiB
  2 records refused by the server: too large
  source                kind        state        lines  per second    lag  last line                 gaps
  /var/log/␛[31mim.log  files       unreadable       0           0      -  -                            1
  im/push-1/app         kubernetes  open        71,202       1,230  42 ms  2026-11-21T09:29:59.000Z     0
  /var/log/␛[31mim.log: permission denied
  /var/log/␛[31mim.log: lines may be missing: truncated after byte 7
`);
  });
});
