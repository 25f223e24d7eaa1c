/**
 * A disk for tests that fails as it is told to, and that loses what was not synced in a crash: of each
 * file the synced bytes stay, and a chosen part of the rest.
 */
import { open, readFile, truncate } from 'node:fs/promises';
import { nodeWalFiles, type WalFile, type WalFiles } from '../wal/wal-files.ts';

type Operation = 'create' | 'reopen' | 'rename' | 'write' | 'sync' | 'truncate' | 'syncDirectory';

interface Written {
  syncedBytes: number;
  writtenBytes: number;
  /** What was there before the file was written over. */
  readonly before: Buffer;
}

export class FaultyFiles implements WalFiles {
  /** Called before each operation; may wait or throw. */
  before: (operation: Operation, path: string) => Promise<void> = async () => undefined;
  readonly #files = new Map<string, Written>();
  readonly #syncs: boolean;
  #isDead = false;

  /** Without syncs tests of many starts are quick; what a process wrote outlives it all the same. */
  constructor({ syncs = true }: { readonly syncs?: boolean } = {}) {
    this.#syncs = syncs;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  async create(path: string): Promise<WalFile> {
    await this.#enter('create', path);
    const file = await nodeWalFiles.create(path);
    const written = { syncedBytes: 0, writtenBytes: 0, before: Buffer.alloc(0) };
    this.#files.set(path, written);
    return this.#wrap(path, file, written);
  }

  async reopen(path: string): Promise<WalFile> {
    await this.#enter('reopen', path);
    const before = await readFile(path);
    const file = await nodeWalFiles.reopen(path);
    const written = { syncedBytes: 0, writtenBytes: 0, before };
    this.#files.set(path, written);
    return this.#wrap(path, file, written);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#enter('rename', from);
    await nodeWalFiles.rename(from, to);
    const written = this.#files.get(from);
    this.#files.delete(from);
    if (written !== undefined) this.#files.set(to, written);
  }

  async syncDirectory(path: string): Promise<void> {
    await this.#enter('syncDirectory', path);
    if (this.#syncs) await nodeWalFiles.syncDirectory(path);
  }

  /** Power loss: nothing works any more, and of unsynced bytes this fraction is on the disk. */
  async crash(fractionKept: number): Promise<void> {
    this.#isDead = true;
    for (const [path, { before, syncedBytes, writtenBytes }] of this.#files) {
      const kept = syncedBytes + Math.floor((writtenBytes - syncedBytes) * fractionKept);
      // It may have been removed since.
      await truncate(path, Math.max(kept, before.length)).catch(() => undefined);
      if (kept < before.length) await writeAt(path, before.subarray(kept), kept);
    }
  }

  #wrap(path: string, file: WalFile, written: Written): WalFile {
    return {
      write: async (buffers, position) => {
        await this.#enter('write', path);
        const bytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
        written.writtenBytes = Math.max(written.writtenBytes, position + bytes);
        await file.write(buffers, position);
        this.#checkAlive();
      },
      sync: async () => {
        await this.#enter('sync', path);
        const bytes = written.writtenBytes;
        if (this.#syncs) await file.sync();
        this.#checkAlive();
        written.syncedBytes = bytes;
      },
      truncate: async (bytes) => {
        await this.#enter('truncate', path);
        await file.truncate(bytes);
        written.writtenBytes = bytes;
      },
      close: () => file.close(),
    };
  }

  async #enter(operation: Operation, path: string): Promise<void> {
    this.#checkAlive();
    await this.before(operation, path);
    this.#checkAlive();
  }

  #checkAlive(): void {
    if (this.#isDead) throw new Error('the machine is off');
  }
}

async function writeAt(path: string, bytes: Buffer, position: number): Promise<void> {
  const handle = await open(path, 'r+').catch(() => undefined);
  await handle?.write(bytes, 0, bytes.length, position);
  await handle?.close();
}

/** As Node reports a failed system call. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}
