/** What the engine says on stderr, in a file that is turned over at a size: two files at most. */
import {
  createWriteStream,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  type WriteStream,
} from 'node:fs';
import { dirname } from 'node:path';

const FILE_BYTES_MAX = 4 * 1024 * 1024;
/** A disk that does not take it must not hold it in memory. */
const WAITING_BYTES_MAX = 1024 * 1024;
/** Kept for the message when the engine does not start. */
const TAIL_CHARS_MAX = 4_000;

export class BoundedLog {
  private readonly path: string;
  private readonly fileBytesMax: number;
  private stream: WriteStream;
  private bytes: number;
  private lastText = '';
  private bytesDropped = 0;

  constructor(path: string, fileBytesMax: number = FILE_BYTES_MAX) {
    this.path = path;
    this.fileBytesMax = fileBytesMax;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.stream = this.open();
  }

  write(chunk: Uint8Array): void {
    this.lastText = (this.lastText + Buffer.from(chunk).toString()).slice(-TAIL_CHARS_MAX);
    if (this.stream.writableLength > WAITING_BYTES_MAX) {
      this.bytesDropped += chunk.byteLength;
      return;
    }
    if (this.bytes + chunk.byteLength > this.fileBytesMax) this.turnOver();
    this.put(chunk);
  }

  /** A new run begins: its last words are its own. */
  beginRun(): void {
    this.lastText = '';
  }

  /** The end of what this run has said. */
  tail(): string {
    return this.lastText.trim();
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.stream.end(() => resolve()));
  }

  private put(chunk: Uint8Array): void {
    if (this.bytesDropped > 0) {
      this.stream.write(`... ${this.bytesDropped} bytes not written\n`);
      this.bytesDropped = 0;
    }
    this.bytes += chunk.byteLength;
    this.stream.write(chunk);
  }

  private turnOver(): void {
    try {
      renameSync(this.path, `${this.path}.1`);
      const next = this.open();
      this.stream.end();
      this.stream = next;
    } catch {
      // The old file is written on for as long again: no log is worth a server.
    }
    this.bytes = 0;
  }

  private open(): WriteStream {
    const stream = createWriteStream(this.path, { fd: openSync(this.path, 'a', 0o600) });
    // A full disk: the engine's own words are the first thing to do without.
    stream.on('error', () => undefined);
    return stream;
  }
}
