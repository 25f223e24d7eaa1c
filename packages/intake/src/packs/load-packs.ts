/**
 * Packs from folders: read, checked, compiled. Packs read later go before earlier ones and may replace
 * or take away what those have, by id. What is wrong becomes a problem with file and line; the rest of the
 * pack is still read, so that a check shows all there is.
 */
import { join } from 'node:path';
import { Failure } from '@tendril/model/failure';
import { z } from 'zod';
import type { LineFormat } from '../format.ts';
import type { FormatTable } from '../format-table.ts';
import { FORMATS } from '../formats/registry.ts';
import { bilingualSchema, type Bilingual } from './bilingual.ts';
import { compileFormat } from './compile-format.ts';
import { formatSchemaOf, type FormatOff, type FormatSpec } from './format-spec.ts';
import {
  PACK_FILE,
  packFolders,
  sectionFiles,
  SECTIONS,
  shippedPacksFolder,
  strayFiles,
  type PackFolder,
  type Section,
} from './pack-folder.ts';
import { readEntries, readEntry, type PackEntry, type PackProblem } from './yaml-file.ts';

/** What `pack.yaml` says. */
interface PackTitle {
  readonly title: Bilingual;
  readonly description: Bilingual | undefined;
}

export interface LoadedPack extends PackTitle {
  readonly folder: PackFolder;
}

export interface LoadedFormat {
  readonly pack: LoadedPack;
  readonly spec: FormatSpec;
  readonly format: LineFormat;
  readonly entry: PackEntry<FormatSpec>;
}

export interface Packs {
  readonly packs: readonly LoadedPack[];
  /** By id, in the order in which they are to be asked. */
  readonly formats: ReadonlyMap<string, LoadedFormat>;
  readonly problems: readonly PackProblem[];
}

export interface LoadPacksOptions {
  /** Folders of packs, or packs, of the user; later ones go before. */
  readonly folders?: readonly string[];
  /** False leaves out what comes with Tendril. */
  readonly shipped?: boolean;
  /** What is wanted; reading it all takes longer. */
  readonly sections?: readonly Section[];
}

/** Throws a `Failure` only when a folder cannot be read. */
export function readPacks(options: LoadPacksOptions = {}): Packs {
  const { folders = [], shipped = true, sections = SECTIONS } = options;
  const reader = new PackReader(sections);
  if (shipped) {
    for (const folder of packFolders(shippedPacksFolder(), 'shipped')) reader.read(folder);
  }
  for (const path of folders) {
    for (const folder of packFolders(path, 'user')) reader.read(folder);
  }
  return reader.packs();
}

/** The same for work: anything wrong is a `Failure` that names the first place and counts the others. */
export function loadPacks(options: LoadPacksOptions = {}): Packs {
  const packs = readPacks(options);
  const [first] = packs.problems;
  if (!first) return packs;
  const others = packs.problems.length - 1;
  const where = problemText(first);
  throw new Failure({
    code: 'bad_pack',
    detail: others === 0 ? where : `${where} (and ${others} more: tendril pack check)`,
    params: { where, others },
  });
}

/** All formats: those of the packs before Tendril's own. */
export function formatsWith({ formats }: Packs): FormatTable {
  return FORMATS.with([...formats.values()].map(({ format }) => format));
}

/** `packs/redis/formats.yaml:12:5: …` */
export function problemText({ file, line, column, message }: PackProblem): string {
  return line === 0 ? `${file}: ${message}` : `${file}:${line}:${column}: ${message}`;
}

const packSchema: z.ZodType<PackTitle> = z
  .strictObject({ title: bilingualSchema, description: bilingualSchema.exactOptional() })
  .transform(({ title, description }) => ({ title, description }));

class PackReader {
  private readonly sections: readonly Section[];
  private readonly loaded: LoadedPack[] = [];
  private formats: ReadonlyMap<string, LoadedFormat> = new Map();
  private readonly problems: PackProblem[] = [];

  constructor(sections: readonly Section[]) {
    this.sections = sections;
  }

  packs(): Packs {
    return { packs: this.loaded, formats: this.formats, problems: this.problems };
  }

  read(folder: PackFolder): void {
    const file = join(folder.path, PACK_FILE);
    const { entries, problems } = readEntry(file, packSchema);
    this.problems.push(...problems, ...strayFiles(folder).map(strayProblem));
    const [entry] = entries;
    if (!entry) return;
    const pack: LoadedPack = { folder, ...entry.value };
    this.loaded.push(pack);
    if (this.sections.includes('formats')) this.readFormats(pack);
  }

  private readFormats(pack: LoadedPack): void {
    const own = new Map<string, LoadedFormat>();
    const off = new Set<string>();
    for (const entry of this.entries(pack, 'formats', formatSchemaOf)) {
      const { value } = entry;
      if (own.has(value.id) || off.has(value.id)) {
        this.problems.push(entry.problem(`the id "${value.id}" is taken`, ['id']));
      } else if (value.kind === 'off') {
        if (!this.formats.has(value.id)) {
          this.problems.push(entry.problem(`there is no format "${value.id}" to turn off`, ['id']));
        }
        off.add(value.id);
      } else {
        this.addFormat(pack, asFormat(entry, value), own);
      }
    }
    const kept = [...this.formats].filter(([id]) => !own.has(id) && !off.has(id));
    this.formats = new Map([...own, ...kept]);
  }

  private addFormat(
    pack: LoadedPack,
    entry: PackEntry<FormatSpec>,
    own: Map<string, LoadedFormat>,
  ): void {
    if (FORMATS.formats.some(({ name }) => name === entry.value.id)) {
      const message = `"${entry.value.id}" is a format of Tendril itself: take another id`;
      this.problems.push(entry.problem(message, ['id']));
      return;
    }
    const compiled = compileFormat(entry, pack.folder.origin);
    if (!compiled.ok) {
      this.problems.push(...compiled.problems);
      return;
    }
    const { value: spec } = entry;
    own.set(spec.id, { pack, spec, format: compiled.format, entry });
  }

  private entries<T>(
    pack: LoadedPack,
    section: Section,
    schemaOf: (entry: unknown) => z.ZodType<T>,
  ): readonly PackEntry<T>[] {
    return sectionFiles(pack.folder, section).flatMap((file) => {
      const { entries, problems } = readEntries(file, schemaOf);
      this.problems.push(...problems);
      return entries;
    });
  }
}

function asFormat(
  { problem }: PackEntry<FormatSpec | FormatOff>,
  value: FormatSpec,
): PackEntry<FormatSpec> {
  return { value, problem };
}

function strayProblem(file: string): PackProblem {
  const known = SECTIONS.map((section) => `${section}.yaml`).join(', ');
  return {
    file,
    line: 0,
    column: 0,
    message: `is read by nobody; a pack has ${PACK_FILE}, ${known}`,
  };
}
