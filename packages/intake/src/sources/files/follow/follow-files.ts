/**
 * Follows log files while programs write, rotate, truncate, compress and delete them. Every line that is
 * still somewhere on the disk comes out once; where a file was truncated before its end was read,
 * `possible_loss` says so.
 *
 * The file system's notices only shorten the wait for the next look: they get lost under load and do not
 * come at all on network file systems.
 */
import { randomUUID } from 'node:crypto';
import { watch, type FSWatcher } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '@tendril/model/failure';
import { encodingOf } from '../../../text-encoding.ts';
import { afterLastLine } from '../../utf16-splitter.ts';
import { compressionOf } from '../file-content.ts';
import { Archives } from './archives.ts';
import { COMPARED_BYTES_MAX, endsWithTail, type FilePlace, type ReadAt } from './file-place.ts';
import { FollowedFile, openAs, type FileLines, type StartOfFile } from './followed-file.ts';
import { findFiles, findRotated, keyOf, type FilePatterns, type FoundFile } from './found-files.ts';
import { KnownPlaces } from './known-places.ts';

export interface FollowOptions extends FilePatterns {
  /** Where files begin that are there at the first look and have no place; later ones begin at their beginning. */
  readonly start: 'beginning' | 'end';
  /** How many lines before the end, as far as they are found in its last mebibyte; none when undefined. */
  readonly tailLines?: number;
  /** From the last run. */
  readonly places: readonly FilePlace[];
  readonly signal: AbortSignal;
  readonly onEvent: (event: FollowEvent) => void;
  readonly timing?: FollowTiming;
}

export interface FollowTiming {
  /** Between looks at the files. */
  readonly lookEveryMs: number;
  /** A file that lost its name may still be written; it is let go after so long without growth. */
  readonly lingerMs: number;
  /** Descriptors of files that do not grow are given back. */
  readonly idleMs: number;
}

const TIMING: FollowTiming = { lookEveryMs: 250, lingerMs: 5_000, idleMs: 60_000 };

export interface FollowEvent {
  readonly kind: 'opened' | 'closed' | 'possible_loss' | 'unreadable';
  readonly path: string;
  readonly detail: string;
}

export interface FollowedLines extends FileLines {
  readonly path: string;
}

/** Ends when the signal is given. Nothing is read ahead of the consumer. */
export async function* followFiles(options: FollowOptions): AsyncGenerator<FollowedLines> {
  const follower = new Follower(options);
  try {
    while (!options.signal.aborted) {
      await follower.lookIfDue();
      let hasRead = false;
      for await (const lines of follower.readAll()) {
        hasRead = true;
        yield lines;
        if (options.signal.aborted) return;
      }
      if (!hasRead) await follower.pause();
    }
  } finally {
    await follower.close();
  }
}

interface Followed {
  readonly file: FollowedFile;
  /** Undefined while the name is there that it was found under. */
  renamedAtMs: number | undefined;
  isGone: boolean;
  modifiedAtMs: number;
  grownAtMs: number;
}

const MAGIC_BYTES = 4;
/** Beyond it a line at the end of a file is taken for whole. */
const LAST_LINE_BYTES = 64 * 1024;
const TAIL_BYTES_MAX: number = 1024 * 1024;
const LINE_FEED = 0x0a;
/** Folders watched; the files of others are looked at all the same. */
const WATCHED_MAX = 1_000;

class Follower {
  private readonly options: FollowOptions;
  private readonly timing: FollowTiming;
  private readonly followed: Map<string, Followed> = new Map();
  private readonly places: KnownPlaces;
  /** Which file had a path at the last look. */
  private readonly keyOfPath: Map<string, string> = new Map();
  /** Old rotated files beside those that are followed, and when they were written: not asked for. */
  private readonly ignored: Map<string, number> = new Map();
  /** Files whose content is read elsewhere. */
  private readonly copies: Map<string, FoundFile> = new Map();
  private readonly archives: Archives;
  private readonly unreadable: Set<string> = new Set();
  private readonly watchers: Map<string, FSWatcher> = new Map();
  private isFirstLook = true;
  private isWoken = false;
  private lookedAtMs = 0;
  private wake: () => void = () => undefined;

  constructor(options: FollowOptions) {
    this.options = options;
    this.timing = options.timing ?? TIMING;
    this.places = new KnownPlaces(options.places);
    this.archives = new Archives({
      places: this.places,
      isFollowed: (text) => [...this.followed.values()].some(({ file }) => file.beginsLike(text)),
      settleMs: this.timing.lookEveryMs * 2,
      signal: options.signal,
      onUnreadable: (path, error) => this.noteUnreadable(path, error),
    });
  }

  async lookIfDue(): Promise<void> {
    const nowMs = Date.now();
    if (!this.isWoken && nowMs - this.lookedAtMs < this.timing.lookEveryMs) return;
    this.isWoken = false;
    this.lookedAtMs = nowMs;
    await this.look();
  }

