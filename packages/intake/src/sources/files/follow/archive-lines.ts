/** The lines of a compressed log file, from the place on that its content was read to before. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { splitterOf, type Splitter } from '../../utf16-splitter.ts';
import { compressionOf, decompressor } from '../file-content.ts';
import { COMPARED_BYTES_MAX, digestOf, type FilePlace } from './file-place.ts';
import type { FileIdentity, FileLines, StartOfFile } from './followed-file.ts';

export interface ArchiveOptions {
  readonly file: FileIdentity;
  readonly head: Uint8Array;
  /** Where content with this beginning goes on. */
  readonly startOf: (head: Buffer) => StartOfFile;
  readonly signal: AbortSignal;
}

/** Throws when the archive is damaged or not written to its end yet. */
export async function* archiveLines(options: ArchiveOptions): AsyncGenerator<FileLines> {
  const { file, signal } = options;
  const raw = createReadStream(file.path, { signal });
  const transform = decompressor(compressionOf(options.head));
  const stream: AsyncIterable<Buffer> = transform ? pipeline(raw, transform, () => undefined) : raw;
  const text = new ArchiveText(options);
  for await (const chunk of withWholeHead(stream)) {
    const lines = text.push(chunk);
    if (lines) yield lines;
  }
  const rest = text.finish();
  if (rest) yield rest;
}

/** A first chunk that is long enough to tell whose content it is. */
async function* withWholeHead(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of stream) {
    if (head) head = Buffer.concat([head, chunk]);
    if (head && head.length < COMPARED_BYTES_MAX) continue;
    yield head ?? chunk;
    head = undefined;
  }
  if (head && head.length > 0) yield head;
}

class ArchiveText {
  private readonly options: ArchiveOptions;
  private id = '';
  private head: Buffer = Buffer.alloc(0);
  private splitter: Splitter | undefined;
  /** Bytes still to be left out, because they were read before. */
  private skip = 0;
  private before: Buffer = Buffer.alloc(0);
  private end = 0;

  constructor(options: ArchiveOptions) {
    this.options = options;
  }

  push(chunk: Buffer): FileLines | undefined {
    const start = this.end;
    this.end += chunk.length;
    this.head = grown(this.head, chunk);
    const splitter = this.begun();
    const left = Math.min(chunk.length, this.skip);
    this.skip -= left;
    const around = Buffer.concat([this.before, chunk]);
    const aroundStart = start - this.before.length;
    this.before = Buffer.from(around.subarray(Math.max(0, around.length - COMPARED_BYTES_MAX)));
    if (left === chunk.length) return undefined;
    const cutBefore = splitter.cutLines;
    const { lines, offsetAfter } = splitter.push(chunk.subarray(left));
    if (lines.length === 0) return undefined;
    return {
      lines,
      placeAfter: (count) => {
        const offset = offsetAfter(count);
        return this.placeAt(offset, around.subarray(0, Math.max(0, offset - aroundStart)));
      },
      cutLines: splitter.cutLines - cutBefore,
    };
  }

  finish(): FileLines | undefined {
    const { lines } = this.begun().finish();
    if (lines.length === 0) return undefined;
    return { lines, placeAfter: () => this.placeAt(this.end, this.before), cutLines: 0 };
  }

  private begun(): Splitter {
    if (this.splitter) return this.splitter;
    const { id, offset } = this.options.startOf(this.head);
    this.id = id;
    this.skip = offset;
    this.splitter = splitterOf(this.head, offset);
    return this.splitter;
  }

  private placeAt(offset: number, before: Buffer): FilePlace {
    const { path, device, inode } = this.options.file;
    const tail = before.subarray(Math.max(0, before.length - COMPARED_BYTES_MAX));
    const fingerprintBytes = Math.min(this.head.length, offset);
    return {
      id: this.id,
      path,
      device,
      inode,
      fingerprint: digestOf(this.head.subarray(0, fingerprintBytes)),
      fingerprintBytes,
      offset,
      tail: digestOf(tail),
      tailBytes: tail.length,
    };
  }
}

function grown(head: Buffer, chunk: Buffer): Buffer {
  const wanted = COMPARED_BYTES_MAX - head.length;
  return wanted <= 0 ? head : Buffer.concat([head, chunk.subarray(0, wanted)]);
}
