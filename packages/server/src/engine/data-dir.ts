/**
 * The data directory: what lies where, whose it is while a server runs, and which format it has.
 *
 * One server at a time: `tendril.lock` names the process that has it. A lock whose process is gone
 * is taken over.
 */
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure, messageOf } from '@tendril/model/failure';
import { processStart } from './process-identity.ts';

/** Raised when an older server could not read what this one writes. */
export const DATA_FORMAT = 1;

export interface DataDir {
  readonly path: string;
  /** The embedded engine's tables. */
  readonly enginePath: string;
  /** The engine's configuration of this start. */
  readonly runPath: string;
  readonly logPath: string;
  readonly walPath: string;
  readonly quarantinePath: string;
  /** Small files of the server: tokens, keys, checkpoints. */
  readonly statePath: string;
  /** Gives the directory free. */
  close(): void;
}

interface Holder {
  readonly pid: number;
  readonly start: string;
}

/** Makes what is missing, 0700. Refuses a directory that another server has, or of a newer format. */
export function openDataDir(directory: string): DataDir {
  const path = resolve(directory);
  makePrivate(path);
  const lockFile = join(path, 'tendril.lock');
  takeLock(path, lockFile);
  try {
    checkFormat(path);
    return layOut(path, lockFile);
  } catch (error) {
    rmSync(lockFile, { force: true });
    throw error;
  }
}

/** Of the server that has the directory, if one does: for `tendril down` and `status`. */
export function dataDirHolder(directory: string): number | undefined {
  return liveHolder(join(resolve(directory), 'tendril.lock'))?.pid;
}

function layOut(path: string, lockFile: string): DataDir {
  const below = (name: string): string => {
    const folder = join(path, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  };
  return {
    path,
    enginePath: below('engine'),
    runPath: below('run'),
    logPath: below('log'),
    walPath: below('wal'),
    quarantinePath: below('quarantine'),
    statePath: below('state'),
    close: () => rmSync(lockFile, { force: true }),
  };
}

function makePrivate(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700);
  } catch (error) {
    const reason = messageOf(error);
    const detail = `the data directory ${path} cannot be used: ${reason}`;
    throw new Failure({
      code: 'data_dir_unusable',
      detail,
      params: { path, reason },
      cause: error,
    });
  }
}

function checkFormat(path: string): void {
  const file = join(path, 'format');
  const text = readIfThere(file);
  if (text === undefined) {
    writeFileSync(file, `${DATA_FORMAT}\n`, { mode: 0o600 });
    return;
  }
  const format = Number(text.trim());
  if (Number.isInteger(format) && format >= 1 && format <= DATA_FORMAT) return;
  throw new Failure({
    code: 'data_dir_newer',
    detail:
      `the data directory ${path} has format ${text.trim()}, this server knows formats up to ${DATA_FORMAT}: ` +
      'it was written by a newer server; upgrade this one, or use another directory',
    params: { path, format: text.trim(), known: DATA_FORMAT },
  });
}

function takeLock(path: string, lockFile: string): void {
  const mine = writeMine(path);
  try {
    if (linkIfFree(mine, lockFile)) return;
    takeOver(path, { mine, lockFile });
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Complete before it is seen: a lock file is never half written. */
function writeMine(path: string): string {
  const holder: Holder = { pid: process.pid, start: processStart(process.pid) ?? 'unknown' };
  const file = join(path, `tendril.lock.${process.pid}`);
  writeFileSync(file, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  return file;
}

function linkIfFree(mine: string, lockFile: string): boolean {
  try {
    linkSync(mine, lockFile);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Replaces the lock of a process that is gone. Two servers may find it stale at once; the second
 * lock file lets them look and replace one after the other.
 */
function takeOver(
  path: string,
  { mine, lockFile }: { readonly mine: string; readonly lockFile: string },
): void {
  const guardFile = join(path, 'tendril.lock.takeover');
  if (liveHolder(guardFile) === undefined) rmSync(guardFile, { force: true });
  if (!linkIfFree(mine, guardFile)) throw locked(path, liveHolder(guardFile));
  try {
    const holder = liveHolder(lockFile);
    if (holder !== undefined) throw locked(path, holder);
    renameSync(mine, lockFile);
  } finally {
    rmSync(guardFile, { force: true });
  }
}

function locked(path: string, holder: Holder | undefined): Failure {
  const pid = holder?.pid ?? 0;
  return new Failure({
    code: 'data_dir_locked',
    detail: `another server, process ${pid}, has the data directory ${path}`,
    params: { path, pid },
  });
}

/** Undefined when the file is not there, cannot be read as a lock, or names a process that is gone. */
function liveHolder(file: string): Holder | undefined {
  const holder = parseHolder(readIfThere(file));
  if (holder === undefined) return undefined;
  const start = processStart(holder.pid);
  if (start === undefined) return undefined;
  return start === holder.start || start === 'unknown' ? holder : undefined;
}

function parseHolder(text: string | undefined): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('pid' in value) || typeof value.pid !== 'number') return undefined;
    if (!('start' in value) || typeof value.start !== 'string') return undefined;
    return { pid: value.pid, start: value.start };
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
