/**
 * Files of segments that are no longer needed, kept to be written over. Their blocks are allocated and
 * written, so a sync of new content does not wait for the file system's journal, which merges of the
 * engine keep busy: that is most of the latency of an acknowledgement under load.
 *
 * What an old segment held cannot be mistaken for content of the new one: checksums are seeded with the
 * salt in the segment's name.
 */
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isSpareName, newSpareName } from './segment-name.ts';
import type { WalFiles } from './wal-files.ts';

export interface SpareSegmentsOptions {
  readonly directory: string;
  readonly files: WalFiles;
  readonly countMax: number;
}

export class SpareSegments {
  readonly #options: SpareSegmentsOptions;
  readonly #paths: string[];

  private constructor(options: SpareSegmentsOptions, paths: readonly string[]) {
    this.#options = options;
    this.#paths = [...paths];
  }

  /** Finds those that an earlier start left. */
  static async open(options: SpareSegmentsOptions): Promise<SpareSegments> {
    const { countMax, directory } = options;
    const names = (await readdir(directory)).filter(isSpareName);
    const paths = names.map((name) => join(directory, name));
    for (const path of paths.slice(countMax)) await unlink(path).catch(() => undefined);
    return new SpareSegments(options, paths.slice(0, countMax));
  }

  /** The path of one, which is the caller's from now on. */
  take(): string | undefined {
    return this.#paths.pop();
  }

  /** False when there are enough: the file stays where it is. */
  async give(path: string): Promise<boolean> {
    const { countMax, directory, files } = this.#options;
    if (this.#paths.length >= countMax) return false;
    const spare = join(directory, newSpareName());
    await files.rename(path, spare);
    this.#paths.push(spare);
    return true;
  }

  /** Gives their room back. */
  async discard(): Promise<void> {
    for (const path of this.#paths.splice(0)) await unlink(path).catch(() => undefined);
  }
}
