/** Where imports stopped, by server and file, so that the same command goes on from there. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Failure, messageOf } from '@tendril/model/failure';
import type { Checkpoint } from '@tendril/intake/sources/line-source';

/** Written this often at most; what was sent since is sent again after a crash, and known by its id. */
const WRITE_EVERY_MS = 1000;
/** Files remembered; the oldest are forgotten. */
const FILES_MAX = 100_000;

interface Entry {
  readonly checkpoint: Checkpoint;
}

export class ImportProgress {
  private readonly path: string;
  private readonly server: string;
  private readonly nowMs: () => number;
  private readonly entries: Map<string, Entry>;
  private writtenMs = 0;
  private isChanged = false;

  constructor(options: {
    readonly path: string;
    readonly server: string;
    readonly nowMs: () => number;
  }) {
    this.path = options.path;
    this.server = options.server;
    this.nowMs = options.nowMs;
    this.entries = read(options.path);
  }

  checkpointOf(file: string): Checkpoint | undefined {
    return this.entries.get(this.key(file))?.checkpoint;
  }

  move(file: string, checkpoint: Checkpoint): void {
    const key = this.key(file);
    // The newest entry last.
    this.entries.delete(key);
    this.entries.set(key, { checkpoint });
    this.isChanged = true;
    if (this.nowMs() - this.writtenMs >= WRITE_EVERY_MS) this.save();
  }

  save(): void {
    if (!this.isChanged) return;
    this.writtenMs = this.nowMs();
    this.isChanged = false;
    const entries = Object.fromEntries([...this.entries].slice(-FILES_MAX));
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      const draft = `${this.path}.${process.pid}`;
      writeFileSync(draft, JSON.stringify({ version: 1, entries }), { mode: 0o600 });
      renameSync(draft, this.path);
    } catch (cause) {
      throw unusable(this.path, cause);
    }
  }

  private key(file: string): string {
    return `${this.server} ${resolve(file)}`;
  }
}

/** In the state directory of the XDG specification. */
export function importProgressPath(
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const state = environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return join(state, 'tendril', 'import.json');
}

function read(path: string): Map<string, Entry> {
  try {
    const stored: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return new Map(Object.entries(entriesOf(stored)).filter(isEntry));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return new Map();
    // Half a file is worth nothing: everything is imported again, and known by its ids for a while.
    if (cause instanceof SyntaxError) return new Map();
    throw unusable(path, cause);
  }
}

function entriesOf(stored: unknown): object {
  if (typeof stored !== 'object' || stored === null || !('entries' in stored)) return {};
  return typeof stored.entries === 'object' && stored.entries !== null ? stored.entries : {};
}

function isEntry(entry: [string, unknown]): entry is [string, Entry] {
  const [, value] = entry;
  if (typeof value !== 'object' || value === null || !('checkpoint' in value)) return false;
  const { checkpoint } = value;
  if (typeof checkpoint !== 'object' || checkpoint === null) return false;
  const texts = ['device', 'inode', 'fingerprint'].map((key) => Reflect.get(checkpoint, key));
  const numbers = ['offset', 'fingerprintBytes'].map((key) => Reflect.get(checkpoint, key));
  return (
    texts.every((text) => typeof text === 'string') &&
    numbers.every((number) => Number.isSafeInteger(number))
  );
}

function unusable(path: string, cause: unknown): Failure {
  const reason = messageOf(cause);
  return new Failure({
    code: 'checkpoint_file',
    detail: `cannot use the file of import progress ${path}: ${reason}`,
    params: { path, reason },
    cause,
  });
}
