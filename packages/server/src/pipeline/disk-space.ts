/**
 * Decides before a write whether the disk has room for it. The engine merges on the same disk, so
 * ingest stops well before the last byte and goes on by itself when there is room again.
 */
import { statfs } from 'node:fs/promises';
import { messageOf } from '@tendril/model/failure';
import type { Warn } from './warn.ts';

export interface DiskSpaceLimits {
  /** Of what is usable to us: used / (used + available). */
  readonly usedFractionMax: number;
  readonly freeBytesMin: number;
}

export interface DiskUse {
  readonly freeBytes: number;
  readonly usedFraction: number;
}

export interface DiskSpaceOptions {
  readonly directory: string;
  readonly limits: DiskSpaceLimits;
  readonly sampleEveryMs: number;
  readonly measure?: (directory: string) => Promise<DiskUse>;
  readonly warn: Warn;
}

export class DiskSpace {
  readonly #options: DiskSpaceOptions;
  #use: DiskUse = { freeBytes: Number.POSITIVE_INFINITY, usedFraction: 0 };
  /** Written by us since the last look. */
  #writtenBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: DiskSpaceOptions) {
    this.#options = options;
  }

  static async watch(options: DiskSpaceOptions): Promise<DiskSpace> {
    const space = new DiskSpace(options);
    await space.look();
    space.#timer = setInterval(() => void space.look(), options.sampleEveryMs);
    space.#timer.unref();
    return space;
  }

  get freeBytes(): number {
    return Math.max(0, this.#use.freeBytes - this.#writtenBytes);
  }

  hasRoomFor(bytes: number): boolean {
    const { usedFractionMax, freeBytesMin } = this.#options.limits;
    const isFree = this.freeBytes - bytes >= freeBytesMin;
    return isFree && this.#use.usedFraction <= usedFractionMax;
  }

  noteWritten(bytes: number): void {
    this.#writtenBytes += bytes;
  }

  /** When it cannot be asked, the last answer counts, and a write that fails says the rest. */
  async look(): Promise<void> {
    const { directory, measure = diskUse, warn } = this.#options;
    const writtenBefore = this.#writtenBytes;
    try {
      this.#use = await measure(directory);
      this.#writtenBytes -= writtenBefore;
    } catch (error) {
      warn('cannot read the free disk space', { error: messageOf(error) });
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

async function diskUse(directory: string): Promise<DiskUse> {
  const { bsize, blocks, bfree, bavail } = await statfs(directory);
  const used = blocks - bfree;
  return { freeBytes: bavail * bsize, usedFraction: used / Math.max(1, used + bavail) };
}
