/** Where packs are, and which files a pack has. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure, messageOf } from '@tendril/model/failure';
import type { Origin } from './expression.ts';

/** A pack: a folder with `pack.yaml` and its data. */
export interface PackFolder {
  readonly name: string;
  readonly path: string;
  readonly origin: Origin;
}

/** What a pack can hold: one file each, `formats.yaml`, or several in a folder, `errors/*.yaml`. */
export const SECTIONS = ['formats', 'errors', 'codes'] as const;
export type Section = (typeof SECTIONS)[number];

export const PACK_FILE = 'pack.yaml';
const PACKS_MAX = 200;
const FILES_MAX = 200;

/** The folder of the packs that come with Tendril: in an installed package, or in a checkout. */
export function shippedPacksFolder(): string {
  const installed = fileURLToPath(new URL('../../packs/', import.meta.url));
  return isFolder(installed)
    ? installed
    : fileURLToPath(new URL('../../../../packs/', import.meta.url));
}

/** The user's folders of packs: the one that is named, else `packs` in the data directory, if there. */
export function ownPacks(named: string | undefined, dataPath: string): readonly string[] {
  if (named !== undefined) return [named];
  const usual = join(dataPath, 'packs');
  return isFolder(usual) ? [usual] : [];
}

/** The packs of a folder, which may also be a single pack. In the order of their names. */
export function packFolders(path: string, origin: Origin): readonly PackFolder[] {
  const names = namesIn(path);
  if (names.includes(PACK_FILE)) return [{ name: basename(path), path, origin }];
  return names
    .filter((name) => isFile(join(path, name, PACK_FILE)))
    .slice(0, PACKS_MAX)
    .map((name) => ({ name, path: join(path, name), origin }));
}

/** The files of one section, in the order they are read. */
export function sectionFiles(pack: PackFolder, section: Section): readonly string[] {
  const single = join(pack.path, `${section}.yaml`);
  const folder = join(pack.path, section);
  const several = isFolder(folder)
    ? namesIn(folder)
        .filter((name) => name.endsWith('.yaml'))
        .slice(0, FILES_MAX)
        .map((name) => join(folder, name))
    : [];
  return isFile(single) ? [single, ...several] : several;
}

/** Names that a pack's folder must not have: they would be read by nobody. */
export function strayFiles(pack: PackFolder): readonly string[] {
  const known: ReadonlySet<string> = new Set([
    PACK_FILE,
    ...SECTIONS.flatMap((section) => [section, `${section}.yaml`]),
  ]);
  return namesIn(pack.path)
    .filter((name) => /\.ya?ml$/.test(name) && !known.has(name))
    .map((name) => join(pack.path, name));
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path).toSorted();
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Failure({
      code: 'packs_folder',
      detail: `cannot read packs in ${path}: ${reason}`,
      params: { path, reason },
      cause,
    });
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
