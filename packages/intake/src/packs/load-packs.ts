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
import { codeTableSchema, type CodeTable } from './code-spec.ts';
import { errorSchemaOf, type ErrorSpec } from './error-spec.ts';
import { compileExpression } from './expression.ts';
import { formatSchemaOf, type FormatSpec } from './format-spec.ts';
import { KnownErrors, type KnownError } from './known-errors.ts';
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

export interface LoadedError extends KnownError {
  readonly entry: PackEntry<ErrorSpec>;
}

export interface LoadedCodes {
  readonly pack: LoadedPack;
  readonly table: CodeTable;
}

export interface Packs {
  readonly packs: readonly LoadedPack[];
  /** By id, in the order in which they are to be asked. */
  readonly formats: ReadonlyMap<string, LoadedFormat>;
  readonly errors: ReadonlyMap<string, LoadedError>;
  readonly codes: ReadonlyMap<string, LoadedCodes>;
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

/** The matcher of all errors and codes. */
export function knownErrorsOf({ errors, codes }: Packs): KnownErrors {
  return new KnownErrors(
    errors.values(),
    [...codes.values()].map(({ table }) => table),
  );
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
  private errors: ReadonlyMap<string, LoadedError> = new Map();
  private readonly codes: Map<string, LoadedCodes> = new Map();
  private readonly problems: PackProblem[] = [];

  constructor(sections: readonly Section[]) {
    this.sections = sections;
  }

  packs(): Packs {
    const { loaded: packs, formats, errors, codes, problems } = this;
    return { packs, formats, errors, codes, problems };
  }

  read(folder: PackFolder): void {
    const file = join(folder.path, PACK_FILE);
    const { entries, problems } = readEntry(file, packSchema);
    this.problems.push(...problems, ...strayFiles(folder).map(strayProblem));
    const [entry] = entries;
    if (!entry) return;
    const pack: LoadedPack = { folder, ...entry.value };
    this.loaded.push(pack);
    for (const section of this.sections) {
      if (section === 'formats') this.readFormats(pack);
      else if (section === 'errors') this.readErrors(pack);
      else this.readCodes(pack);
    }
  }

  private readFormats(pack: LoadedPack): void {
    const own = new Map<string, LoadedFormat>();
    const off = new Set<string>();
    for (const { value, problem } of this.entries(pack, 'formats', formatSchemaOf)) {
      if (this.isTaken(value.id, own, off, problem)) continue;
      if (value.kind === 'off') this.turnOff(value.id, this.formats, off, problem);
      else this.addFormat(pack, { value, problem }, own);
    }
    this.formats = merged(own, off, this.formats);
  }

  private readErrors(pack: LoadedPack): void {
    const own = new Map<string, LoadedError>();
    const off = new Set<string>();
    for (const { value, problem } of this.entries(pack, 'errors', errorSchemaOf)) {
      if (this.isTaken(value.id, own, off, problem)) continue;
      if ('off' in value) this.turnOff(value.id, this.errors, off, problem);
      else this.addError(pack, { value, problem }, own);
    }
    this.errors = merged(own, off, this.errors);
  }

  // Codes of a table that is known already go over those that it has.
  private readCodes(pack: LoadedPack): void {
    for (const { value } of this.entries(pack, 'codes', () => codeTableSchema)) {
      const known = this.codes.get(value.id)?.table.codes ?? [];
      const codes = new Map([...known, ...value.codes].map((each) => [each.code, each]));
      this.codes.set(value.id, { pack, table: { ...value, codes: [...codes.values()] } });
    }
  }

  private isTaken(
    id: string,
    own: ReadonlyMap<string, unknown>,
    off: ReadonlySet<string>,
    problem: PackEntry<unknown>['problem'],
  ): boolean {
    if (!own.has(id) && !off.has(id)) return false;
    this.problems.push(problem(`the id "${id}" is taken`, ['id']));
    return true;
  }

  private turnOff(
    id: string,
    known: ReadonlyMap<string, unknown>,
    off: Set<string>,
    problem: PackEntry<unknown>['problem'],
  ): void {
    if (!known.has(id)) this.problems.push(problem(`there is no "${id}" to turn off`, ['id']));
    off.add(id);
  }

  private addError(
    pack: LoadedPack,
    entry: PackEntry<ErrorSpec>,
    own: Map<string, LoadedError>,
  ): void {
    const { name, origin } = pack.folder;
    let isWhole = true;
    const expressions = entry.value.match.map(({ pattern }, index) => {
      if (pattern === undefined) return undefined;
      const compiled = compileExpression(pattern, origin);
      if (compiled.ok) return compiled.expression;
      const message = `cannot use this expression: ${compiled.reason}`;
      this.problems.push(entry.problem(message, ['match', index, 'pattern']));
      isWhole = false;
      return undefined;
    });
    const { value: spec } = entry;
    if (isWhole) own.set(spec.id, { pack: name, spec, expressions, entry });
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

// Own entries first: they are asked before those of earlier packs.
function merged<T>(
  own: ReadonlyMap<string, T>,
  off: ReadonlySet<string>,
  earlier: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> {
  const kept = [...earlier].filter(([id]) => !own.has(id) && !off.has(id));
  return new Map([...own, ...kept]);
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