  /** Notices new, renamed, replaced and removed files. */
  private async look(): Promise<void> {
    const found = await findFiles(this.options, (path, error) => this.noteUnreadable(path, error));
    const rotated = await this.rotatedFrom(found);
    const all = [...rotated, ...found];
    for (const file of all) await this.meet(file);
    this.noteGone(new Set(all.map(keyOf)));
    for (const file of found) this.keyOfPath.set(file.path, keyOf(file));
    for (const { path } of found) this.watchFolder(dirname(path));
    this.isFirstLook = false;
  }

  /** One turn of every file, in the order they were found. */
  async *readAll(): AsyncGenerator<FollowedLines> {
    yield* this.archives.readAll();
    for (const [key, followed] of this.followed) {
      const lines = await this.readTurn(key, followed);
      if (lines) yield { ...lines, path: followed.file.path };
    }
  }

  async pause(): Promise<void> {
    if (!this.isWoken) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const { signal } = this.options;
      const timer = setTimeout(resolve, this.timing.lookEveryMs);
      this.wake = resolve;
      signal.addEventListener('abort', this.wake, { once: true });
      await promise;
      signal.removeEventListener('abort', this.wake);
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    for (const watcher of this.watchers.values()) watcher.close();
    for (const { file } of this.followed.values()) await file.close();
  }

  /** Where the files went whose names others have now, though no pattern names them there. */
  private async rotatedFrom(found: readonly FoundFile[]): Promise<readonly FoundFile[]> {
    const rotated: FoundFile[] = [];
    for (const file of found) {
      const before = this.keyOfPath.get(file.path);
      if (before === keyOf(file)) continue;
      const siblings = await findRotated(file.path);
      if (before === undefined) {
        for (const sibling of siblings) {
          this.ignored.set(keyOf(sibling), sibling.modifiedAtMs);
        }
      } else {
        rotated.push(...siblings);
      }
    }
    const named = new Set(found.map(keyOf));
    // What a pattern names is never ignored.
    for (const key of named) this.ignored.delete(key);
    return rotated.filter((file) => !named.has(keyOf(file)) && !this.isIgnored(file));
  }

  private async meet(found: FoundFile): Promise<void> {
    const key = keyOf(found);
    const known = this.followed.get(key);
    if (known) {
      await this.meetAgain(found, known);
    } else if (!this.copies.has(key) && !this.archives.has(key)) {
      await this.begin(found).catch((error: unknown) => this.noteUnreadable(found.path, error));
    }
  }

  private async meetAgain(found: FoundFile, known: Followed): Promise<void> {
    const { file } = known;
    if (file.path !== found.path) known.renamedAtMs = Date.now();
    file.path = found.path;
    known.isGone = false;
    const hasChanged =
      found.sizeBytes !== file.sizeBytes || found.modifiedAtMs !== known.modifiedAtMs;
    known.modifiedAtMs = found.modifiedAtMs;
    if (hasChanged && !(await file.reopen().catch(() => false))) {
      await this.letGo(keyOf(found), known);
    }
  }

  private async begin(found: FoundFile): Promise<void> {
    const handle = await openAs(found);
    // Renamed since it was found: the next look finds it again.
    if (!handle) return;
    let isTaken = false;
    try {
      isTaken = await this.beginOpen(found, handle);
    } finally {
      if (!isTaken) await handle.close();
    }
  }

  /** True when the handle is in use from now on. */
  private async beginOpen(found: FoundFile, handle: FileHandle): Promise<boolean> {
    const readAt: ReadAt = async (position, length) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    const head = await readAt(0, MAGIC_BYTES);
    if (compressionOf(head) !== 'none') {
      const isOld = this.isFirstLook && this.options.start === 'end';
      this.archives.add({ found, isOld, head });
      return false;
    }
    if (await this.isCopy(readAt)) {
      // As `copytruncate` makes it: its end is needed when the original is truncated.
      this.copies.set(keyOf(found), found);
      return false;
    }
    const known = await this.places.find(found, readAt);
    const from = known ?? { offset: await this.firstOffset(found, readAt), id: randomUUID() };
    await this.follow(found, handle, from);
    return true;
  }

  private async isCopy(readAt: ReadAt): Promise<boolean> {
    const head = await readAt(0, COMPARED_BYTES_MAX);
    for (const { file } of this.followed.values()) {
      if (file.beginsLike(head) && (await endsWithTail(readAt, file.place))) return true;
    }
    return false;
  }

  private async follow(found: FoundFile, handle: FileHandle, from: StartOfFile): Promise<void> {
    const file = await FollowedFile.begin(found, handle, from);
    this.unreadable.delete(found.path);
    this.followed.set(keyOf(found), {
      file,
      renamedAtMs: undefined,
      isGone: false,
      modifiedAtMs: found.modifiedAtMs,
      grownAtMs: Date.now(),
    });
    this.note('opened', found.path, `from byte ${from.offset}`);
  }

