/**
 * What was read and is not acknowledged yet, on disk: requests ready to be sent, each with the places that
 * the sources were read to. It outlives the agent, so pods and journals that are gone by then are not lost,
 * and bounds what a long absence of the server costs. Entries are sent in the order they were written.
 *
 * A segment is a file of entries; it goes when all of them are acknowledged. An entry is magic, lengths and
 * CRC-32, then its meta in JSON, then the request. Reading ends at the first entry that is not whole: what
 * came after it is read from the sources again, whose places stand in the entries before.
 */
import { mkdir, open, readdir, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** Of a new entry. */
export interface EntryContent<P> {
  /** The request has it each time it is sent. */
  readonly batchId: string;
  readonly recordCount: number;
  readonly places: readonly P[];
  readonly request: Uint8Array;
}

export interface BufferedEntry<P> extends EntryMeta<P> {
  /** From the disk. */
  readonly request: () => Promise<Buffer<ArrayBuffer>>;
  /** It is acknowledged. */
  readonly release: () => void;
}

interface EntryMeta<P> extends Omit<EntryContent<P>, 'request'> {
  /** Counts up, also over restarts. */
  readonly number: number;
}

export interface DiskBufferOptions {
  readonly directory: string;
  readonly bytesMax: number;
  /** Entries up to this one were acknowledged to an earlier run. */
  readonly acknowledged: number;
  readonly segmentBytes?: number;
}

const MAGIC = 0x54_4e_44_42;
const HEADER_BYTES = 16;
const SEGMENT_BYTES: number = 8 * 1024 * 1024;
const SEGMENT = /^\d{12}\.buffer$/;

interface Segment {
  readonly path: string;
  readonly handle: FileHandle;
  bytes: number;
  /** Entries that are not released. */
  open: number;
  isClosed: boolean;
}

export class DiskBuffer<P> {
  private readonly options: DiskBufferOptions;
  private readonly waiting: BufferedEntry<P>[] = [];
  private readonly segments: Segment[] = [];
  private current: Segment | undefined;
  private nextSegment = 1;
  private nextNumber: number;
  private isDirty = false;
  /** In entries that are not released. */
  private records = 0;
  private adding: Promise<void> = Promise.resolve();
  private changed = Promise.withResolvers<void>();

  private constructor(options: DiskBufferOptions) {
    this.options = options;
    this.nextNumber = options.acknowledged + 1;
  }

  /** With what an earlier run left. */
  static async open<P>(options: DiskBufferOptions): Promise<DiskBuffer<P>> {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const buffer = new DiskBuffer<P>(options);
    const names = (await readdir(options.directory)).filter((name) => SEGMENT.test(name)).sort();
    for (const name of names) {
      await buffer.load(join(options.directory, name));
      buffer.nextSegment = Number.parseInt(name, 10) + 1;
    }
    return buffer;
  }

  /** On the disk; released entries count until their segment goes. */
  get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** That are not acknowledged. */
  get recordCount(): number {
    return this.records;
  }

  /** No room: whoever reads has to wait. */
  get isFull(): boolean {
    return this.bytes >= this.options.bytesMax;
  }

  /** What is still to be sent, oldest first, as places were when they were written. */
  get entries(): readonly BufferedEntry<P>[] {
    return this.waiting;
  }

  /** Several may add at the same time; they are written one after the other. */
  async add(content: EntryContent<P>): Promise<void> {
    const added = this.adding.then(() => this.append(content));
    this.adding = added.catch(() => undefined);
    await added;
  }

  private async append(content: EntryContent<P>): Promise<void> {
    const { request, ...rest } = content;
    const meta = { ...rest, number: this.nextNumber };
    this.nextNumber += 1;
    const segment = (this.current ??= await this.newSegment());
    const entry = encodeEntry(Buffer.from(JSON.stringify(meta)), request);
    const offset = segment.bytes;
    await segment.handle.write(entry, 0, entry.length, offset);
    segment.bytes += entry.length;
    this.isDirty = true;
    this.take(segment, meta, {
      offset: offset + entry.length - request.length,
      length: request.length,
    });
    if (segment.bytes >= (this.options.segmentBytes ?? SEGMENT_BYTES)) this.closeSegment();
  }

  /** The next to be sent; waits for one. Undefined when the signal is given. */
  async next(signal: AbortSignal): Promise<BufferedEntry<P> | undefined> {
    while (!signal.aborted) {
      const entry = this.waiting.shift();
      if (entry) return entry;
      await this.change(signal);
    }
    return undefined;
  }

  /** Resolves when entries came or went. */
  async change(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.changed.resolve();
    signal.addEventListener('abort', stop, { once: true });
    await this.changed.promise;
    signal.removeEventListener('abort', stop);
  }

  /** Makes what was added outlive a power loss. */
  async sync(): Promise<void> {
    if (!this.isDirty) return;
    this.isDirty = false;
    await this.segments.at(-1)?.handle.datasync();
  }

  /** Removes what is released. Where that ends must be known by then, or it would be read again. */
  async removeReleased(): Promise<void> {
    for (const segment of this.segments.filter(({ open, isClosed }) => isClosed && open === 0)) {
      this.segments.splice(this.segments.indexOf(segment), 1);
      await segment.handle.close();
      await unlink(segment.path);
      this.notify();
    }
  }

  async close(): Promise<void> {
    await this.sync();
    for (const { handle } of this.segments) await handle.close();
  }

  private async newSegment(): Promise<Segment> {
    const name = `${String(this.nextSegment).padStart(12, '0')}.buffer`;
    this.nextSegment += 1;
    const path = join(this.options.directory, name);
    const segment = {
      path,
      handle: await open(path, 'wx+', 0o600),
      bytes: 0,
      open: 0,
      isClosed: false,
    };
    this.segments.push(segment);
    return segment;
  }

  private closeSegment(): void {
    const segment = this.current;
    this.current = undefined;
    if (segment) segment.isClosed = true;
  }

  private take(
    segment: Segment,
    meta: EntryMeta<P>,
    { length, offset }: { readonly offset: number; readonly length: number },
  ): void {
    segment.open += 1;
    this.records += meta.recordCount;
    this.waiting.push({
      ...meta,
      request: async () => {
        const { buffer, bytesRead } = await segment.handle.read(
          Buffer.alloc(length),
          0,
          length,
          offset,
        );
        return buffer.subarray(0, bytesRead);
      },
      release: () => this.release(segment, meta.recordCount),
    });
    this.notify();
  }

  private release(segment: Segment, recordCount: number): void {
    segment.open -= 1;
    this.records -= recordCount;
    this.notify();
  }

  private notify(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers<void>();
  }

  private async load(path: string): Promise<void> {
    const handle = await open(path, 'r+');
    const { size } = await handle.stat();
    const segment: Segment = { path, handle, bytes: 0, open: 0, isClosed: true };
    for (let offset = 0; offset < size; offset = segment.bytes) {
      const entry = await readEntry<P>(handle, offset);
      if (!entry) break;
      const { bytes, meta, requestBytes } = entry;
      segment.bytes += bytes;
      this.nextNumber = Math.max(this.nextNumber, meta.number + 1);
      if (meta.number <= this.options.acknowledged) continue;
      this.take(segment, meta, { offset: segment.bytes - requestBytes, length: requestBytes });
    }
    if (segment.open > 0) {
      this.segments.push(segment);
      return;
    }
    await handle.close();
    await unlink(path);
  }
}

function encodeEntry(meta: Buffer, request: Uint8Array): Buffer {
  const entry = Buffer.allocUnsafe(HEADER_BYTES + meta.length + request.length);
  entry.writeUInt32LE(MAGIC, 0);
  entry.writeUInt32LE(meta.length, 4);
  entry.writeUInt32LE(request.length, 8);
  entry.set(meta, HEADER_BYTES);
  entry.set(request, HEADER_BYTES + meta.length);
  entry.writeUInt32LE(crc32(entry.subarray(HEADER_BYTES)), 12);
  return entry;
}

interface ReadEntry<P> {
  readonly bytes: number;
  readonly requestBytes: number;
  readonly meta: EntryMeta<P>;
}

async function readEntry<P>(handle: FileHandle, offset: number): Promise<ReadEntry<P> | undefined> {
  const header = await readAt(handle, offset, HEADER_BYTES);
  if (header.length < HEADER_BYTES || header.readUInt32LE(0) !== MAGIC) return undefined;
  const metaBytes = header.readUInt32LE(4);
  const requestBytes = header.readUInt32LE(8);
  const { size } = await handle.stat();
  const contentBytes = metaBytes + requestBytes;
  if (offset + HEADER_BYTES + contentBytes > size) return undefined;
  const content = await readAt(handle, offset + HEADER_BYTES, contentBytes);
  if (crc32(content) !== header.readUInt32LE(12)) return undefined;
  // Its checksum is right, so this code wrote it.
  const meta = JSON.parse(content.toString('utf8', 0, metaBytes)) as ReadEntry<P>['meta'];
  return { bytes: HEADER_BYTES + contentBytes, requestBytes, meta };
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
