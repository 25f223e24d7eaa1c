/**
 * How far feeding is, durably: files `feed-N.log` in the WAL's directory, each entry the whole state.
 * The sound entry with the highest revision counts. Every entry is written twice, so that one flipped
 * bit does not take back a plan whose insert may have happened.
 */
import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@tendril/model/failure';
import {
  decodeFrameHeader,
  encodeFrame,
  frameBytes,
  FRAME_HEADER_BYTES,
  FRAME_MAGIC,
  isSound,
} from '../wal/frame.ts';
import type { WalFile, WalFiles } from '../wal/wal-files.ts';
import type { Warn } from '../warn.ts';
import { newestFeedState, type FeedState } from './feed-state.ts';

/** Then a new file is begun and the old one removed. */
const FILE_BYTES_MAX = 1024 * 1024;
/** No text from outside gets into the journal, so a fixed seed will do. */
const SALT = 0x66656564;
const NAME = /^feed-(\d+)\.log$/;

export interface FeedJournalOptions {
  readonly directory: string;
  readonly files: WalFiles;
  readonly warn: Warn;
}

/** Reads the newest state; a damaged or missing journal reads as an older one. */
export async function readFeedJournal(directory: string): Promise<FeedState> {
  const states: FeedState[] = [];
  for (const fileName of await readdir(directory)) {
    if (!NAME.test(fileName)) continue;
    const bytes = await readFile(join(directory, fileName)).catch(() => Buffer.alloc(0));
    states.push(...readEntries(bytes));
  }
  return newestFeedState(states);
}

export class FeedJournal {
  readonly #options: FeedJournalOptions;
  #file: { readonly path: string; readonly handle: WalFile; bytes: number } | undefined;
  #number: number;

  private constructor(options: FeedJournalOptions, number: number) {
    this.#options = options;
    this.#number = number;
  }

  /** Begins a new file: an old one may end in a torn entry. */
  static async open(options: FeedJournalOptions): Promise<FeedJournal> {
    const numbers = (await readdir(options.directory)).map(fileNumber);
    return new FeedJournal(options, Math.max(0, ...numbers) + 1);
  }

  /** Resolves when the state is on stable storage. After a failure the next call tries a new file. */
  async write(state: FeedState): Promise<void> {
    const isNew = this.#file === undefined;
    const file = (this.#file ??= await this.#create());
    const entry = encodeEntry(state);
    try {
      await file.handle.write([entry, entry], file.bytes);
      await file.handle.sync();
    } catch (error) {
      await this.#leaveFile();
      throw error;
    }
    file.bytes += 2 * entry.length;
    if (isNew) await this.#removeOthers(file.path);
    if (file.bytes >= FILE_BYTES_MAX) await this.#leaveFile();
  }

  async close(): Promise<void> {
    await this.#leaveFile();
  }

  async #create(): Promise<{ path: string; handle: WalFile; bytes: number }> {
    const path = join(this.#options.directory, `feed-${this.#number}.log`);
    this.#number += 1;
    const handle = await this.#options.files.create(path);
    return { path, handle, bytes: 0 };
  }

  async #leaveFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close().catch(() => undefined);
  }

  // Only after the first entry of the new file is durable: until then the old ones are the journal.
  async #removeOthers(newest: string): Promise<void> {
    const { directory, files, warn } = this.#options;
    try {
      await files.syncDirectory(directory);
      const paths = (await readdir(directory))
        .filter((fileName) => NAME.test(fileName))
        .map((fileName) => join(directory, fileName));
      await Promise.all(paths.filter((path) => path !== newest).map((path) => unlink(path)));
    } catch (error) {
      warn('cannot remove old feed journals', { error: messageOf(error) });
    }
  }
}

function fileNumber(fileName: string): number {
  return Number(NAME.exec(fileName)?.[1] ?? 0);
}

function encodeEntry(state: FeedState): Buffer {
  const numbers = { schemaVersion: 0, frame: 0, groupFirst: 0, records: 0, commits: true };
  return encodeFrame({ kind: 'feed', ...numbers, meta: JSON.stringify(state), blocks: [] }, SALT);
}

function readEntries(bytes: Buffer): FeedState[] {
  const states: FeedState[] = [];
  let offset = bytes.indexOf(FRAME_MAGIC);
  while (offset >= 0) {
    const entry = readEntry(bytes, offset);
    if (entry !== undefined) states.push(entry.state);
    offset = bytes.indexOf(FRAME_MAGIC, offset + (entry?.bytes ?? 1));
  }
  return states;
}

function readEntry(bytes: Buffer, offset: number): { state: FeedState; bytes: number } | undefined {
  const header = decodeFrameHeader(bytes, offset, SALT);
  if (header?.kind !== 'feed') return undefined;
  const meta = bytes.subarray(offset + FRAME_HEADER_BYTES, offset + frameBytes(header));
  if (!isSound(meta, header.metaCrc, SALT)) return undefined;
  return { state: JSON.parse(meta.toString()) as FeedState, bytes: frameBytes(header) };
}
