/** Takes OTLP requests and counts their records, without a pipeline behind it. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { zstdDecompressSync } from 'node:zlib';

const LOOK_MS = 100;

export class CountingServer {
  records = 0;
  private server: Server;
  private port = 0;
  private heardAtMs = performance.now();
  private readonly seen: Set<string> = new Set();

  private constructor() {
    this.server = this.listener();
  }

  static async start(): Promise<CountingServer> {
    const counting = new CountingServer();
    await counting.resume();
    return counting;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Nobody answers on the port. */
  async pause(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    this.server = this.listener();
  }

  async resume(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    this.heardAtMs = performance.now();
  }

  /** Something has come, and nothing for so long. */
  async quiet(ms: number): Promise<void> {
    while (this.records === 0) await sleep(LOOK_MS);
    while (performance.now() - this.heardAtMs < ms) await sleep(LOOK_MS);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private listener(): Server {
    return createServer((request, response) => {
      if (request.url !== '/v1/logs') {
        response.writeHead(404).end();
        return;
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.heardAtMs = performance.now();
        this.take(String(request.headers['tendril-batch-id']), Buffer.concat(chunks));
        response.end();
      });
    });
  }

  /** A request that is sent again is counted once, as a server counts it. */
  private take(batchId: string, body: Buffer): void {
    if (this.seen.has(batchId)) return;
    this.seen.add(batchId);
    this.records += recordCount(zstdDecompressSync(body));
  }
}

/** Of an `ExportLogsServiceRequest`: field 1, in it field 2, in it field 2. */
function recordCount(body: Buffer): number {
  let records = 0;
  for (const resource of messages(body, 1)) {
    for (const scope of messages(resource, 2)) records += messages(scope, 2).length;
  }
  return records;
}

function messages(body: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const tag = varint(body, at);
    const length = varint(body, tag.end);
    // All fields down to the records are messages.
    if (tag.value % 8 !== 2) throw new Error('no OTLP request');
    const end = length.end + length.value;
    if (Math.floor(tag.value / 8) === wanted) found.push(body.subarray(length.end, end));
    at = end;
  }
  return found;
}

function varint(body: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, factor = 1; ; at += 1, factor *= 128) {
    const byte = body[at] ?? 0;
    value += (byte % 128) * factor;
    if (byte < 128) return { value, end: at + 1 };
  }
}
