/** One of npm's clients, sending as fast as it does; a process of its own. Prints what it took as JSON. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Client } from '@elastic/elasticsearch';
import { FluentClient } from '@fluent-org/logger';
import LumberjackClient from 'lumberjack-client';
import { pinoLoki } from 'pino-loki';
import winston from 'winston';
import LokiTransport from 'winston-loki';
import { ReceiverLoad, type LoadRecord } from './load.ts';

export interface ClientResult {
  readonly records: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const { values } = parseArgs({
  options: {
    client: { type: 'string', default: '' },
    url: { type: 'string', default: '' },
    records: { type: 'string', default: '20000' },
  },
});

const SEEDS = 900;

type SendAll = (url: URL, records: readonly LoadRecord[]) => Promise<void>;

const CLIENTS: Readonly<Record<string, SendAll>> = {
  elasticsearch: async (url, records) => {
    const client = new Client({ node: url.origin });
    const datasource = records.map((record) => ({
      '@timestamp': new Date(record.timeMs).toISOString(),
      log: { level: record.level },
      service: { name: record.service },
      message: record.message,
      operationID: record.operationId,
    }));
    const onDocument = (): object => ({ create: { _index: 'logs' } });
    await client.helpers.bulk({ datasource, onDocument: onDocument as () => { create: object } });
    await client.close();
  },
  'pino-loki': async (url, records) => {
    const stream = pinoLoki({
      host: url.origin,
      labels: { app: 'pino' },
      batching: { interval: 1 },
    });
    for (const { message, operationId, timeMs } of records) {
      stream.write(`${JSON.stringify({ level: 30, time: timeMs, msg: message, operationId })}\n`);
    }
    await new Promise<void>((resolve) => {
      stream.end();
      stream.on('close', () => resolve());
    });
  },
  'winston-loki': async (url, records) => {
    const transport = new LokiTransport({
      host: url.origin,
      labels: { app: 'winston' },
      json: false,
      batching: true,
      interval: 0.1,
      gracefulShutdown: false,
    });
    const logger = winston.createLogger({ transports: [transport] });
    for (const { message, operationId } of records) logger.info(message, { operationId });
    await transport.flush();
    await transport.close?.();
  },
  'fluent-logger': async (url, records) => {
    const socket = { host: url.hostname, port: Number(url.port) };
    const client = new FluentClient('client', { socket, eventMode: 'PackedForward' });
    await Promise.all(
      records.map(async ({ level, message, operationId }) =>
        client.emit('app', { level, message, operationId }),
      ),
    );
    await client.disconnect();
  },
  'lumberjack-client': async (url, records) => {
    const client = new LumberjackClient({ host: url.hostname, port: Number(url.port) });
    const { socket } = client;
    if (socket === undefined) throw new Error('it does not connect');
    await once(socket, 'connect');
    for (const { level, message, operationId, timeMs } of records) {
      const time = new Date(timeMs).toISOString();
      client.log({ '@timestamp': time, log: { level }, message, operationID: operationId });
    }
    // It does not listen to answers; the server closes when it has stored what came.
    socket.resume().end();
    await once(socket, 'close');
  },
};

const sendAll = CLIENTS[values.client];
if (sendAll === undefined) throw new Error(`there is no client ${values.client}`);
const load = new ReceiverLoad(process.pid % SEEDS).next(Number(values.records));
const usageBefore = process.cpuUsage();
const startedMs = performance.now();
await sendAll(new URL(values.url), load);
const { user, system } = process.cpuUsage(usageBefore);
const result: ClientResult = {
  records: load.length,
  seconds: (performance.now() - startedMs) / 1_000,
  cpuSeconds: (user + system) / 1e6,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
