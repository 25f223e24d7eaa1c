/**
 * How fast logs go in: OTLP/HTTP protobuf, distinct records, durable acks, indexes and redaction
 * on, sender and engine on the same cores. The clock stops when the last record can be found. The
 * baseline in the same run is the engine alone, fed pre-encoded Native blocks of 200,000 rows; `--peer URL`
 * names another program to compare with, such as VictoriaLogs at `…/insert/opentelemetry/v1/logs`.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { numberOption, type Benchmark } from '../benchmark.ts';
import {
  memoryTogether,
  threadSeconds,
  usageOf,
  watchMemory,
  type Usage,
} from '../process-usage.ts';
import { pause, ServerProcess } from '../server-process.ts';
import { megabytes, table } from '../statistics.ts';
import { countRecords, readStatus, storedBytesPerRecord } from '../tendril-api.ts';
import { nativeInsertRate } from './native-insert-rate.ts';
import type { SenderResult } from './sender.ts';

const run = promisify(execFile);
const SENDER = join(import.meta.dirname, 'sender.ts');

export const ingestLogs: Benchmark = {
  name: 'ingest-logs',
  summary: 'records per second to durable and searchable, against the engine alone',
  options: {
    seconds: '30',
    connections: '4',
    'per-request': '1000',
    'native-rows': '2000000',
    'ack-seconds': '15',
    peer: '',
    heavy: '',
  },
  run: runIngestLogs,
};

/** Memory that starting or a load needed is given back once there is quiet. */
const REST_MS = 25_000;

function printMemory(label: string, { pid, enginePid }: ServerProcess): void {
  const [server = '', engine = ''] = [pid, enginePid].map((each) =>
    megabytes(usageOf(each).rssBytes),
  );
  const together = megabytes(memoryTogether([pid, enginePid]));
  print(
    label,
    `${together} in all (server ${server}, engine ${engine}, what both have counted once)`,
  );
}

type Options = Readonly<Record<string, string>>;

async function runIngestLogs(options: Options): Promise<void> {
  const heavy = options['heavy'] !== '';
  const nativeRows = numberOption(options, 'native-rows');
  const native = await nativeInsertRate({
    rows: nativeRows,
    seconds: numberOption(options, 'seconds'),
    heavy,
  });
  print(
    'engine alone',
    `${thousands(native.rowsPerSecond)} records/s as Native blocks of 200,000 rows, ${native.cpuMicrosecondsPerRow.toFixed(1)} µs CPU a record; ` +
      `${thousands(native.firstRowsPerSecond)} records/s in the first ${thousands(nativeRows)}, before merges`,
  );
  if (options['peer'] !== '') await measurePeer(options);
  const server = await ServerProcess.create();
  try {
    await server.start();
    await pause(REST_MS);
    printMemory('idle', server);
    await measureThroughput(server, options, native.rowsPerSecond);
    await settle(server);
    await pause(REST_MS);
    printMemory('idle again', server);
    if (numberOption(options, 'ack-seconds') > 0) await measureAcks(server, options);
    await settle(server);
    print(
      'disk',
      `${(await storedBytesPerRecord(server.url)).toFixed(1)} B a record, indexes included`,
    );
  } finally {
    await server.dispose();
  }
}

/** Another program that takes OTLP/HTTP at the URL of `--peer`, under the same sender; until the last was acknowledged. */
async function measurePeer(options: Options): Promise<void> {
  const seconds = [`--seconds=${options['seconds'] ?? ''}`];
  const sent = await send(options['peer'] ?? '', options, seconds);
  print('peer', `${thousands((1_000 * sent.records) / sent.elapsedMs)} records/s`);
  print(
    'peer, ack',
    `p50 ${sent.ackMsP50.toFixed(1)} ms, p99 ${sent.ackMsP99.toFixed(1)} ms, ${sent.retries} retries`,
  );
}

