/** Arguments of a command as paths of files: files as they are, directories whole, globs matched. */
import { glob, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@tendril/model/failure';

/** Files of one command; more is a mistake in the argument. */
export const FILES_MAX = 100_000;

/**
 * Each file once, in natural order within an argument. Hidden files and folders of a directory are left out;
 * named themselves they are read. Throws `Failure` `no_such_file` for an argument without any.
 */
export async function expandPaths(paths: readonly string[]): Promise<readonly string[]> {
  const known = new Set<string>();
  const files: string[] = [];
  for (const path of paths) {
    const found = await filesOf(path);
    if (found.length === 0) throw noSuchFile(path);
    for (const file of found.toSorted(naturally.compare)) {
      const real = await realpath(file);
      if (known.has(real)) continue;
      known.add(real);
      files.push(file);
      if (files.length > FILES_MAX) throw tooManyFiles(path);
    }
  }
  return files;
}

const naturally = new Intl.Collator('en', { numeric: true });

async function filesOf(path: string): Promise<readonly string[]> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) return await filesUnder(path);
  if (stats) return [path];
  const matches: string[] = [];
  for await (const match of glob(path)) {
    const target = await stat(match).catch(() => undefined);
    if (target?.isFile()) matches.push(match);
  }
  return matches;
}

async function filesUnder(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  const waiting = [directory];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = join(next, entry.name);
      // Links to directories are not followed: they may lead in circles.
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))) found.push(path);
    }
    if (found.length > FILES_MAX) throw tooManyFiles(directory);
  }
  return found;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

function noSuchFile(path: string): Failure {
  return new Failure({
    code: 'no_such_file',
    detail: `no file, directory or match for ${path}`,
    params: { path },
  });
}

function tooManyFiles(path: string): Failure {
  return new Failure({
    code: 'too_many_files',
    detail: `${path} has more than ${FILES_MAX} files`,
    params: { path, filesMax: FILES_MAX },
  });
}
