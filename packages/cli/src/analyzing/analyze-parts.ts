/**
 * Files as parts that threads can work on: a large file is cut where a record begins, so that no record is
 * in two parts. Where lines say nothing of the kind, as in the log of a build, it stays whole: what they
 * mean depends on those before.
 */
import { open, stat } from 'node:fs/promises';
import { fileSource } from '@tendril/intake/sources/files/file-source';
import { compressionOf, isBinary } from '@tendril/intake/sources/files/file-content';
import type { FormatTable } from '@tendril/intake/format-table';
import { FormatDetector } from '@tendril/intake/format-table';
import { Unwrapper } from '@tendril/intake/transport/unwrapper';
import type { LineBatch } from '@tendril/intake/sources/line-source';
import { UTC } from '@tendril/intake/zone';
import { byteLines } from '@tendril/intake/sources/byte-lines';

/** Plain data, for another thread. */
export interface FilePart {
  readonly path: string;
  /** Bytes of the file; undefined for all of it, decompressed and decoded. */
  readonly range: { readonly from: number; readonly to: number } | undefined;
  readonly bytes: number;
  readonly modifiedAtMs: number;
}

/** Large enough that starting one does not count, small enough that threads end together. */
const PART_BYTES: number = 16 * 1024 * 1024;
/** Where no record with its time begins in so many bytes the file is not cut. */
const LOOK_BYTES: number = 64 * 1024;
const HEAD_BYTES = 4096;
const LINE_FEED = 0x0a;

export async function partsOf(
  path: string,
  formats: FormatTable,
  partBytes: number = PART_BYTES,
): Promise<readonly FilePart[]> {
  const { mtimeMs, size } = await stat(path);
  const whole = { path, range: undefined, bytes: size, modifiedAtMs: mtimeMs };
  if (size < partBytes * 2) return [whole];
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    const isText = compressionOf(head) === 'none' && !isBinary(head) && isUtf8(head);
    if (!isText || isTold(head)) return [whole];
    const cuts = [0];
    for (let at = partBytes; at < size; at += partBytes) {
      const look = await file.read(Buffer.alloc(LOOK_BYTES), 0, LOOK_BYTES, at);
      const begin = recordIn(look.buffer.subarray(0, look.bytesRead), formats);
      if (begin !== undefined) cuts.push(at + begin);
    }
    return cuts.map((from, index) => {
      const to = cuts[index + 1] ?? size;
      return { path, range: { from, to }, bytes: to - from, modifiedAtMs: mtimeMs };
    });
  } finally {
    await file.close();
  }
}

/** The lines of a part, and how many of its bytes were read for them. */
export async function* linesOfPart(
  { path, range }: FilePart,
  signal: AbortSignal,
): AsyncGenerator<LineBatch> {
  if (!range) {
    yield* (await fileSource(path)).read({ signal });
    return;
  }
  const file = await open(path);
  const { from, to } = range;
  const stream = file.createReadStream({
    start: from,
    end: to - 1,
    highWaterMark: 256 * 1024,
    signal,
  });
  const counted = { bytes: 0 };
  yield* byteLines(countingBytes(stream, counted), {
    offset: from,
    checkpointAt: () => undefined,
    readBytes: () => counted.bytes,
  });
}

async function* countingBytes(
  chunks: AsyncIterable<Buffer>,
  counted: { bytes: number },
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    counted.bytes += chunk.length;
    yield chunk;
  }
}

/** Their lines go on with what was said long before: the file, the step, the container. */
const TELLERS: ReadonlySet<string> = new Set(['tail', 'github-actions', 'compose', 'stern']);

function isTold(head: Buffer): boolean {
  const unwrapper = new Unwrapper();
  return head
    .toString('utf8')
    .split('\n')
    .some((line) => TELLERS.has(unwrapper.unwrap(line)?.transport ?? ''));
}

/** Where the first record begins: a line that a format knows with its time. */
function recordIn(bytes: Buffer, formats: FormatTable): number | undefined {
  const detector = new FormatDetector(formats);
  const context = { zone: UTC, asOfNs: 0n };
  for (let start = bytes.indexOf(LINE_FEED) + 1; start > 0 && start < bytes.length;) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end < 0) return undefined;
    const line = bytes.toString('utf8', start, end);
    if (/^\S/.test(line) && detector.recognise(line, context)?.parsed.timeNs !== undefined)
      return start;
    start = end + 1;
  }
  return undefined;
}

function isUtf8(head: Buffer): boolean {
  // The last character may be cut.
  return !head.subarray(0, -4).toString('utf8').includes('\uFFFD');
}
