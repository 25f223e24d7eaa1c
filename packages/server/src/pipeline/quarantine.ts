/**
 * What could not be read from the WAL, or what the engine refuses for what it holds, is kept here
 * with the reason: `DATA_DIR/quarantine/NAME.bin`, and one line each in `quarantine.jsonl`.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { access, appendFile, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline as pipeStreams } from 'node:stream/promises';
import { messageOf } from '@tendril/model/failure';
import type { Warn } from './warn.ts';

export interface QuarantineEntry {
  /** Unique for what is kept, so that a second start does not keep it twice. */
  readonly name: string;
  readonly reason: string;
  /** Undefined where it is unknown. */
  readonly records: number | undefined;
  readonly atMs: number;
  /** The accounts that the records are counted in, where they are known. */
  readonly sources?: readonly string[];
}

export interface FileRange {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface QuarantineOptions {
  readonly directory: string;
  /** What is over it is counted and reported, but not kept. */
  readonly bytesMax: number;
  readonly warn: Warn;
}

/** Never throws: what it is told is lost already, and a full disk must not keep the server down. */
export class Quarantine {
  readonly #options: QuarantineOptions;
  #bytes = 0;

  private constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  static async open(options: QuarantineOptions): Promise<Quarantine> {
    const quarantine = new Quarantine(options);
    await quarantine.#guard('open', async () => {
      await mkdir(options.directory, { recursive: true, mode: 0o700 });
      quarantine.#bytes = await directoryBytes(options.directory);
    });
    return quarantine;
  }

  /** Copies a stretch of a file. */
  async keepRange(entry: QuarantineEntry, range: FileRange): Promise<void> {
    await this.#keep(entry, range.bytes, async (target) => {
      const { path, offset, bytes } = range;
      const source = createReadStream(path, { start: offset, end: offset + bytes - 1 });
      await pipeStreams(source, createWriteStream(target, { mode: 0o600 }));
    });
  }

  async keepBytes(entry: QuarantineEntry, bytes: readonly Uint8Array[]): Promise<void> {
    const size = bytes.reduce((sum, part) => sum + part.length, 0);
    await this.#keep(entry, size, (target) => writeFile(target, bytes, { mode: 0o600 }));
  }

  /** Moves a whole file, for one that cannot be opened: renaming needs no right to read it. */
  async keepFile(entry: QuarantineEntry, path: string): Promise<void> {
    await this.#guard(entry.name, async () => {
      await rename(path, join(this.#options.directory, basename(path)));
      await this.#note(entry);
    });
  }

  /** Only the reason, of what cannot be copied. */
  async note(entry: QuarantineEntry): Promise<void> {
    await this.#guard(entry.name, () => this.#note(entry));
  }

  async #keep(
    entry: QuarantineEntry,
    bytes: number,
    write: (target: string) => Promise<void>,
  ): Promise<void> {
    await this.#guard(entry.name, async () => {
      const target = join(this.#options.directory, `${entry.name}.bin`);
      if (await exists(target)) return;
      await this.#note(entry);
      if (this.#bytes + bytes > this.#options.bytesMax) return;
      await write(target);
      this.#bytes += bytes;
    });
  }

  async #note(entry: QuarantineEntry): Promise<void> {
    this.#options.warn('quarantined', { ...entry });
    const line = `${JSON.stringify(entry)}\n`;
    await appendFile(join(this.#options.directory, 'quarantine.jsonl'), line, { mode: 0o600 });
  }

  async #guard(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.warn('cannot keep in quarantine', { name, error: messageOf(error) });
    }
  }
}

async function directoryBytes(directory: string): Promise<number> {
  const names = await readdir(directory);
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(join(directory, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
