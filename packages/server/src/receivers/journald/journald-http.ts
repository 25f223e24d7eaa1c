/**
 * The receiver `journald`: systemd-journal-upload posts a whole backlog in one request without an end in sight. It is
 * stored as it comes, and answered when its last entry is on disk; until then nothing more is read
 * than is stored.
 */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { messageOf } from '@tendril/model/failure';
import { NS_PER_MS } from '@tendril/model/time-range';
import { JournalExport, type JournalEntry } from '../../protocols/journald/export-format.ts';
import { cursorOf, decodeJournalEntries } from '../../protocols/journald/journal-entries.ts';
import { reserveMemory, type HttpProtocol, type ReceiverCall } from '../http-receiver.ts';
import { ingestPatiently } from '../patient-ingest.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';

const SOURCE = 'journald';
const MEDIA_TYPE = 'application/vnd.fdo.journal';
/**
 * Parts of a request are cut by what they hold alone, so that one that is sent again is cut alike; small enough that
 * other senders do not wait for long.
 */
const STORE_BYTES: number = 4 * 1024 * 1024;
const STORE_ENTRIES = 1_024;
/** A sender that sends nothing for so long in the middle of a request is cut off. */
const IDLE_MS_MAX = 60_000;

export function journaldProtocol(dependencies: ReceiverDependencies): HttpProtocol {
  return {
    handle: async (call) => handle(call, dependencies),
    fail: ({ response }, { httpStatus }, error) => {
      if (httpStatus === 401) response.setHeader('www-authenticate', 'Basic realm="tendril"');
      answerText(response, httpStatus, messageOf(error));
    },
  };
}

async function handle(call: ReceiverCall, dependencies: ReceiverDependencies): Promise<void> {
  const { request, response, path } = call;
  const { authorization, host, origin } = request.headers;
  dependencies.access.authorize({
    route: SOURCE,
    remoteAddress: request.socket.remoteAddress ?? '',
    authorization,
    host,
    origin,
  });
  if (path !== '/upload') {
    answerText(response, 404, 'nothing here; systemd-journal-upload posts to /upload');
  } else if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    answerText(response, 405, `${request.method ?? ''} is not allowed here; POST a journal`);
  } else if (mediaTypeOf(call) !== MEDIA_TYPE) {
    answerText(response, 415, `content type must be ${MEDIA_TYPE}`);
  } else {
    await reserveMemory(call);
    await upload(call, dependencies);
    answerText(response, 202, 'OK.');
  }
}

function mediaTypeOf({ request }: ReceiverCall): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

async function upload(
  { request }: ReceiverCall,
  dependencies: ReceiverDependencies,
): Promise<void> {
  const journal = new JournalExport();
  const stopping = new AbortController();
  request.on('close', () => stopping.abort());
  request.setTimeout(IDLE_MS_MAX, () => {
    if (!request.isPaused()) request.destroy();
  });
  const part = new Part(dependencies, stopping.signal);
  for await (const chunk of request) {
    for (const entry of journal.push(chunk as Buffer)) await part.add(entry);
  }
  for (const entry of journal.end()) await part.add(entry);
  await part.store();
}

/** The entries that were read and are not stored yet. */
class Part {
  private readonly dependencies: ReceiverDependencies;
  private readonly signal: AbortSignal;
  private entries: JournalEntry[] = [];
  private bytes = 0;

  constructor(dependencies: ReceiverDependencies, signal: AbortSignal) {
    this.dependencies = dependencies;
    this.signal = signal;
  }

  async add(entry: JournalEntry): Promise<void> {
    this.entries.push(entry);
    this.bytes += entry.byteLength;
    if (this.bytes >= STORE_BYTES || this.entries.length >= STORE_ENTRIES) await this.store();
  }

  async store(): Promise<void> {
    const { entries } = this;
    if (entries.length === 0) return;
    this.entries = [];
    this.bytes = 0;
    const { pipeline, writer, nowMs } = this.dependencies;
    const nowNs = BigInt(nowMs()) * NS_PER_MS;
    const request = {
      source: SOURCE,
      ...requestIdOf(entries),
      decode: (sink: Parameters<typeof decodeJournalEntries>[2]) =>
        decodeJournalEntries(entries, writer, sink, nowNs),
    };
    await ingestPatiently(pipeline, request, this.signal);
  }
}

function requestIdOf(entries: readonly JournalEntry[]): { readonly requestId?: string } {
  let cursors = '';
  for (const entry of entries) {
    const cursor = cursorOf(entry);
    if (cursor === '') return {};
    cursors += `${cursor}\n`;
  }
  // In one piece: a call into native code for each entry would cost more than what it does.
  return { requestId: `${SOURCE}:${createHash('sha1').update(cursors).digest('base64url')}` };
}

function answerText(response: ServerResponse, status: number, text: string): void {
  const isWhole = response.req.complete;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    // What was not read of the request would be taken for the next one.
    ...(!isWhole && { connection: 'close' }),
  });
  response.end(`${text}\n`);
}
