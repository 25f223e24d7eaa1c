/**
 * What clients that people use can send at most: each against a sink that acknowledges at once, and against Tendril.
 * A receiver need not take more of one of them than it sends.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isPeerMissing, PYTHON, pythonModule } from '@tendril/testkit/debian-peer';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { ServerProcess } from '../server-process.ts';
import { table } from '../statistics.ts';
import type { ClientResult } from './client.ts';
import { stored, startSink, urlOf } from './receiver-load.ts';
import { receiverEnvironment } from './receivers.ts';

const run = promisify(execFile);
const NODE_CLIENT = join(import.meta.dirname, 'client.ts');
const PYTHON_CLIENT = join(import.meta.dirname, 'python_client.py');

interface ShipperClient {
  readonly name: string;
  readonly receiver: string;
  /** As its program calls it. */
  readonly client: string;
  /** The module of one in Python. */
  readonly python?: string;
}

const CLIENTS: readonly ShipperClient[] = [
  { name: '@elastic/elasticsearch, bulk helper', receiver: 'elastic', client: 'elasticsearch' },
  { name: 'pino-loki', receiver: 'loki', client: 'pino-loki' },
  { name: 'winston-loki', receiver: 'loki', client: 'winston-loki' },
  { name: '@fluent-org/logger', receiver: 'fluent', client: 'fluent-logger' },
  { name: 'lumberjack-client', receiver: 'lumberjack', client: 'lumberjack-client' },
  {
    name: 'python3-elasticsearch, bulk',
    receiver: 'elastic',
    client: 'elasticsearch',
    python: 'elasticsearch',
  },
  { name: 'python3-fluent-logger', receiver: 'fluent', client: 'fluent', python: 'fluent' },
  { name: 'python3-graypy, TCP', receiver: 'gelf-tcp', client: 'graypy', python: 'graypy' },
];

export const clients: Benchmark = {
  name: 'clients',
  summary: 'records per second of the clients that people use, against a sink and against Tendril',
  options: { records: '20000', only: '' },
  run: async (options) => {
    const receivers = [...new Set(CLIENTS.map(({ receiver }) => receiver))];
    const server = await ServerProcess.create({ env: receiverEnvironment(receivers) });
    try {
      await server.start();
      const rows: string[][] = [];
      for (const client of CLIENTS.filter((each) => isWanted(each, options['only'] ?? ''))) {
        rows.push(await measured(server, client, numberOption(options, 'records')));
      }
      const head = ['client', 'sink, records/s', 'Tendril, records/s', 'its own CPU µs a record'];
      process.stdout.write(`${table([head, ...rows])}\n`);
    } finally {
      await server.dispose();
    }
  },
};

function isWanted({ name, python }: ShipperClient, only: string): boolean {
  if (only !== '' && !name.includes(only)) return false;
  return python === undefined || !isPeerMissing(pythonModule(python));
}

async function measured(
  server: ServerProcess,
  client: ShipperClient,
  records: number,
): Promise<string[]> {
  const sink = await startSink(client.receiver);
  const alone = await send(client, sink.url, records).finally(sink.stop);
  const tendril = await send(client, await urlOf(server, client.receiver), records);
  await stored(server, client.receiver);
  const rate = ({ seconds }: ClientResult): string =>
    Math.round(records / seconds).toLocaleString('en');
  const cpuMicroseconds = (alone.cpuSeconds * 1e6) / records;
  return [client.name, rate(alone), rate(tendril), cpuMicroseconds.toFixed(1)];
}

async function send(
  { client, python }: ShipperClient,
  url: string,
  records: number,
): Promise<ClientResult> {
  const { hostname, port } = new URL(url);
  const { stdout } =
    python === undefined
      ? await run(process.execPath, [
          '--conditions=source',
          NODE_CLIENT,
          `--client=${client}`,
          `--url=${url}`,
          `--records=${records}`,
        ])
      : await run(PYTHON, [PYTHON_CLIENT, client, hostname, port, String(records)]);
  const line = stdout.trim().split('\n').at(-1) ?? '';
  return JSON.parse(line) as ClientResult;
}