  private async firstOffset({ sizeBytes }: FoundFile, readAt: ReadAt): Promise<number> {
    if (!this.isFirstLook || this.options.start === 'beginning') return 0;
    // The line that is being written is not cut in two; units of UTF-16 are not either.
    const { tailLines = 0 } = this.options;
    const lookedAt = tailLines > 0 ? TAIL_BYTES_MAX : LAST_LINE_BYTES;
    const from = Math.max(0, Math.floor((sizeBytes - lookedAt) / 2) * 2);
    const encoding = encodingOf(await readAt(0, COMPARED_BYTES_MAX));
    const bytes = await readAt(from, sizeBytes - from);
    const lineAt = afterLastLine(bytes, encoding);
    if (lineAt === 0) return sizeBytes;
    const isOfBytes = encoding === 'utf-8';
    return from + (isOfBytes ? linesBefore(bytes, lineAt, { tailLines, from }) : lineAt);
  }

  private async readTurn(key: string, followed: Followed): Promise<FileLines | undefined> {
    const { file } = followed;
    try {
      if (!file.isOpen) return undefined;
      // As long as there is more to read, reading tells whether it was truncated.
      if (file.unreadBytes === 0) await file.look();
      if (await file.wasTruncated()) await this.beginAgain(followed);
      if (file.unreadBytes === 0) return await this.rest(key, followed);
      followed.grownAtMs = Date.now();
      return await file.read();
    } catch (error) {
      this.noteUnreadable(file.path, error);
      await this.letGo(key, followed);
      return undefined;
    }
  }

  private async beginAgain({ file }: Followed): Promise<void> {
    const { place } = file;
    this.places.remember(place);
    file.startOver();
    await file.look();
    // Now that the original is cut, its copy is read from where that was left.
    const siblings = await findRotated(file.path);
    const unknown = siblings.filter((each) => !this.isKnown(each));
    const copies = [...this.copies.values(), ...this.archives.takeRead(), ...unknown];
    this.copies.clear();
    for (const copy of copies) {
      await this.begin(copy).catch((error: unknown) => this.noteUnreadable(copy.path, error));
    }
    const detail = `truncated after byte ${place.offset} was read; what was written meanwhile may be lost`;
    this.note('possible_loss', file.path, detail);
  }

  /** A file with nothing new. */
  private async rest(key: string, followed: Followed): Promise<FileLines | undefined> {
    const { file, grownAtMs, isGone, renamedAtMs } = followed;
    const quietMs = Date.now() - Math.max(grownAtMs, renamedAtMs ?? 0);
    const isOver = isGone || renamedAtMs !== undefined;
    const last = isOver && quietMs >= this.timing.lingerMs ? file.finish() : undefined;
    if (isGone && quietMs >= this.timing.lingerMs) await this.letGo(key, followed);
    else if (quietMs >= this.timing.idleMs) await file.close();
    return last;
  }

  private async letGo(key: string, { file }: Followed): Promise<void> {
    this.followed.delete(key);
    this.places.remember(file.place);
    await file.close().catch(() => undefined);
    this.note('closed', file.path, `at byte ${file.place.offset}`);
  }

  private noteGone(seen: ReadonlySet<string>): void {
    for (const [key, followed] of this.followed) {
      if (seen.has(key)) continue;
      followed.isGone = true;
      followed.renamedAtMs ??= Date.now();
    }
    // Their inodes are used again.
    for (const key of this.copies.keys()) if (!seen.has(key)) this.copies.delete(key);
    this.archives.keepOnly(seen);
  }

  private isKnown(file: FoundFile): boolean {
    const key = keyOf(file);
    const isMet = [this.followed, this.copies, this.archives].some((keys) => keys.has(key));
    return isMet || this.isIgnored(file);
  }

  /** An inode that is used again is another file. */
  private isIgnored(file: FoundFile): boolean {
    return this.ignored.get(keyOf(file)) === file.modifiedAtMs;
  }

  private watchFolder(folder: string): void {
    if (this.watchers.has(folder) || this.watchers.size >= WATCHED_MAX) return;
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        this.isWoken = true;
        this.wake();
      });
      watcher.on('error', () => this.watchers.delete(folder));
      this.watchers.set(folder, watcher);
    } catch {
      // No notices to be had: the next look finds what is new.
    }
  }

  private noteUnreadable(path: string, error: unknown): void {
    if (this.unreadable.has(path)) return;
    this.unreadable.add(path);
    this.note('unreadable', path, messageOf(error));
  }

  private note(kind: FollowEvent['kind'], path: string, detail: string): void {
    this.options.onEvent({ kind, path, detail });
  }
}

/** Where the last lines before `end` begin. `from` is where the bytes begin in their file. */
function linesBefore(
  bytes: Buffer,
  end: number,
  { from, tailLines }: { readonly tailLines: number; readonly from: number },
): number {
  let at = end;
  for (let count = 0; count < tailLines; count += 1) {
    const feed = at < 2 ? -1 : bytes.lastIndexOf(LINE_FEED, at - 2);
    // The first of the bytes may be the rest of a line.
    if (feed < 0) return from === 0 ? 0 : at;
    at = feed + 1;
  }
  return at;
}