async function measureThroughput(
  server: ServerProcess,
  options: Options,
  native: number,
): Promise<void> {
  const before = [usageOf(server.pid), usageOf(server.enginePid)];
  const threadsBefore = threadSeconds(server.pid);
  const peakMemory = watchMemory([server.pid, server.enginePid]);
  const startedMs = performance.now();
  const sent = await send(server.logsUrl, options, [`--seconds=${options['seconds'] ?? ''}`]);
  const found = await countRecords(server.url);
  const seconds = (performance.now() - startedMs) / 1_000;
  const after = [usageOf(server.pid), usageOf(server.enginePid)];
  if (found !== sent.records) {
    throw new Error(`${sent.records} records were acknowledged, ${found} are found`);
  }
  const rate = sent.records / seconds;
  print(
    'ingest',
    `${thousands(rate)} records/s, ${((100 * rate) / native).toFixed(1)} % of the engine alone ` +
      `(${sent.records} records of ${(sent.bytes / sent.records).toFixed(0)} B in ${seconds.toFixed(1)} s until the last was found)`,
  );
  print(
    'ack',
    `p50 ${sent.ackMsP50.toFixed(1)} ms, p99 ${sent.ackMsP99.toFixed(1)} ms, ${sent.retries} retries`,
  );
  process.stdout.write(`${usageTable(before, after, sent)}\n`);
  print('peak memory', `${megabytes(peakMemory())} in all, what both have counted once`);
  const threads = [...threadSeconds(server.pid)]
    .map(([name, seconds]) => [name, seconds - (threadsBefore.get(name) ?? 0)] as const)
    .filter(([, seconds]) => seconds > 0)
    .map(([name, seconds]) => `${name} ${perRecord(seconds, sent)}`);
  print('server threads', `${threads.join(', ')} µs CPU a record`);
}

function perRecord(cpuSeconds: number, { records }: SenderResult): string {
  return ((cpuSeconds * 1e6) / records).toFixed(2);
}

function usageTable(before: readonly Usage[], after: readonly Usage[], sent: SenderResult): string {
  const row = (name: string, index: number): string[] => {
    const seconds = (after[index]?.cpuSeconds ?? 0) - (before[index]?.cpuSeconds ?? 0);
    const peak = megabytes(after[index]?.peakRssBytes ?? 0);
    return [`  ${name}`, seconds.toFixed(1), perRecord(seconds, sent), peak];
  };
  return table([
    ['  process', 'CPU s', 'µs a record', 'peak RSS'],
    row('server', 0),
    row('engine', 1),
    ['  sender', sent.cpuSeconds.toFixed(1), perRecord(sent.cpuSeconds, sent), ''],
  ]);
}

async function measureAcks(server: ServerProcess, options: Options): Promise<void> {
  const rate = 20_000;
  const sent = await send(server.logsUrl, options, [
    `--seconds=${options['ack-seconds'] ?? ''}`,
    `--rate=${rate}`,
    '--per-request=200',
    '--seed=2',
  ]);
  print(
    'ack at 20,000/s',
    `p50 ${sent.ackMsP50.toFixed(1)} ms, p99 ${sent.ackMsP99.toFixed(1)} ms, max ${sent.ackMsMax.toFixed(0)} ms`,
  );
}

async function send(url: string, options: Options, more: string[]): Promise<SenderResult> {
  const { stdout } = await run(process.execPath, [
    '--conditions=source',
    SENDER,
    `--url=${url}`,
    `--connections=${options['connections'] ?? ''}`,
    `--per-request=${options['per-request'] ?? ''}`,
    ...(options['heavy'] ? ['--heavy'] : []),
    ...more,
  ]);
  return JSON.parse(stdout) as SenderResult;
}

/** Waits until merges have come to rest, so that disk figures are what stays. */
async function settle(server: ServerProcess): Promise<void> {
  let bytesBefore = -1;
  for (let round = 0; round < 30; round += 1) {
    const { storage } = await readStatus(server.url);
    const bytes = storage.reduce((sum, each) => sum + each.bytes, 0);
    if (bytes === bytesBefore) return;
    bytesBefore = bytes;
    await pause(3_000);
  }
}

function print(label: string, text: string): void {
  process.stdout.write(`${label.padEnd(16)} ${text}\n`);
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}
