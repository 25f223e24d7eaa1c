/**
 * How fast spans go in: OTLP/HTTP protobuf, distinct spans of about 200 B, durable acks, indexes,
 * projections and redaction on, sender and engine on the same cores. The clock stops when the last span
 * can be found.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { numberOption, type Benchmark } from '../benchmark.ts';
import type { SenderResult } from '../ingest-logs/sender.ts';
import { usageOf } from '../process-usage.ts';
import { pause, ServerProcess } from '../server-process.ts';
import { countSpans, readStatus } from '../tendril-api.ts';

const run = promisify(execFile);
const SENDER = join(import.meta.dirname, '../ingest-logs/sender.ts');

export const ingestSpans: Benchmark = {
  name: 'ingest-spans',
  summary: 'spans per second to durable and searchable, and what they take on disk',
  options: { seconds: '30', connections: '4', 'per-request': '1000' },
  run: async (options) => {
    const server = await ServerProcess.create();
    try {
      await server.start();
      await measure(server, options);
    } finally {
      await server.dispose();
    }
  },
};

async function measure(
  server: ServerProcess,
  options: Readonly<Record<string, string>>,
): Promise<void> {
  const before = cpuOf(server);
  const startedMs = performance.now();
  const { stdout } = await run(process.execPath, [
    '--conditions=source',
    SENDER,
    '--spans',
    `--url=${server.tracesUrl}`,
    `--seconds=${numberOption(options, 'seconds')}`,
    `--connections=${numberOption(options, 'connections')}`,
    `--per-request=${numberOption(options, 'per-request')}`,
  ]);
  const sent = JSON.parse(stdout) as SenderResult;
  const found = await countSpans(server.url);
  const seconds = (performance.now() - startedMs) / 1_000;
  if (found !== sent.records) throw new Error(`${sent.records} were sent, ${found} are found`);
  const after = cpuOf(server);
  const perSpan = (used: number): string => `${((used * 1e6) / found).toFixed(2)} µs`;
  print('ingest', `${Math.round(found / seconds).toLocaleString('en')} spans/s (${found} spans)`);
  print('ack', `p50 ${sent.ackMsP50.toFixed(1)} ms, p99 ${sent.ackMsP99.toFixed(1)} ms`);
  print(
    'CPU a span',
    `server ${perSpan(after.server - before.server)}, engine ${perSpan(after.engine - before.engine)}, sender ${perSpan(sent.cpuSeconds)}`,
  );
  print('disk', `${(await settledBytes(server, found)).toFixed(1)} B a span, all tables`);
}

function cpuOf(server: ServerProcess): { readonly server: number; readonly engine: number } {
  return {
    server: usageOf(server.pid).cpuSeconds,
    engine: usageOf(server.enginePid).cpuSeconds,
  };
}

/** When merges have come to rest. */
async function settledBytes(server: ServerProcess, spans: number): Promise<number> {
  let bytesBefore = -1;
  for (let round = 0; round < 30; round += 1) {
    const { storage } = await readStatus(server.url);
    const bytes = storage.reduce((sum, each) => sum + each.bytes, 0);
    if (bytes === bytesBefore) break;
    bytesBefore = bytes;
    await pause(3_000);
  }
  return bytesBefore / spans;
}

function print(label: string, text: string): void {
  process.stdout.write(`${label.padEnd(12)} ${text}\n`);
}
