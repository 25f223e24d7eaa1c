/** The file operations of the WAL's writing side, so that tests can let them fail. */
import { open, rename, type FileHandle } from 'node:fs/promises';

export interface WalFile {
  /** Writes all of it or throws. */
  write(buffers: readonly Uint8Array[], position: number): Promise<void>;
  /** Once it has failed, what was written since the last success must be taken as lost. */
  sync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export interface WalFiles {
  /** Fails when the file exists. */
  create(path: string): Promise<WalFile>;
  /** For a file that is written over from its beginning. */
  reopen(path: string): Promise<WalFile>;
  rename(from: string, to: string): Promise<void>;
  /** Makes created and removed names last. */
  syncDirectory(path: string): Promise<void>;
}

export const nodeWalFiles: WalFiles = {
  create: async (path) => new NodeWalFile(await open(path, 'wx', 0o600)),
  reopen: async (path) => new NodeWalFile(await open(path, 'r+')),
  rename,
  syncDirectory: async (path) => {
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};

class NodeWalFile implements WalFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(buffers: readonly Uint8Array[], position: number): Promise<void> {
    const wanted = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    const { bytesWritten } = await this.#handle.writev([...buffers], position);
    if (bytesWritten < wanted) await this.#writeRest(buffers, bytesWritten, position);
  }

  // A short write is what a nearly full disk gives before ENOSPC.
  async #writeRest(
    buffers: readonly Uint8Array[],
    written: number,
    position: number,
  ): Promise<void> {
    const rest = Buffer.concat(buffers).subarray(written);
    let done = 0;
    while (done < rest.length) {
      const at = position + written + done;
      const { bytesWritten } = await this.#handle.write(rest, done, rest.length - done, at);
      done += bytesWritten;
    }
  }

  async sync(): Promise<void> {
    await this.#handle.datasync();
  }

  async truncate(bytes: number): Promise<void> {
    await this.#handle.truncate(bytes);
    await this.#handle.datasync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
