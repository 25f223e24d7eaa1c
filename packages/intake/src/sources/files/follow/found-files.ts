/** Which files a configuration means at this moment. */
import { glob, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, matchesGlob } from 'node:path';
import type { FileIdentity } from './followed-file.ts';

export interface FoundFile extends FileIdentity {
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

export interface FilePatterns {
  /** Globs; a directory means all in it and below. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Files followed at once; more is a mistake in the pattern. */
const FILES_MAX = 10_000;

/** Each file once, oldest first, so that what was rotated is read before what follows it. */
export async function findFiles(
  { include, exclude }: FilePatterns,
  onUnreadable: (path: string, error: unknown) => void,
): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const pattern of include) {
    for await (const path of pathsOf(pattern)) {
      if (exclude.some((excluded) => matchesGlob(path, excluded))) continue;
      const file = await identify(path, onUnreadable);
      if (file) found.set(keyOf(file), found.get(keyOf(file)) ?? file);
      if (found.size >= FILES_MAX) return inOrder(found);
    }
  }
  return inOrder(found);
}

/**
 * Where a file went that had this path: rotated names begin with the name (`app.log.1`,
 * `app.log-20260602.gz`), or have their number before its extension (`app-2026-06-02.log`).
 */
export async function findRotated(path: string): Promise<readonly FoundFile[]> {
  const name = basename(path);
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const names = await readdir(dirname(path)).catch(() => []);
  const found = new Map<string, FoundFile>();
  for (const candidate of names) {
    const rest = [name, stem].flatMap((begin) =>
      candidate.startsWith(begin) ? [candidate.slice(begin.length)] : [],
    );
    if (candidate === name || !rest.some((end) => /^[.\-_]?\d/.test(end))) continue;
    const file = await identify(join(dirname(path), candidate), () => undefined);
    if (file) found.set(keyOf(file), file);
  }
  return inOrder(found);
}

export function keyOf({ device, inode }: Pick<FileIdentity, 'device' | 'inode'>): string {
  return `${device}:${inode}`;
}

async function* pathsOf(pattern: string): AsyncGenerator<string> {
  const stats = await stat(pattern).catch(() => undefined);
  if (stats?.isFile()) yield pattern;
  else yield* glob(stats?.isDirectory() ? join(pattern, '**') : pattern);
}

async function identify(
  path: string,
  onUnreadable: (path: string, error: unknown) => void,
): Promise<FoundFile | undefined> {
  try {
    const { dev, ino, mtimeMs, size, ...stats } = await statFile(path);
    if (!stats.isFile) return undefined;
    const identity = { path, device: String(dev), inode: String(ino) };
    return { ...identity, sizeBytes: size, modifiedAtMs: mtimeMs };
  } catch (error) {
    // Gone between two looks is what rotation does.
    if (!isMissing(error)) onUnreadable(path, error);
    return undefined;
  }
}

async function statFile(path: string): Promise<{
  readonly dev: number;
  readonly ino: number;
  readonly mtimeMs: number;
  readonly size: number;
  readonly isFile: boolean;
}> {
  const stats = await stat(path);
  const { dev, ino, mtimeMs, size } = stats;
  return { dev, ino, mtimeMs, size, isFile: stats.isFile() };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function inOrder(found: ReadonlyMap<string, FoundFile>): readonly FoundFile[] {
  return [...found.values()].toSorted((left, right) => left.modifiedAtMs - right.modifiedAtMs);
}
