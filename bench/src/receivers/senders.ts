/** A connection to a receiver that sends batches in its protocol and waits for each answer, where there is one. */
import { once } from 'node:events';
import { Agent, request, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { OtlpLoad } from '@tendril/testkit/load/otlp-load';
import { pause } from '../server-process.ts';
import {
  bulkBody,
  fluentBytes,
  gelfBytes,
  journalBody,
  linesBody,
  lokiBody,
  lumberjackFrames,
  lumberjackWindow,
  syslogBytes,
} from './encode.ts';
import type { LoadRecord } from './load.ts';

export interface Batch {
  readonly records: readonly LoadRecord[];
  /** Its id, in protocols that have one. */
  readonly chunk: string;
  /** When it is encoded already. */
  readonly bytes?: Uint8Array;
}

/** How a protocol writes a batch. */
export interface Encoding {
  readonly bytesOf: (records: readonly LoadRecord[], chunk: string) => string | Uint8Array;
  /** What is left to do when all else is written. */
  readonly finish?: (bytes: Uint8Array, records: readonly LoadRecord[]) => Uint8Array;
}

/** By receiver; OTLP has a load of its own. */
export const ENCODINGS: Readonly<Record<string, Encoding>> = {
  ndjson: { bytesOf: linesBody },
  elastic: { bytesOf: bulkBody },
  loki: { bytesOf: lokiBody },
  journald: { bytesOf: journalBody },
  lumberjack: {
    bytesOf: lumberjackFrames,
    finish: (frames, { length }) => lumberjackWindow(frames, length),
  },
  fluent: { bytesOf: fluentBytes },
  'syslog-tcp': { bytesOf: syslogBytes },
  'gelf-tcp': { bytesOf: gelfBytes },
};

/** False when it was refused for now, or its answer did not come. */
export type Send = (batch: Batch) => Promise<boolean>;

export interface SendContext {
  /** Its number among those of its sender. */
  readonly connection: number;
  readonly perRequest: number;
  /** Without a word from the server for so long, an answer is given up. */
  readonly silenceMs: () => number;
  /** Called with how the server made it wait. */
  readonly noteWait: (how: string) => void;
}

/** A stream that is not read for so long is not merely busy. */
const NOT_READ_MS = 1_000;

export function senderOf(receiver: string, url: URL, context: SendContext): Send {
  switch (receiver) {
    case 'otlp-http':
      return otlpSender(url, context);
    case 'ndjson':
      return bodySender(receiver, url, { path: '/api/v1/ingest', type: NDJSON }, context);
    case 'elastic':
      return bodySender(receiver, url, { path: '/_bulk', type: NDJSON }, context);
    case 'loki':
      return bodySender(receiver, url, { path: '/loki/api/v1/push', type: JSON_TYPE }, context);
    case 'journald':
      return bodySender(receiver, url, { path: '/upload', type: JOURNAL }, context);
    case 'lumberjack':
      return answeredSender(receiver, url, lastSequence, context);
    case 'fluent':
      return answeredSender(receiver, url, (answer) => answer.length > 0, context);
    case 'syslog-tcp':
    case 'gelf-tcp':
      return streamSender(receiver, url, context);
    default:
      throw new Error(`there is no sender for ${receiver}`);
  }
}

const NDJSON = 'application/x-ndjson';
const JSON_TYPE = 'application/json';
const JOURNAL = 'application/vnd.fdo.journal';

function bytesOf(receiver: string, { bytes, chunk, records }: Batch): Uint8Array {
  if (bytes !== undefined) return bytes;
  const encoding = ENCODINGS[receiver];
  if (encoding === undefined) throw new Error(`there is no encoding for ${receiver}`);
  const encoded = Buffer.from(encoding.bytesOf(records, chunk));
  return encoding.finish?.(encoded, records) ?? encoded;
}

/** Protobuf, as collectors send it; its records are those of the bench ingest-logs. */
function otlpSender(url: URL, context: SendContext): Send {
  const { connection, perRequest } = context;
  const startNs = BigInt(Date.now()) * 1_000_000n;
  // Below 1,000, and another one in each run.
  const seed = (process.pid * 31 + connection) % 1_000;
  const load = new OtlpLoad({ seed, recordsPerRequest: perRequest, startNs, stepNs: 1_000 });
  return httpSender(
    url,
    { path: '/v1/logs', type: 'application/x-protobuf', bodyOf: () => load.next() },
    context,
  );
}

function bodySender(
  receiver: string,
  url: URL,
  target: Omit<Posting, 'bodyOf'>,
  context: SendContext,
): Send {
  return httpSender(url, { ...target, bodyOf: (batch) => bytesOf(receiver, batch) }, context);
}

interface Posting {
  readonly path: string;
  readonly type: string;
  readonly bodyOf: (batch: Batch) => Uint8Array;
}

function httpSender(
  url: URL,
  { path, type, bodyOf }: Posting,
  { silenceMs, noteWait }: SendContext,
): Send {
  const target = new URL(path, url);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return async (batch) => {
    const body = bodyOf(batch);
    const headers = {
      'content-type': type,
      'content-length': body.length,
      'tendril-batch-id': batch.chunk,
    };
    const signal = AbortSignal.timeout(silenceMs());
    try {
      const answer = await post(target, { method: 'POST', agent, headers, signal }, body);
      const isOk = answer.status < 300;
      if (!isOk) noteWait(`${answer.status} ${answer.isHinted ? '' : 'no '}Retry-After`);
      return isOk;
    } catch {
      // A connection that was cut, or no answer in time: the batch is sent again.
      return false;
    }
  };
}

interface HttpAnswer {
  readonly status: number;
  /** It says when to come again. */
  readonly isHinted: boolean;
}

// Not by `fetch`, which takes several times the processor time.
async function post(url: URL, options: RequestOptions, body: Uint8Array): Promise<HttpAnswer> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(url, options, (response) => {
      const status = response.statusCode ?? 0;
      const isHinted = response.headers['retry-after'] !== undefined;
      response.resume();
      response.on('end', () => resolve({ status, isHinted }));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function lastSequence(bytes: Buffer, { records }: Batch): boolean {
  for (let at = 0; at + 6 <= bytes.length; at += 6) {
    if (bytes.readUInt32BE(at + 2) === records.length) return true;
  }
  return false;
}

/** `isAnswer`: whether what has come since the batch is its answer. */
function answeredSender(
  receiver: string,
  url: URL,
  isAnswer: (bytes: Buffer, batch: Batch) => boolean,
  { silenceMs, noteWait }: SendContext,
): Send {
  let socket: Socket | undefined;
  return async (batch) => {
    const connection = socket?.destroyed === false ? socket : open(url);
    socket = connection;
    connection.write(bytesOf(receiver, batch));
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

function streamSender(receiver: string, url: URL, { silenceMs, noteWait }: SendContext): Send {
  const socket = open(url);
  return async (batch) => {
    if (socket.destroyed) return false;
    if (!socket.write(bytesOf(receiver, batch))) {
      const beganMs = performance.now();
      await Promise.race([once(socket, 'drain'), pause(silenceMs())]);
      if (performance.now() - beganMs > NOT_READ_MS) noteWait('not read');
    }
    return true;
  };
}

function open({ hostname, port }: URL): Socket {
  const socket = connect(Number(port), hostname);
  socket.on('error', () => socket.destroy());
  return socket;
}
