/**
 * Every receiver beside OTLP in one run: records per second until the last is stored, and the server's CPU
 * time for one. Then overload: the engine stops, ten times as many connections push, and the server's memory is
 * watched; afterwards everything acknowledged has to be there.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { usageOf } from '../process-usage.ts';
import { pause, ServerProcess } from '../server-process.ts';
import { megabytes, table } from '../statistics.ts';
import { readStatus } from '../tendril-api.ts';
import type { ReceiverSenderResult } from './sender.ts';

const run = promisify(execFile);
const SENDER = join(import.meta.dirname, 'sender.ts');
const BASE = 'otlp-http';
const RECEIVERS = [
  BASE,
  'ndjson',
  'elastic',
  'loki',
  'lumberjack',
  'fluent',
  'syslog-tcp',
  'gelf-tcp',
  'journald',
] as const;

export const receivers: Benchmark = {
  name: 'receivers',
  summary: 'records per second of every receiver beside OTLP, and memory when all are overloaded',
  options: {
    seconds: '10',
    'warm-up-seconds': '3',
    connections: '2',
    'per-request': '1000',
    'overload-seconds': '60',
    only: '',
  },
  run: runReceivers,
};

type Options = Readonly<Record<string, string>>;

async function runReceivers(options: Options): Promise<void> {
  const only = (options['only'] ?? '').split(',').filter(Boolean);
  const names = RECEIVERS.filter((name) => only.length === 0 || only.includes(name));
  const server = await ServerProcess.create({ env: environment(names) });
  try {
    await server.start();
    await measureRates(server, names, options);
    const seconds = numberOption(options, 'overload-seconds');
    if (seconds > 0) await measureOverload(server, names, { options, seconds });
  } finally {
    await server.dispose();
  }
}

function environment(names: readonly string[]): Record<string, string> {
  const own = names.filter((name) => name !== BASE && name !== 'ndjson');
  const listen = own.map((name) => [
    `TENDRIL_RECEIVERS_${name.replaceAll('-', '_').toUpperCase()}_LISTEN`,
    '127.0.0.1:0',
  ]);
  return {
    ...Object.fromEntries(listen),
    TENDRIL_CANARY_ENABLED: 'false',
    // Small, so that overload is reached within seconds.
    TENDRIL_WAL_BYTES_MAX: '256MiB',
  };
}

interface Measured {
  readonly name: string;
  readonly rate: number;
  readonly cpuMicroseconds: number;
  readonly senderCpuSeconds: number;
}

async function measureRates(
  server: ServerProcess,
  names: readonly string[],
  options: Options,
): Promise<void> {
  const measured: Measured[] = [];
  for (const name of names) {
    // Code that has not run yet is slow, and that is not what is asked.
    await measureRate(server, name, { ...options, seconds: options['warm-up-seconds'] ?? '' });
    measured.push(await measureRate(server, name, options));
  }
  const base = measured.find(({ name }) => name === BASE) ?? measured[0];
  const rows = measured.map(({ name, rate, cpuMicroseconds, senderCpuSeconds }) => [
    `  ${name}`,
    Math.round(rate).toLocaleString('en'),
    (rate / (base?.rate ?? rate)).toFixed(2),
    cpuMicroseconds.toFixed(1),
    (cpuMicroseconds / (base?.cpuMicroseconds ?? cpuMicroseconds)).toFixed(2),
    senderCpuSeconds.toFixed(1),
  ]);
  const head = ['  receiver', 'records/s', '× OTLP', 'server µs', '× OTLP', 'sender CPU s'];
  process.stdout.write(`${table([head, ...rows])}\n`);
}

async function measureRate(
  server: ServerProcess,
  name: string,
  options: Options,
): Promise<Measured> {
  const before = usageOf(server.pid);
  const storedBefore = (await accountOf(server, name)).stored;
  const sent = await send(server, name, {
    options,
    seconds: numberOption(options, 'seconds'),
    connections: numberOption(options, 'connections'),
  });
  const sentMs = performance.now();
  await stored(server, name);
  const seconds = sent.seconds + (performance.now() - sentMs) / 1_000;
  const storedRecords = (await accountOf(server, name)).stored - storedBefore;
  if (storedRecords < sent.records - LAST_WRITES) {
    throw new Error(`${name}: ${sent.records} were sent, ${storedRecords} are stored`);
  }
  const cpuSeconds = usageOf(server.pid).cpuSeconds - before.cpuSeconds;
  process.stderr.write(`${name}: ${sent.records} records in ${seconds.toFixed(1)} s\n`);
  return {
    name,
    rate: storedRecords / seconds,
    cpuMicroseconds: (cpuSeconds * 1e6) / storedRecords,
    senderCpuSeconds: sent.cpuSeconds,
  };
}

/** Records of batches that were on their way when the sender stopped. */
const LAST_WRITES = 20_000;

async function measureOverload(
  server: ServerProcess,
  names: readonly string[],
  { options, seconds }: { readonly options: Options; readonly seconds: number },
): Promise<void> {
  const before = usageOf(server.pid);
  const connections = numberOption(options, 'connections') * 10;
  process.kill(server.enginePid, 'SIGSTOP');
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, usageOf(server.pid).rssBytes);
  }, 200);
  let refusals = 0;
  try {
    const results = await Promise.all(
      names.map(async (name) => send(server, name, { options, seconds, connections })),
    );
    refusals = results.reduce((sum, result) => sum + result.refusals, 0);
  } finally {
    clearInterval(watch);
    process.kill(server.enginePid, 'SIGCONT');
  }
  for (const name of names) await stored(server, name);
  process.stdout.write(
    `overload: ${names.length * connections} connections for ${seconds} s with the engine stopped: ` +
      `memory ${megabytes(before.rssBytes)} before, ${megabytes(peakBytes)} at most, ${refusals} refusals; ` +
      'everything acknowledged was stored afterwards\n',
  );
}

interface SendOptions {
  readonly options: Options;
  readonly seconds: number;
  readonly connections: number;
}

async function send(
  server: ServerProcess,
  name: string,
  { options, seconds, connections }: SendOptions,
): Promise<ReceiverSenderResult> {
  const { stdout } = await run(process.execPath, [
    '--conditions=source',
    SENDER,
    `--receiver=${name}`,
    `--url=${await urlOf(server, name)}`,
    `--seconds=${seconds}`,
    `--connections=${connections}`,
    `--per-request=${options['per-request'] ?? ''}`,
  ]);
  return JSON.parse(stdout) as ReceiverSenderResult;
}

async function urlOf(server: ServerProcess, name: string): Promise<string> {
  if (name === 'ndjson') return server.url;
  const { receivers: listening } = await readStatus(server.url);
  const url = listening.find((receiver) => receiver.name === name)?.url;
  if (url === undefined) throw new Error(`${name} does not listen`);
  return url.replace('tcp://', 'http://');
}

/** Resolves when nothing of the receiver is on its way any more. */
async function stored(server: ServerProcess, name: string): Promise<void> {
  let before = -1;
  for (;;) {
    const { received, pending } = await accountOf(server, name);
    if (pending === 0 && received === before) return;
    before = received;
    await pause(250);
  }
}

async function accountOf(
  server: ServerProcess,
  name: string,
): Promise<{ readonly received: number; readonly pending: number; readonly stored: number }> {
  const { accounts } = await readStatus(server.url);
  const account = accounts.find(({ source }) => source === name);
  return account ?? { received: 0, pending: 0, stored: 0 };
}
