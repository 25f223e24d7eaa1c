/**
 * Overload, in two forms. A noisy receiver beside a quiet one: how much slower the quiet one is answered. And all of
 * them while the engine stands still, until the write-ahead log is full: what memory is used, how senders are told to
 * wait, and whether everything that was acknowledged is there afterwards.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OtlpLoad } from '@tendril/testkit/load/otlp-load';
import type { SenderResult } from '../ingest-logs/sender.ts';
import { usageOf } from '../process-usage.ts';
import type { ServerProcess } from '../server-process.ts';
import { megabytes } from '../statistics.ts';
import { accountOf, send, stored } from './receiver-load.ts';

const run = promisify(execFile);
const QUIET_SENDER = join(import.meta.dirname, '../ingest-logs/sender.ts');
/** Records a second, in requests of a hundred. */
const QUIET_RATE = 2_000;
const QUIET_PER_REQUEST = 100;
/** They acknowledge nothing: what was written when the engine stood still may be on its way. */
const UNACKNOWLEDGED: ReadonlySet<string> = new Set(['syslog-tcp', 'gelf-tcp']);

export interface OverloadLoad {
  readonly seconds: number;
  /** Of each receiver. */
  readonly connections: number;
  readonly perRequest: number;
  /** Senders begin when the write-ahead log is full already: for short runs. */
  readonly isFullFirst?: boolean;
}

export interface Neighbour {
  readonly noisy: string;
  readonly alone: SenderResult;
  readonly beside: SenderResult;
}

/** How a receiver with a steady, small load is answered alone and beside a noisy one. */
export async function measureNeighbour(
  server: ServerProcess,
  noisy: string,
  { seconds, connections, perRequest }: OverloadLoad,
): Promise<Neighbour> {
  const alone = await sendQuietly(server, seconds);
  const noise = send(server, noisy, { seconds, connections, perRequest });
  const beside = await sendQuietly(server, seconds);
  await noise;
  await stored(server, noisy);
  return { noisy, alone, beside };
}

async function sendQuietly(server: ServerProcess, seconds: number): Promise<SenderResult> {
  const { stdout } = await run(process.execPath, [
    '--conditions=source',
    QUIET_SENDER,
    `--url=${server.logsUrl}`,
    `--seconds=${seconds}`,
    '--connections=1',
    `--per-request=${QUIET_PER_REQUEST}`,
    `--rate=${QUIET_RATE}`,
    `--seed=${(process.hrtime()[1] % 1_000) + 1_000}`,
  ]);
  return JSON.parse(stdout) as SenderResult;
}

export interface Overload {
  readonly seconds: number;
  readonly rssBytesBefore: number;
  readonly rssBytesMax: number;
  readonly receivers: readonly OverloadedReceiver[];
  /** Acknowledged and not stored. */
  readonly lost: number;
}

interface OverloadedReceiver {
  readonly name: string;
  readonly acknowledged: number;
  readonly stored: number;
  /** How its senders were told to wait. */
  readonly waits: Readonly<Record<string, number>>;
}

export async function measureOverload(
  server: ServerProcess,
  names: readonly string[],
  load: OverloadLoad,
): Promise<Overload> {
  const rssBytesBefore = usageOf(server.pid).rssBytes;
  let rssBytesMax = 0;
  const watch = setInterval(() => {
    rssBytesMax = Math.max(rssBytesMax, usageOf(server.pid).rssBytes);
  }, 200);
  try {
    const receivers = await sendWithoutEngine(server, names, load);
    const lost = receivers
      .filter(({ name }) => !UNACKNOWLEDGED.has(name))
      .reduce((sum, each) => sum + Math.max(0, each.acknowledged - each.stored), 0);
    return { seconds: load.seconds, rssBytesBefore, rssBytesMax, receivers, lost };
  } finally {
    clearInterval(watch);
  }
}

async function sendWithoutEngine(
  server: ServerProcess,
  names: readonly string[],
  load: OverloadLoad,
): Promise<OverloadedReceiver[]> {
  const before = await Promise.all(names.map(async (name) => accountOf(server, name)));
  const engine = server.enginePid;
  process.kill(engine, 'SIGSTOP');
  const sending = sendAll(server, names, load);
  const results = await sending.finally(() => process.kill(engine, 'SIGCONT'));
  const receivers: OverloadedReceiver[] = [];
  for (const [index, name] of names.entries()) {
    await stored(server, name);
    const { records: acknowledged = 0, waits = {} } = results[index] ?? {};
    const storedRecords = (await accountOf(server, name)).stored - (before[index]?.stored ?? 0);
    receivers.push({ name, acknowledged, stored: storedRecords, waits });
  }
  return receivers;
}

async function sendAll(
  server: ServerProcess,
  names: readonly string[],
  load: OverloadLoad,
): Promise<{ readonly records: number; readonly waits: Readonly<Record<string, number>> }[]> {
  const filled = load.isFullFirst === true ? await fillLog(server) : 0;
  const sent = await Promise.all(names.map(async (name) => send(server, name, load)));
  return sent.map(({ records, waits }, index) => ({
    records: records + (names[index] === FILLING ? filled : 0),
    waits,
  }));
}

const FILLING = 'otlp-http';
const FILLING_RECORDS = 1_000;
/** Far more than any write-ahead log of a test holds. */
const FILLING_REQUESTS_MAX = 10_000;

/** Resolves with the number of records that were acknowledged before the first refusal. */
async function fillLog(server: ServerProcess): Promise<number> {
  const startNs = BigInt(Date.now()) * 1_000_000n;
  const load = new OtlpLoad({
    seed: 999,
    recordsPerRequest: FILLING_RECORDS,
    startNs,
    stepNs: 1_000,
  });
  for (let request = 0; request < FILLING_REQUESTS_MAX; request += 1) {
    const answer = await fetch(server.logsUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: new Uint8Array(load.next()),
    });
    await answer.arrayBuffer();
    if (!answer.ok) return request * FILLING_RECORDS;
  }
  throw new Error('the write-ahead log does not fill');
}

export function neighbourText({ noisy, alone, beside }: Neighbour): string {
  const ratio = (one: number, other: number): string => `${(one / other).toFixed(1)} times`;
  return (
    `neighbour: otlp-http at ${QUIET_RATE}/s is answered in p50 ${alone.ackMsP50.toFixed(1)}, p99 ${alone.ackMsP99.toFixed(1)} ms alone; ` +
    `beside overloaded ${noisy} in p50 ${beside.ackMsP50.toFixed(1)}, p99 ${beside.ackMsP99.toFixed(1)} ms ` +
    `(${ratio(beside.ackMsP50, alone.ackMsP50)}, ${ratio(beside.ackMsP99, alone.ackMsP99)})`
  );
}

export function overloadText({
  seconds,
  rssBytesBefore,
  rssBytesMax,
  receivers,
  lost,
}: Overload): string {
  const lines = receivers.map(({ name, acknowledged, stored: storedRecords, waits }) => {
    const told = Object.entries(waits).map(([how, count]) => `${how} ${count}×`);
    return `  ${name.padEnd(12)} ${acknowledged} sent, ${storedRecords} stored; told to wait: ${told.join(', ') || 'never'}`;
  });
  return [
    `overload: the engine stopped for ${seconds} s: memory ${megabytes(rssBytesBefore)} before, ${megabytes(rssBytesMax)} at most; ${lost} acknowledged and lost`,
    ...lines,
  ].join('\n');
}
