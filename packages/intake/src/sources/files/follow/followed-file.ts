/**
 * One file that grows: its new lines, and what has become of it. A line counts when its line feed is there,
 * so what a program is still writing is not cut in two.
 */
import { randomUUID } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { splitterOf, type Splitter } from '../../utf16-splitter.ts';
import { COMPARED_BYTES_MAX, digestOf, type FilePlace } from './file-place.ts';

/**
 * Read at once: large enough for the disk, small enough that no file makes the others wait and that its lines are
 * gone before the garbage collector takes them for something that stays (`bench agent`).
 */
const CHUNK_BYTES: number = 128 * 1024;

export interface FileLines {
  readonly lines: readonly string[];
  /** The place after the first `count` lines. */
  readonly placeAfter: (count: number) => FilePlace;
  readonly cutLines: number;
}

export interface FileIdentity {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
}

export interface StartOfFile {
  /** Where a line begins. */
  readonly offset: number;
  /** Of its content. */
  readonly id: string;
}

export class FollowedFile {
  /** Where it was seen last; rotation renames it. */
  path: string;
  readonly device: string;
  readonly inode: string;
  private id: string;
  /** Bytes, as of the last look. */
  sizeBytes = 0;
  private handle: FileHandle | undefined;
  /** Undefined until the beginning of the file has told its encoding. */
  private splitter: Splitter | undefined;
  /** Up to here bytes were given to the splitter. */
  private readTo: number;
  /** The bytes before `readTo`, at most `COMPARED_BYTES_MAX`. */
  private beforeReadTo: Buffer = Buffer.alloc(0);
  private head: Buffer = Buffer.alloc(0);
  /** What follows `readTo`, when it was read with the bytes before. */
  private ahead: Buffer | undefined;

  private constructor(identity: FileIdentity, handle: FileHandle, from: StartOfFile) {
    const { id, offset } = from;
    this.id = id;
    this.path = identity.path;
    this.device = identity.device;
    this.inode = identity.inode;
    this.handle = handle;
    this.readTo = offset;
  }

  /** The handle is its own from now on. */
  static async begin(
    identity: FileIdentity,
    handle: FileHandle,
    from: StartOfFile,
  ): Promise<FollowedFile> {
    const file = new FollowedFile(identity, handle, from);
    await file.look();
    await file.rememberBytes();
    return file;
  }

  /** The place that lines which were read so far end at. */
  get place(): FilePlace {
    return this.placeAt(this.splitTo);
  }

  get isOpen(): boolean {
    return this.handle !== undefined;
  }

  /** What is there and was not read; lines may be incomplete. */
  get unreadBytes(): number {
    return Math.max(0, this.sizeBytes - this.readTo);
  }

  async look(): Promise<void> {
    if (this.handle) this.sizeBytes = (await this.handle.stat()).size;
  }

  /** Whether other content begins as this file does. */
  beginsLike(text: Buffer): boolean {
    const bytes = Math.min(this.head.length, text.length);
    return bytes > 0 && this.head.subarray(0, bytes).equals(text.subarray(0, bytes));
  }

  /**
   * True when the file does not hold any more what was read of it: it was truncated, and perhaps written
   * anew beyond the place.
   */
  async wasTruncated(): Promise<boolean> {
    if (this.sizeBytes < this.readTo) return true;
    if (this.unreadBytes === 0) return false;
    const { beforeReadTo, readTo } = this;
    const { length } = beforeReadTo;
    const bytes = await this.readAt(readTo - length, length + CHUNK_BYTES);
    if (!bytes.subarray(0, length).equals(beforeReadTo)) return true;
    this.ahead = bytes.subarray(length);
    return false;
  }

  /** From the beginning again. What of a line had been read is dropped; returns how many bytes. */
  startOver(): number {
    const dropped = this.readTo - this.splitTo;
    this.id = randomUUID();
    this.splitter = undefined;
    this.ahead = undefined;
    this.readTo = 0;
    this.beforeReadTo = Buffer.alloc(0);
    this.head = Buffer.alloc(0);
    return dropped;
  }

