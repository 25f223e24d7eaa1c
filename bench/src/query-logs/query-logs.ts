/**
 * How fast answers come from 10 M records: each row of the read table, idle and while 20,000
 * records a second come in, on data spread over an hour and again within five minutes.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { LogRecord } from '@tendril/model/log-record';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { fillLogs } from '../fill-logs.ts';
import { memoryTogether, usageOf } from '../process-usage.ts';
import { pause, ServerProcess } from '../server-process.ts';
import { megabytes, percentile, table } from '../statistics.ts';
import { postLines, postText } from '../tendril-api.ts';
import { readsOf, type Read } from './reads.ts';

const SENDER = join(import.meta.dirname, '../ingest-logs/sender.ts');
/** Ranges end so long ago that nothing has to be flushed for them. */
const SETTLED_SECONDS = 5;
/** Memory that starting needed is given back once there is quiet. */
const REST_MS = 25_000;

export const queryLogs: Benchmark = {
  name: 'query-logs',
  summary: 'the read table over 10 M records, idle and under ingest',
  options: { records: '10000000', spreads: '3600,300', rounds: '15', only: '' },
  run: async (options) => {
    for (const spread of (options['spreads'] ?? '').split(',')) {
      await measureSpread(Number(spread), options);
    }
  },
};

async function measureSpread(
  spreadSeconds: number,
  options: Readonly<Record<string, string>>,
): Promise<void> {
  const records = numberOption(options, 'records');
  const server = await ServerProcess.create();
  try {
    await server.start();
    const { from, to } = await fillLogs(server, records, spreadSeconds);
    const context = {
      from: String(from),
      to: String(to),
      sample: await sampleOf(server, from, to),
    };
    const reads = readsOf(context).filter(({ name }) => name.includes(options['only'] ?? ''));
    const rounds = numberOption(options, 'rounds');
    const idle = await measure(server, reads, rounds);
    const loaded = await underIngest(server, async () => measure(server, reads, rounds));
    print(`\n${records} records over ${spreadSeconds} s`);
    print(resultTable(reads, idle, loaded));
    await server.kill('SIGTERM');
    const readyMs = await server.start();
    await pause(REST_MS);
    const pids = [server.pid, server.enginePid];
    const [serverRss = '', engineRss = ''] = pids.map((pid) => megabytes(usageOf(pid).rssBytes));
    print(
      `restart: ready in ${(readyMs / 1_000).toFixed(1)} s; idle ${megabytes(memoryTogether(pids))} in all ` +
        `(server ${serverRss}, engine ${engineRss}, what both have counted once)`,
    );
  } finally {
    await server.dispose();
  }
}

async function sampleOf(server: ServerProcess, from: bigint, to: bigint): Promise<LogRecord> {
  const middle = from + (to - from) / 2n;
  const [first] = await postLines(`${server.url}/api/v1/logs/search`, {
    from: String(from),
    to: String(middle),
    query: 'body:handshake',
    limit: 1,
  });
  if (first?.['kind'] !== 'row') throw new Error('no sample record found');
  return first['record'] as LogRecord;
}

interface Timing {
  readonly medianMs: number;
  readonly p95Ms: number;
}

async function measure(
  server: ServerProcess,
  reads: readonly Read[],
  rounds: number,
): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const read of reads) {
    const times: number[] = [];
    // One more than counted, to warm up.
    for (let round = 0; round <= rounds; round += 1) {
      const startedMs = performance.now();
      const answer = await postText(`${server.url}${read.path}`, read.body);
      if (round > 0) times.push(performance.now() - startedMs);
      if (answer.includes('"kind":"error"')) throw new Error(`${read.name}: ${answer.slice(-500)}`);
    }
    timings.push({ medianMs: percentile(times, 0.5), p95Ms: percentile(times, 0.95) });
  }
  return timings;
}

async function underIngest<T>(server: ServerProcess, action: () => Promise<T>): Promise<T> {
  const sender = spawn(
    process.execPath,
    [
      '--conditions=source',
      SENDER,
      `--url=${server.logsUrl}`,
      '--rate=20000',
      '--seconds=3600',
      '--per-request=200',
      '--seed=3',
    ],
    { stdio: 'ignore' },
  );
  try {
    await pause(SETTLED_SECONDS * 1_000);
    return await action();
  } finally {
    sender.kill('SIGKILL');
  }
}

function resultTable(
  reads: readonly Read[],
  idle: readonly Timing[],
  loaded: readonly Timing[],
): string {
  const ms = (value: number | undefined): string => (value ?? NaN).toFixed(0);
  return table([
    ['read', 'median ms', 'p95', 'bar', '', 'under ingest', 'p95'],
    ...reads.map((read, index) => [
      read.name,
      ms(idle[index]?.medianMs),
      ms(idle[index]?.p95Ms),
      String(read.barMs),
      (idle[index]?.medianMs ?? Infinity) <= read.barMs ? '' : 'over',
      ms(loaded[index]?.medianMs),
      ms(loaded[index]?.p95Ms),
    ]),
  ]);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
