/** A connection to a receiver that sends batches in its protocol and waits for each answer, where there is one. */
import { once } from 'node:events';
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
  lumberjackBytes,
  syslogBytes,
} from './encode.ts';
import type { LoadRecord } from './load.ts';

export interface Batch {
  readonly records: readonly LoadRecord[];
  /** Its id, in protocols that have one. */
  readonly chunk: string;
}

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
      return httpSender(
        url,
        { path: '/api/v1/ingest', contentType: 'application/x-ndjson', bodyOf: linesBody },
        context,
      );
    case 'elastic':
      return httpSender(
        url,
        { path: '/_bulk', contentType: 'application/x-ndjson', bodyOf: bulkBody },
        context,
      );
    case 'loki':
      return httpSender(
        url,
        { path: '/loki/api/v1/push', contentType: 'application/json', bodyOf: lokiBody },
        context,
      );
    case 'journald':
      return httpSender(
        url,
        { path: '/upload', contentType: 'application/vnd.fdo.journal', bodyOf: journalBody },
        context,
      );
    case 'lumberjack':
      return answeredSender(
        url,
        { bytesOf: ({ records }) => lumberjackBytes(records), isAnswer: lastSequence },
        context,
      );
    case 'fluent':
      return answeredSender(
        url,
        {
          bytesOf: ({ records, chunk }) => fluentBytes(records, chunk),
          isAnswer: (answer) => answer.length > 0,
        },
        context,
      );
    case 'syslog-tcp':
      return streamSender(url, syslogBytes, context);
    case 'gelf-tcp':
      return streamSender(url, gelfBytes, context);
    default:
      throw new Error(`there is no sender for ${receiver}`);
  }
}

/** Protobuf, as collectors send it; its records are those of the bench ingest-logs. */
function otlpSender(url: URL, context: SendContext): Send {
  const { connection, perRequest } = context;
  const startNs = BigInt(Date.now()) * 1_000_000n;
  // Below 1,000, and another one in each run.
  const seed = (process.pid * 31 + connection) % 1_000;
  const load = new OtlpLoad({ seed, recordsPerRequest: perRequest, startNs, stepNs: 1_000 });
  const bodyOf = (): Uint8Array<ArrayBuffer> => new Uint8Array(load.next());
  return httpSender(
    url,
    { path: '/v1/logs', contentType: 'application/x-protobuf', bodyOf },
    context,
  );
}

interface Posting {
  readonly path: string;
  readonly contentType: string;
  readonly bodyOf: (records: readonly LoadRecord[]) => string | Uint8Array<ArrayBuffer>;
}

function httpSender(
  url: URL,
  { path, contentType, bodyOf }: Posting,
  { silenceMs, noteWait }: SendContext,
): Send {
  const target = new URL(path, url);
  return async ({ records, chunk }) => {
    try {
      const answer = await fetch(target, {
        method: 'POST',
        headers: { 'content-type': contentType, 'tendril-batch-id': chunk },
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

interface Exchange {
  readonly bytesOf: (batch: Batch) => Uint8Array;
  /** Whether what has come since the batch is its answer. */
  readonly isAnswer: (bytes: Buffer, batch: Batch) => boolean;
}

function lastSequence(bytes: Buffer, { records }: Batch): boolean {
  for (let at = 0; at + 6 <= bytes.length; at += 6) {
    if (bytes.readUInt32BE(at + 2) === records.length) return true;
  }
  return false;
}

function answeredSender(
  url: URL,
  { bytesOf, isAnswer }: Exchange,
  { silenceMs, noteWait }: SendContext,
): Send {
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

function streamSender(
  url: URL,
  bytesOf: (records: readonly LoadRecord[]) => Uint8Array,
  { silenceMs, noteWait }: SendContext,
): Send {
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

function open({ hostname, port }: URL): Socket {
  const socket = connect(Number(port), hostname);
  socket.on('error', () => socket.destroy());
  return socket;
}