  /** The next lines; undefined when no line has become complete. */
  async read(): Promise<FileLines | undefined> {
    const chunk = this.ahead ?? (await this.readAt(this.readTo, CHUNK_BYTES));
    this.ahead = undefined;
    if (chunk.length === 0) {
      await this.look();
      return undefined;
    }
    await this.fillHead();
    const splitter = (this.splitter ??= splitterOf(this.head, this.readTo));
    const cutBefore = splitter.cutLines;
    const start = this.readTo;
    const around = { before: this.beforeReadTo, chunk, start };
    this.readTo += chunk.length;
    this.beforeReadTo = bytesBefore(this.readTo, around);
    const { lines, offsetAfter } = splitter.push(chunk);
    if (lines.length === 0) return undefined;
    return {
      lines: lines.map(withoutNulls),
      placeAfter: (count) => this.placeAt(offsetAfter(count), around),
      cutLines: splitter.cutLines - cutBefore,
    };
  }

  /** The last line, when nothing more will come and no line feed ended it. */
  finish(): FileLines | undefined {
    const lines = this.splitter?.finish().lines ?? [];
    if (lines.length === 0) return undefined;
    return { lines: lines.map(withoutNulls), placeAfter: () => this.place, cutLines: 0 };
  }

  /** Gives the descriptor back; `reopen` takes it up again. */
  async close(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close();
  }

  /** False when another file has the path by now. */
  async reopen(): Promise<boolean> {
    if (this.handle) return true;
    this.handle = await openAs(this);
    return this.handle !== undefined;
  }

  readonly readAt = async (position: number, length: number): Promise<Buffer> => {
    const bytes = Buffer.allocUnsafe(length);
    const result = await this.handle?.read(bytes, 0, length, position);
    return bytes.subarray(0, result?.bytesRead ?? 0);
  };

  private async rememberBytes(): Promise<void> {
    const length = Math.min(COMPARED_BYTES_MAX, this.readTo);
    this.beforeReadTo = await this.readAt(this.readTo - length, length);
    await this.fillHead();
  }

  private async fillHead(): Promise<void> {
    if (this.head.length < COMPARED_BYTES_MAX) this.head = await this.readAt(0, COMPARED_BYTES_MAX);
  }

  private placeAt(offset: number, around = this.readBefore()): FilePlace {
    const { device, head, id, inode, path } = this;
    const tail = bytesBefore(offset, around);
    const fingerprintBytes = Math.min(head.length, offset);
    return {
      id,
      path,
      device,
      inode,
      fingerprint: digestOf(head.subarray(0, fingerprintBytes)),
      fingerprintBytes,
      offset,
      tail: digestOf(tail),
      tailBytes: tail.length,
    };
  }

  /** Up to the end of the last line that came out. */
  private get splitTo(): number {
    return this.splitter?.offset ?? this.readTo;
  }

  private readBefore(): ReadBytes {
    return { before: this.beforeReadTo, chunk: Buffer.alloc(0), start: this.readTo };
  }
}

/** A chunk with what stands before it. */
interface ReadBytes {
  readonly before: Buffer;
  readonly chunk: Buffer;
  /** Where in the file the chunk begins. */
  readonly start: number;
}

/** Undefined when another file has the path by now. */
export async function openAs(identity: FileIdentity): Promise<FileHandle | undefined> {
  const handle = await open(identity.path, 'r');
  const { dev, ino } = await handle.stat();
  if (String(dev) === identity.device && String(ino) === identity.inode) return handle;
  await handle.close();
  return undefined;
}

/** At most `COMPARED_BYTES_MAX`; a copy, since the chunk is large and soon garbage. */
function bytesBefore(offset: number, { before, chunk, start }: ReadBytes): Buffer {
  const from = offset - COMPARED_BYTES_MAX - start;
  const end = offset - start;
  const inChunk = chunk.subarray(Math.max(0, from), Math.max(0, end));
  const left = before.subarray(
    Math.max(0, before.length + from),
    Math.max(0, before.length + Math.min(0, end)),
  );
  return Buffer.concat([left, inChunk]);
}

/** A program that goes on at its old place after its file was truncated leaves a hole of zeros. */
function withoutNulls(line: string): string {
  return line.startsWith('\0') ? line.replace(/^\0+/, '') : line;
}
