/**
 * The body of an HTTP request, decompressed, with the size limit counted before and after
 * decompression: a gzip bomb stops at the limit, not at the end of memory.
 */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { Failure } from '@tendril/model/failure';
import { freeMemory } from '../pipeline/free-memory.ts';

/** A sender that sends nothing for so long in the middle of a body is cut off. */
const BODY_IDLE_TIMEOUT_MS = 30_000;
const FIRST_CHUNK_BYTES = 64 * 1024;

export interface ReceivedBody {
  /** As sent; what request ids are computed from. */
  readonly encoded: Buffer;
  readonly decoded: Buffer;
  /** Neither will be read any more: their memory serves the next request. */
  readonly release: () => void;
}

export async function receiveBody(
  request: IncomingMessage,
  bytesMax: number,
  encoding: string = request.headers['content-encoding'] ?? 'identity',
): Promise<ReceivedBody> {
  inflaterOf(encoding);
  const encoded = await readEncoded(request, bytesMax);
  const release = (): void => giveBack(encoded);
  return { encoded, decoded: await decompress(encoded, encoding, bytesMax), release };
}

/** Throws `Failure` `unsupported_encoding`, `malformed` or, past the limit, `too_large`. */
export async function decompress(
  encoded: Buffer,
  encoding: string,
  bytesMax: number,
): Promise<Buffer> {
  return await inflated(encoded, inflaterOf(encoding), { encoding, bytesMax });
}

function inflaterOf(header: string): Inflater {
  const encoding = header.trim().toLowerCase();
  const inflate = INFLATERS.get(encoding);
  if (inflate !== undefined) return inflate;
  throw new Failure({
    code: 'unsupported_encoding',
    detail: `content encoding "${encoding.slice(0, 40)}" is not supported; use ${[...INFLATERS.keys()].join(', ')}`,
    params: { encoding: encoding.slice(0, 40) },
  });
}

type Inflater = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer> | Buffer;

const inflateZlib = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate);
const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);

const INFLATERS: ReadonlyMap<string, Inflater> = new Map<string, Inflater>([
  ['identity', (bytes) => bytes],
  ['gzip', promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)],
  // "deflate" is the zlib format (RFC 9110, section 8.4.1.2), but some senders send it raw.
  [
    'deflate',
    (bytes, options) => ((bytes[0] ?? 0) % 16 === 8 ? inflateZlib : inflateRaw)(bytes, options),
  ],
  ['zstd', promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress)],
]);

async function inflated(
  encoded: Buffer,
  inflate: Inflater,
  { encoding, bytesMax }: { encoding: string; bytesMax: number },
): Promise<Buffer> {
  if (encoded.length === 0) return encoded;
  try {
    return await inflate(encoded, { maxOutputLength: bytesMax });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(bytesMax, cause);
    throw new Failure({
      code: 'malformed',
      detail: `the body is not valid ${encoding}`,
      params: { reason: `not valid ${encoding}` },
      cause,
    });
  }
}

function tooLarge(bytesMax: number, cause?: unknown): Failure {
  return new Failure({
    code: 'too_large',
    detail: `the request is larger than ${bytesMax} bytes; send smaller batches`,
    params: { bytesMax },
    cause,
  });
}

async function readEncoded(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length']);
  if (declared > bytesMax) throw tooLarge(bytesMax);
  let body = takeMemory(Number.isFinite(declared) ? declared : FIRST_CHUNK_BYTES);
  let length = 0;
  await new Promise<void>((resolve, reject) => {
    request.setTimeout(BODY_IDLE_TIMEOUT_MS, () => {
      reject(new Failure({ code: 'timeout', detail: `no data for ${BODY_IDLE_TIMEOUT_MS} ms` }));
      request.destroy();
    });
    request.on('data', (chunk: Buffer) => {
      const needed = length + chunk.length;
      if (needed > bytesMax) {
        // Nothing more is read: the answer goes out and the connection is closed after it.
        request.pause();
        reject(tooLarge(bytesMax));
        return;
      }
      if (needed > body.length) body = grown(body, length, Math.min(bytesMax, needed * 2));
      chunk.copy(body, length);
      length = needed;
      freeMemory(chunk);
    });
    request.on('end', resolve);
    request.on('error', reject);
    request.on('close', () => {
      if (!request.complete)
        reject(new Failure({ code: 'aborted', detail: 'the sender went away' }));
    });
  });
  request.setTimeout(0);
  return body.subarray(0, length);
}

// Bodies come to 70 MB/s at full rate. Allocated one by one they keep the garbage collector busy
// (bench ingest-logs), so their memory goes around.
const IDLE_BODIES_MAX = 16;
const IDLE_BODY_BYTES_MAX = 1024 * 1024;
const idleBodies: ArrayBuffer[] = [];

function takeMemory(byteLength: number): Buffer {
  const fitting = idleBodies.findIndex((memory) => memory.byteLength >= byteLength);
  const [memory] = fitting < 0 ? [] : idleBodies.splice(fitting, 1);
  if (memory !== undefined) return Buffer.from(memory);
  // With some room, so that the next, slightly larger one fits too.
  return Buffer.allocUnsafeSlow(Math.ceil(byteLength * 1.25));
}

function giveBack({ buffer }: Buffer): void {
  const isOurs = buffer instanceof ArrayBuffer && buffer.byteLength <= IDLE_BODY_BYTES_MAX;
  if (isOurs && idleBodies.length < IDLE_BODIES_MAX) idleBodies.push(buffer);
}

function grown(body: Buffer, length: number, size: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(size);
  body.copy(larger, 0, 0, length);
  return larger;
}
