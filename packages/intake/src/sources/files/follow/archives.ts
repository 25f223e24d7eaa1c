/**
 * Compressed files among those that are followed: what rotation made of files that were read before, or after they
 * were. Each is read once, as soon as it is whole, from where its content was left under its own name.
 */
import { randomUUID } from 'node:crypto';
import { archiveLines } from './archive-lines.ts';
import type { FileLines, StartOfFile } from './followed-file.ts';
import { keyOf, type FoundFile } from './found-files.ts';
import type { KnownPlaces } from './known-places.ts';

export interface ArchivesOptions {
  readonly places: KnownPlaces;
  /** True while the same content is read under another name. */
  readonly isFollowed: (text: Buffer) => boolean;
  /** One that was written to so lately may be being written. */
  readonly settleMs: number;
  readonly signal: AbortSignal;
  readonly onUnreadable: (path: string, error: unknown) => void;
}

export interface NewArchive {
  readonly found: FoundFile;
  /** Its first bytes, which say how it is compressed. */
  readonly head: Uint8Array;
  /** Was there at the first look, and only what is new was asked for. */
  readonly isOld: boolean;
}

interface WaitingArchive extends NewArchive {
  readonly tries: number;
}

/** Looks at an archive that seems cut short. */
const TRIES_MAX = 40;
const NEVER: StartOfFile = { id: '', offset: Number.MAX_SAFE_INTEGER };

export class Archives {
  private readonly options: ArchivesOptions;
  private readonly waiting: Map<string, WaitingArchive> = new Map();
  /** To their ends; what they hold may be more than was known when they were. */
  private readonly read: Map<string, FoundFile> = new Map();

  constructor(options: ArchivesOptions) {
    this.options = options;
  }

  has(key: string): boolean {
    return this.waiting.has(key) || this.read.has(key);
  }

  add(archive: NewArchive): void {
    this.waiting.set(keyOf(archive.found), { ...archive, tries: 0 });
  }

  /** Inodes of those that are gone are used again. */
  keepOnly(there: ReadonlySet<string>): void {
    for (const key of this.read.keys()) if (!there.has(key)) this.read.delete(key);
  }

  /** Forgets those that were read, so that they can be read again. */
  takeRead(): readonly FoundFile[] {
    const found = [...this.read.values()];
    this.read.clear();
    return found;
  }

  /** Those that can be read by now. */
  async *readAll(): AsyncGenerator<FileLines & { readonly path: string }> {
    for (const [key, archive] of this.waiting) {
      if (Date.now() - archive.found.modifiedAtMs < this.options.settleMs) continue;
      this.waiting.delete(key);
      this.read.set(key, archive.found);
      yield* this.readOne(key, archive);
    }
  }

  private async *readOne(
    key: string,
    archive: WaitingArchive,
  ): AsyncGenerator<FileLines & { readonly path: string }> {
    const { found, head } = archive;
    const { places, signal } = this.options;
    const startOf = (text: Buffer): StartOfFile => this.startOf(text, archive);
    try {
      for await (const lines of archiveLines({ file: found, head, startOf, signal })) {
        places.remember(lines.placeAfter(lines.lines.length));
        yield { ...lines, path: found.path };
      }
    } catch (error) {
      if (!signal.aborted) this.retry(key, archive, error);
    }
  }

  private startOf(text: Buffer, { isOld }: NewArchive): StartOfFile {
    const { isFollowed, places } = this.options;
    if (isFollowed(text)) return NEVER;
    const offset = isOld ? NEVER.offset : 0;
    return places.byHead(text) ?? { id: randomUUID(), offset };
  }

  /** Its end may not have been written yet. */
  private retry(key: string, archive: WaitingArchive, error: unknown): void {
    const tries = archive.tries + 1;
    if (tries >= TRIES_MAX) {
      this.options.onUnreadable(archive.found.path, error);
      return;
    }
    this.read.delete(key);
    const found = { ...archive.found, modifiedAtMs: Date.now() };
    this.waiting.set(key, { ...archive, found, tries });
  }
}
