/**
 * A file as a line source: plain, gzip or zstd, UTF-8, UTF-16 or GB18030. Reads what is there and ends; where a
 * checkpoint of the same file is given, it goes on from there.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { Failure, messageOf } from '@tendril/model/failure';
import { byteLines } from '../byte-lines.ts';
import type { Checkpoint, LineBatch, LineSource, ReadOptions } from '../line-source.ts';
import { encodingOf } from '../../text-encoding.ts';
import { asUtf8 } from '../as-utf8.ts';
import { compressionOf, decompressor, isBinary } from './file-content.ts';

/** Read at once: large enough for the disk, small enough to answer an interrupt. */
const CHUNK_BYTES: number = 256 * 1024;
/** How much of a file's beginning identifies it. */
const FINGERPRINT_BYTES_MAX = 1024;
/** How much is looked at to tell text from the rest. */
const HEAD_BYTES: number = 8 * 1024;

/** Throws `Failure` `unreadable_file` when the file cannot be opened. */
export async function fileSource(path: string): Promise<LineSource> {
  const identity = await identify(path);
  return {
    name: path,
    resource: { 'log.file.path': path },
    sizeBytes: identity.sizeBytes,
    modifiedAtMs: identity.modifiedAtMs,
    read: (options) => readLines(path, identity, options),
  };
}

interface FileIdentity {
  readonly device: string;
  readonly inode: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly head: Buffer;
}

async function identify(path: string): Promise<FileIdentity> {
  try {
    const file = await open(path);
    try {
      return await identifyOpen(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function identifyOpen(file: FileHandle): Promise<FileIdentity> {
  const stats = await file.stat();
  const head = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
  return {
    device: String(stats.dev),
    inode: String(stats.ino),
    sizeBytes: stats.size,
    modifiedAtMs: stats.mtimeMs,
    head: head.subarray(0, bytesRead),
  };
}

async function* readLines(
  path: string,
  identity: FileIdentity,
  { checkpoint, signal }: ReadOptions,
): AsyncGenerator<LineBatch> {
  const offset = checkpoint && isSameFile(checkpoint, identity) ? checkpoint.offset : 0;
  const isPlain = compressionOf(identity.head) === 'none' && encodingOf(identity.head) === 'utf-8';
  const file = createReadStream(path, {
    start: isPlain ? offset : 0,
    highWaterMark: CHUNK_BYTES,
    ...(signal && { signal }),
  });
  const fingerprintBytes = Math.min(identity.head.length, FINGERPRINT_BYTES_MAX);
  const { device, inode } = identity;
  const fingerprint = fingerprintOf(identity.head, fingerprintBytes);
  const chunks = isPlain
    ? plainText(path, file, identity.head)
    : decodedText(path, file, identity.head, offset);
  try {
    yield* byteLines(chunks, {
      offset,
      checkpointAt: (at) => ({ device, inode, fingerprint, fingerprintBytes, offset: at }),
      readBytes: () => (isPlain ? offset : 0) + file.bytesRead,
    });
  } catch (error) {
    if (signal?.aborted || error instanceof Failure) throw error;
    throw unreadable(path, error);
  } finally {
    file.destroy();
  }
}

async function* plainText(
  path: string,
  file: AsyncIterable<Uint8Array>,
  head: Uint8Array,
): AsyncGenerator<Uint8Array> {
  if (isBinary(head)) throw binary(path);
  yield* file;
}

async function* decodedText(
  path: string,
  file: Readable,
  head: Uint8Array,
  offset: number,
): AsyncGenerator<Uint8Array> {
  const transform = decompressor(compressionOf(head));
  // The callback has nothing to do: an error of either stream ends the iteration below with it.
  const stream = transform ? pipeline(file, transform, () => undefined) : file;
  let encoded: AsyncIterable<Uint8Array> = stream;
  let first: Uint8Array | undefined;
  if (transform) {
    // What is inside is known only now.
    ({ first, chunks: encoded } = await withFirst(stream));
    if (first && isBinary(first.subarray(0, HEAD_BYTES))) throw binary(path);
  }
  yield* skipping(asUtf8(encoded), offset);
}

interface Peeked {
  readonly first: Uint8Array | undefined;
  readonly chunks: AsyncIterable<Uint8Array>;
}

async function withFirst(stream: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]();
  const head = await iterator.next();
  if (head.done === true) return { first: undefined, chunks: empty() };
  const first = head.value;
  return { first, chunks: rest(first, { [Symbol.asyncIterator]: () => iterator }) };
}

async function* rest(
  first: Uint8Array,
  others: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* others;
}

async function* empty(): AsyncGenerator<Uint8Array> {
  // Nothing.
}

async function* skipping(
  chunks: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (left >= chunk.byteLength) {
      left -= chunk.byteLength;
      continue;
    }
    yield left > 0 ? chunk.subarray(left) : chunk;
    left = 0;
  }
}

function isSameFile(checkpoint: Checkpoint, { head }: FileIdentity): boolean {
  const { fingerprint, fingerprintBytes } = checkpoint;
  // Inodes are used again; the content decides. A file that was cut or replaced begins anew.
  if (head.length < Math.min(fingerprintBytes, FINGERPRINT_BYTES_MAX)) return false;
  return fingerprintOf(head, fingerprintBytes) === fingerprint;
}

function fingerprintOf(head: Uint8Array, bytes: number): string {
  return createHash('sha256').update(head.subarray(0, bytes)).digest('hex').slice(0, 32);
}

function unreadable(path: string, cause: unknown): Failure {
  const reason = messageOf(cause);
  return new Failure({
    code: 'unreadable_file',
    detail: `cannot read ${path}: ${reason}`,
    params: { path, reason },
    cause,
  });
}

function binary(path: string): Failure {
  return new Failure({
    code: 'binary_file',
    detail: `${path} is not text`,
    params: { path },
  });
}
