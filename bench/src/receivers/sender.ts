/**
 * Sends distinct records to one receiver for a time, waiting for each acknowledgement where there is one. A
 * process of its own; prints what came of it as JSON. Refused batches are sent again, as shippers do.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import {
  bulkBody,
  fluentBytes,
  gelfBytes,
  journalBody,
  linesBody,
  lokiBody,
  lumberjackBytes,
  syslogBytes,
} from './encode.ts';
import { OtlpLoad } from '@tendril/testkit/load/otlp-load';
import { ReceiverLoad, type LoadRecord } from './load.ts';

export interface ReceiverSenderResult {
  /** Acknowledged, or written where nothing is acknowledged. */
  readonly records: number;
  readonly refusals: number;
  /** How the sender was told to wait, and how often, in its protocol's words. */
  readonly waits: Readonly<Record<string, number>>;
  readonly cpuSeconds: number;
  /** From the first record to the last answer. */
  readonly seconds: number;
}

interface Batch {
  readonly records: readonly LoadRecord[];
  readonly chunk: string;
}

/** False when it was refused for now. */
type Send = (batch: Batch) => Promise<boolean>;

const RETRY_MS = 200;
/** A stream that is not read for so long is not merely busy. */
const NOT_READ_MS = 1_000;
/** Without a word from the server in this time everything is sent again, as Beats do. */
const SILENCE_MS_MAX = 30_000;

const { values } = parseArgs({
  options: {
    receiver: { type: 'string', default: '' },
    url: { type: 'string', default: '' },
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '2' },
    'per-request': { type: 'string', default: '1000' },
  },
});

const perRequest = Number(values['per-request']);
const counts = { records: 0, refusals: 0 };
const waits: Record<string, number> = {};
const connections = Array.from({ length: Number(values.connections) }, (_, connection) => ({
  load: new ReceiverLoad(randomBytes(3).readUIntBE(0, 3) + connection),
  send: senderOf(values.receiver, new URL(values.url), connection),
}));
// Loads take their time to be made.
const startedMs = performance.now();
const untilMs = startedMs + Number(values.seconds) * 1_000;
await Promise.all(connections.map(sendUntilEnd));
const { user, system } = process.cpuUsage();
const seconds = (performance.now() - startedMs) / 1_000;
const result: ReceiverSenderResult = {
  ...counts,
  waits,
  cpuSeconds: (user + system) / 1e6,
  seconds,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);

async function sendUntilEnd({
  load,
  send,
}: {
  readonly load: ReceiverLoad;
  readonly send: Send;
}): Promise<void> {
  let batch = nextBatch(load);
  while (performance.now() < untilMs) {
    if (await send(batch)) {
      counts.records += batch.records.length;
      batch = nextBatch(load);
      continue;
    }
    counts.refusals += 1;
    await pause(RETRY_MS);
  }
}

function nextBatch(load: ReceiverLoad): Batch {
  return { records: load.next(perRequest), chunk: randomBytes(16).toString('base64') };
}

function senderOf(receiver: string, url: URL, connection: number): Send {
  switch (receiver) {
    case 'otlp-http':
      return otlpSender(url, connection);
    case 'ndjson':
      return httpSender(url, '/api/v1/ingest', 'application/x-ndjson', linesBody);
    case 'elastic':
      return httpSender(url, '/_bulk', 'application/x-ndjson', bulkBody);
    case 'loki':
      return httpSender(url, '/loki/api/v1/push', 'application/json', lokiBody);
    case 'journald':
      return httpSender(url, '/upload', 'application/vnd.fdo.journal', journalBody);
    case 'lumberjack':
      return answeredSender(url, ({ records }) => lumberjackBytes(records), lastSequence);
    case 'fluent':
      return answeredSender(
        url,
        ({ records, chunk }) => fluentBytes(records, chunk),
        (answer) => answer.length > 0,
      );
    case 'syslog-tcp':
      return streamSender(url, syslogBytes);
    case 'gelf-tcp':
      return streamSender(url, gelfBytes);
    default:
      throw new Error(`there is no sender for ${receiver}`);
  }
}

/** Protobuf, as collectors send it; its records are those of the bench ingest-logs. */
function otlpSender(url: URL, connection: number): Send {
  const startNs = BigInt(Date.now()) * 1_000_000n;
  // Below 1,000, and another one in each run.
  const seed = (process.pid * 31 + connection) % 1_000;
  const load = new OtlpLoad({ seed, recordsPerRequest: perRequest, startNs, stepNs: 1_000 });
  return httpSender(url, '/v1/logs', 'application/x-protobuf', () => new Uint8Array(load.next()));
}

function httpSender(
  url: URL,
  path: string,
  contentType: string,
  bodyOf: (records: readonly LoadRecord[]) => string | Uint8Array<ArrayBuffer>,
): Send {
  const target = new URL(path, url);
  return async ({ records }) => {
    try {
      const answer = await fetch(target, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body: bodyOf(records),
        signal: AbortSignal.timeout(silenceMs()),
      });
      await answer.arrayBuffer();
      if (!answer.ok) {
        const hint = answer.headers.has('retry-after') ? 'Retry-After' : 'no Retry-After';
        noteWait(`${answer.status} ${hint}`);
      }
      return answer.ok;
    } catch {
      // A connection that was cut, or no answer in time: the batch is sent again.
      return false;
    }
  };
}

/** Whether what has come since the batch is its answer. */
type IsAnswer = (bytes: Buffer, batch: Batch) => boolean;

function lastSequence(bytes: Buffer, { records }: Batch): boolean {
  for (let at = 0; at + 6 <= bytes.length; at += 6) {
    if (bytes.readUInt32BE(at + 2) === records.length) return true;
  }
  return false;
}

function answeredSender(url: URL, bytesOf: (batch: Batch) => Uint8Array, isAnswer: IsAnswer): Send {
  let socket: Socket | undefined;
  return async (batch) => {
    const connection = socket?.destroyed === false ? socket : open(url);
    socket = connection;
    connection.write(bytesOf(batch));
    let received = Buffer.alloc(0);
    try {
      while (!isAnswer(received, batch)) {
        const signal = AbortSignal.timeout(silenceMs());
        const [chunk]: unknown[] = await once(connection, 'data', { signal });
        received = Buffer.concat([received, chunk as Buffer]);
        if (!isAnswer(received, batch)) noteWait('keep-alive');
      }
      return true;
    } catch {
      noteWait('answer withheld');
      connection.destroy();
      return false;
    }
  };
}

function streamSender(url: URL, bytesOf: (records: readonly LoadRecord[]) => Uint8Array): Send {
  const socket = open(url);
  return async ({ records }) => {
    if (socket.destroyed) return false;
    if (!socket.write(bytesOf(records))) {
      const beganMs = performance.now();
      await Promise.race([once(socket, 'drain'), pause(silenceMs())]);
      if (performance.now() - beganMs > NOT_READ_MS) noteWait('not read');
    }
    return true;
  };
}

/** A second more than the run, so that what is answered at its end counts. */
function silenceMs(): number {
  const leftMs = Math.max(0, untilMs - performance.now()) + 1_000;
  return Math.min(SILENCE_MS_MAX, Math.ceil(leftMs));
}

function noteWait(how: string): void {
  waits[how] = (waits[how] ?? 0) + 1;
}

function open({ hostname, port }: URL): Socket {
  const socket = connect(Number(port), hostname);
  socket.on('error', () => socket.destroy());
  return socket;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
