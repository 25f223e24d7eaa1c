/**
 * Loads settings once: flags go before environment variables, those before `tendril.yaml`, that
 * before defaults. An unknown key or a wrong value is an error that says where it stands.
 */
import { existsSync, readFileSync } from 'node:fs';
import { distance } from 'fastest-levenshtein';
import { Failure, messageOf } from '@tendril/model/failure';
import { isScalar, LineCounter, parseDocument, isMap, isSeq, type Node } from 'yaml';
import { environmentName, flagName, type Settings, type ValuesOf } from './settings.ts';
import type { ValueType } from './value-type.ts';

export interface LoadOptions {
  /** By flag name, as the command line gave them. */
  readonly flags: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Must exist when given; otherwise `tendril.yaml` in the working directory is read if there. */
  readonly file?: string | undefined;
}

export interface Loaded<S extends Settings> {
  readonly values: ValuesOf<S>;
  /** Things to tell the person that do not stop the start. */
  readonly warnings: readonly string[];
}

interface Given {
  readonly text: string;
  readonly where: string;
}

export const DEFAULT_FILE = 'tendril.yaml';
/** Variables that other parts of Tendril read. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set([
  'TENDRIL_URL',
  'TENDRIL_TOKEN',
  'TENDRIL_LANG',
]);
/** Kubernetes sets these for a service that is called tendril; they are not ours. */
const KUBERNETES_VARIABLE = /^TENDRIL_(SERVICE_|PORT_\d)|^TENDRIL_PORT$/;

export function loadSettings<S extends Settings>(settings: S, options: LoadOptions): Loaded<S> {
  const { warnings, fromEnvironment } = environmentValues(settings, options.environment);
  const given = new Map([
    ...fileValues(settings, options.file),
    ...fromEnvironment,
    ...flagValues(settings, options.flags),
  ]);
  const values = Object.entries(settings).map(([key, { type, default: value }]) => {
    const found = given.get(key);
    if (found === undefined) return [key, value];
    const parsed: unknown = type.parse(found.text);
    if (parsed === undefined && found.text !== '') throw wrongValue(key, found, type);
    return [key, parsed];
  });
  return { values: Object.freeze(Object.fromEntries(values)) as ValuesOf<S>, warnings };
}

function wrongValue(
  key: string,
  { text, where }: Given,
  { expects, isSecret = false }: ValueType<unknown>,
): Failure {
  const value = isSecret ? '•••' : text;
  return new Failure({
    code: 'config_value',
    detail: `${where}: ${key} is "${value}", but must be ${expects}`,
    params: { where, key, value, expects },
  });
}

function unknownKey(key: string, where: string, known: readonly string[]): Failure {
  const hint = nearest(key, known);
  return new Failure({
    code: 'config_key',
    detail: `${where}: there is no setting "${key}"${hint ? `; did you mean "${hint}"?` : ''}`,
    params: { where, key, hint: hint ?? 'none' },
  });
}

/** What was probably meant, where that is at all likely. */
function nearest(key: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({
      candidate,
      edits: distance(key.toLowerCase(), candidate.toLowerCase()),
    }))
    .toSorted((a, b) => a.edits - b.edits);
  return best && best.edits <= Math.max(2, key.length / 3) ? best.candidate : undefined;
}

function flagValues(
  settings: Settings,
  flags: Readonly<Record<string, string>>,
): readonly (readonly [string, Given])[] {
  const keys = new Map(Object.keys(settings).map((key) => [flagName(key), key]));
  return Object.entries(flags).map(([flag, text]) => {
    const key = keys.get(flag);
    if (key === undefined) throw unknownKey(flag, `--${flag}`, [...keys.keys()]);
    return [key, { text, where: `--${flag}` }] as const;
  });
}

function environmentValues(
  settings: Settings,
  environment: LoadOptions['environment'],
): { fromEnvironment: (readonly [string, Given])[]; warnings: string[] } {
  const keys = new Map(Object.keys(settings).map((key) => [environmentName(key), key]));
  const fromEnvironment: (readonly [string, Given])[] = [];
  const warnings: string[] = [];
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('TENDRIL_') || text === undefined || OTHER_VARIABLES.has(name)) continue;
    const key = keys.get(name);
    if (KUBERNETES_VARIABLE.test(name) && (key === undefined || text.includes('://'))) continue;
    if (key !== undefined) fromEnvironment.push([key, { text, where: name }]);
    else warnings.push(unknownKey(name, 'environment', [...keys.keys()]).message);
  }
  return { fromEnvironment, warnings };
}

function fileValues(
  settings: Settings,
  file: string | undefined,
): readonly (readonly [string, Given])[] {
  const path = file ?? DEFAULT_FILE;
  if (file === undefined && !existsSync(path)) return [];
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines });
  const [error] = document.errors;
  if (error) throw fileFailure(path, error.message.split('\n')[0] ?? '', error);
  const where = (node: Node | null | undefined): string => {
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
    return `${path}:${line}:${col}`;
  };
  const found: (readonly [string, Given])[] = [];
  collect(document.contents, '', { settings, where, found });
  return found;
}

interface Collecting {
  readonly settings: Settings;
  readonly where: (node: Node | null | undefined) => string;
  readonly found: (readonly [string, Given])[];
}

function collect(node: unknown, key: string, collecting: Collecting): void {
  const { settings, where, found } = collecting;
  if (isMap(node)) {
    for (const pair of node.items) {
      const name = isScalar(pair.key) ? String(pair.key.value) : '';
      const path = key === '' ? name : `${key}.${name}`;
      const isKnown = Object.keys(settings).some(
        (each) => each === path || each.startsWith(`${path}.`),
      );
      if (!isKnown) throw unknownKey(path, where(pair.key as Node), Object.keys(settings));
      collect(pair.value, path, collecting);
    }
    return;
  }
  // An empty section or file.
  if (node === null || (isScalar(node) && node.value === null)) return;
  const place = where(node as Node);
  const value = textOf(node);
  if (value === undefined || !Object.hasOwn(settings, key)) throw notAValue(key, place);
  found.push([key, { text: value, where: place }]);
}

/** Undefined for what is no value: an alias, a list of lists. */
function textOf(node: unknown): string | undefined {
  if (isScalar(node)) return scalarText(node);
  return isSeq(node) && node.items.every(isScalar)
    ? node.items.map(scalarText).join(',')
    : undefined;
}

function notAValue(key: string, where: string): Failure {
  const shown = key === '' ? 'the file' : key;
  return new Failure({
    code: 'config_shape',
    detail: `${where}: ${shown} must be ${key === '' ? 'keys and values' : 'a section of keys, or a plain value'}`,
    params: { where, key: shown },
  });
}

function scalarText(node: unknown): string {
  if (!isScalar(node)) return '';
  const { value } = node;
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw fileFailure(path, messageOf(cause), cause);
  }
}

function fileFailure(path: string, reason: string, cause: unknown): Failure {
  return new Failure({
    code: 'config_file',
    detail: `cannot read ${path}: ${reason}`,
    params: { path, reason },
    cause,
  });
}
