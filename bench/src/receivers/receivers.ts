/**
 * Every receiver beside OTLP in one run: records per second until the last is stored, and the server's CPU
 * time for one. Then all of them overloaded.
 */
import { numberOption, type Benchmark } from '../benchmark.ts';
import { usageOf } from '../process-usage.ts';
import { ServerProcess } from '../server-process.ts';
import { table } from '../statistics.ts';
import { measureNeighbour, measureOverload, neighbourText, overloadText } from './overload.ts';
import { accountOf, send, sendToSink, stored } from './receiver-load.ts';

const BASE = 'otlp-http';
export const RECEIVERS: readonly string[] = [
  BASE,
  'ndjson',
  'elastic',
  'loki',
  'lumberjack',
  'fluent',
  'syslog-tcp',
  'gelf-tcp',
  'journald',
];

export const receivers: Benchmark = {
  name: 'receivers',
  summary: 'records per second of every receiver beside OTLP, and memory when all are overloaded',
  options: {
    seconds: '10',
    'warm-up-seconds': '3',
    connections: '2',
    'per-request': '1000',
    'overload-seconds': '60',
    noisy: 'elastic',
    only: '',
  },
  run: runReceivers,
};

type Options = Readonly<Record<string, string>>;

async function runReceivers(options: Options): Promise<void> {
  const only = (options['only'] ?? '').split(',').filter(Boolean);
  const names = RECEIVERS.filter((name) => only.length === 0 || only.includes(name));
  const server = await ServerProcess.create({ env: receiverEnvironment(names) });
  try {
    await server.start();
    if (numberOption(options, 'seconds') > 0) await measureRates(server, names, options);
    const seconds = numberOption(options, 'overload-seconds');
    if (seconds === 0) return;
    const perRequest = numberOption(options, 'per-request');
    // Ten times as many as keep it busy.
    const connections = numberOption(options, 'connections') * 10;
    const load = { seconds, connections, perRequest };
    const neighbour = await measureNeighbour(server, options['noisy'] ?? '', load);
    process.stdout.write(`${neighbourText(neighbour)}\n`);
    const overload = await measureOverload(server, names, load);
    process.stdout.write(`${overloadText(overload)}\n`);
    if (overload.lost > 0) process.exitCode = 1;
  } finally {
    await server.dispose();
  }
}

/** Turns them on, with a write-ahead log so small that overload is reached within seconds. */
export function receiverEnvironment(
  names: readonly string[],
  walBytesMax: string = '256MiB',
): Record<string, string> {
  const own = names.filter((name) => name !== BASE && name !== 'ndjson');
  const listen = own.map((name) => [
    `TENDRIL_RECEIVERS_${name.replaceAll('-', '_').toUpperCase()}_LISTEN`,
    '127.0.0.1:0',
  ]);
  return {
    ...Object.fromEntries(listen),
    TENDRIL_CANARY_ENABLED: 'false',
    TENDRIL_WAL_BYTES_MAX: walBytesMax,
  };
}

interface Measured {
  readonly name: string;
  readonly rate: number;
  /** What the sender does where it is acknowledged at once. */
  readonly sinkRate: number;
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
  const rows = measured.map(({ name, rate, sinkRate, cpuMicroseconds, senderCpuSeconds }) => [
    `  ${name}`,
    Math.round(rate).toLocaleString('en'),
    Math.round(sinkRate).toLocaleString('en'),
    cpuMicroseconds.toFixed(1),
    (cpuMicroseconds / (base?.cpuMicroseconds ?? cpuMicroseconds)).toFixed(2),
    senderCpuSeconds.toFixed(1),
  ]);
  const head = ['  receiver', 'records/s', 'sender alone', 'server µs', '× OTLP', 'sender CPU s'];
  process.stdout.write(`${table([head, ...rows])}\n`);
}

async function measureRate(
  server: ServerProcess,
  name: string,
  options: Options,
): Promise<Measured> {
  const load = {
    perRequest: numberOption(options, 'per-request'),
    seconds: numberOption(options, 'seconds'),
    connections: numberOption(options, 'connections'),
  };
  const alone = await sendToSink(name, { ...load, seconds: SINK_SECONDS });
  const before = usageOf(server.pid);
  const storedBefore = (await accountOf(server, name)).stored;
  const sent = await send(server, name, load);
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
    sinkRate: alone.records / alone.seconds,
    cpuMicroseconds: (cpuSeconds * 1e6) / storedRecords,
    senderCpuSeconds: sent.cpuSeconds,
  };
}

const SINK_SECONDS = 2;
/** Records of batches that were on their way when the sender stopped. */
const LAST_WRITES = 20_000;
