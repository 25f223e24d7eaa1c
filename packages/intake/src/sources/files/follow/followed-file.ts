/**
 * One file that grows: its new lines, and what has become of it. A line counts when its line feed is there,
 * so what a program is still writing is not cut in two.
 */
import { randomUUID } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { LineSplitter } from '../../line-splitter.ts';
import { COMPARED_BYTES_MAX, digestOf, endsWithTail, type FilePlace } from './file-place.ts';

/** Read at once: large enough for the disk, small enough that no file makes the others wait. */
const CHUNK_BYTES: number = 256 * 1024;

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
  private splitter: LineSplitter;
  /** Up to here bytes were given to the splitter. */
  private readTo: number;
  /** The bytes before `readTo`, at most `COMPARED_BYTES_MAX`. */
  private beforeReadTo: Buffer = Buffer.alloc(0);
  private head: Buffer = Buffer.alloc(0);
  private isCaughtUp = true;

  private constructor(identity: FileIdentity, handle: FileHandle, from: StartOfFile) {
    const { id, offset } = from;
    this.id = id;
    this.path = identity.path;
    this.device = identity.device;
    this.inode = identity.inode;
    this.handle = handle;
    this.splitter = new LineSplitter(offset);
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
    return this.placeAt(this.splitter.offset);
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
    if (!this.isCaughtUp || this.unreadBytes === 0) return false;
    const tailBytes = this.beforeReadTo.length;
    const tail = digestOf(this.beforeReadTo);
    return !(await endsWithTail(this.readAt, { offset: this.readTo, tail, tailBytes }));
  }

  /** From the beginning again. What of a line had been read is dropped; returns how many bytes. */
  startOver(): number {
    const dropped = this.readTo - this.splitter.offset;
    this.id = randomUUID();
    this.splitter = new LineSplitter(0);
    this.readTo = 0;
    this.beforeReadTo = Buffer.alloc(0);
    this.head = Buffer.alloc(0);
    this.isCaughtUp = true;
    return dropped;
  }

  /** The next lines; undefined when no line has become complete. */
  async read(): Promise<FileLines | undefined> {
    const chunk = await this.readAt(this.readTo, CHUNK_BYTES);
    this.isCaughtUp = chunk.length < CHUNK_BYTES;
    if (chunk.length === 0) return undefined;
    await this.fillHead();
    const cutBefore = this.splitter.cutLines;
    const start = this.readTo;
    const around = Buffer.concat([this.beforeReadTo, chunk]);
    const aroundStart = start - this.beforeReadTo.length;
    this.readTo += chunk.length;
    this.beforeReadTo = lastBytes(around);
    const { lines, offsetAfter } = this.splitter.push(chunk);
    if (lines.length === 0) return undefined;
    return {
      lines: lines.map(withoutNulls),
      placeAfter: (count) => this.placeAt(offsetAfter(count), { around, aroundStart }),
      cutLines: this.splitter.cutLines - cutBefore,
    };
  }

  /** The last line, when nothing more will come and no line feed ended it. */
  finish(): FileLines | undefined {
    const { lines } = this.splitter.finish();
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

  private placeAt(offset: number, known = this.knownBytes()): FilePlace {
    const { device, head, id, inode, path } = this;
    const end = offset - known.aroundStart;
    const tail = lastBytes(known.around.subarray(0, Math.max(0, end)));
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

  private knownBytes(): { readonly around: Buffer; readonly aroundStart: number } {
    return { around: this.beforeReadTo, aroundStart: this.readTo - this.beforeReadTo.length };
  }
}

/** Undefined when another file has the path by now. */
export async function openAs(identity: FileIdentity): Promise<FileHandle | undefined> {
  const handle = await open(identity.path, 'r');
  const { dev, ino } = await handle.stat();
  if (String(dev) === identity.device && String(ino) === identity.inode) return handle;
  await handle.close();
  return undefined;
}

function lastBytes(bytes: Buffer): Buffer {
  // A copy: the chunk is large and soon garbage.
  return Buffer.from(bytes.subarray(Math.max(0, bytes.length - COMPARED_BYTES_MAX)));
}

/** A program that goes on at its old place after its file was truncated leaves a hole of zeros. */
function withoutNulls(line: string): string {
  return line.startsWith('\0') ? line.replace(/^\0+/, '') : line;
}
