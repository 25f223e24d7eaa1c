/**
 * One YAML file of a pack: read, checked entry by entry, and for all that is wrong with it the line and
 * column where it stands. A wrong entry costs itself, not the file.
 */
import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '@tendril/model/failure';
import { isMap, isNode, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';

/** One thing that is wrong with a pack. Messages are English, for the person who writes the pack. */
export interface PackProblem {
  readonly file: string;
  /** 1-based; 0 when the file itself is the problem. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** An entry that was accepted, and how to say where in it something stands. */
export interface PackEntry<T> {
  readonly value: T;
  readonly problem: (message: string, path?: readonly PropertyKey[]) => PackProblem;
}

export interface PackFile<T> {
  readonly entries: readonly PackEntry<T>[];
  readonly problems: readonly PackProblem[];
}

/** A pack is written by people; past this size it was not. */
const FILE_BYTES_MAX: number = 2 * 1024 * 1024;
const ALIASES_MAX = 100;
const ENTRIES_MAX = 2_000;
/** Of one file; after that many it is another kind of file. */
const PROBLEMS_MAX = 50;

/** A file whose top level is a list, each entry of it checked with the schema that it asks for. */
export function readEntries<T>(
  file: string,
  schemaOf: (entry: unknown) => z.ZodType<T>,
): PackFile<T> {
  const source = readYaml(file);
  if ('problems' in source) return { entries: [], problems: source.problems };
  const { contents } = source.document;
  if (contents === null) return { entries: [], problems: [] };
  if (!isSeq(contents)) {
    return { entries: [], problems: [source.problem('must be a list, each entry with an id', [])] };
  }
  if (contents.items.length > ENTRIES_MAX) {
    const message = `has ${contents.items.length} entries, the limit is ${ENTRIES_MAX}`;
    return { entries: [], problems: [source.problem(message, [])] };
  }
  const plain: unknown = source.document.toJS({ maxAliasCount: ALIASES_MAX });
  const values: readonly unknown[] = Array.isArray(plain) ? plain : [];
  const entries: PackEntry<T>[] = [];
  const problems: PackProblem[] = [];
  for (const [index, value] of values.entries()) {
    const problem = (message: string, path: readonly PropertyKey[] = []): PackProblem =>
      source.problem(message, [index, ...path]);
    const checked = schemaOf(value).safeParse(value);
    if (checked.success) entries.push({ value: checked.data, problem });
    else problems.push(...checked.error.issues.map((issue) => problemOf(issue, value, problem)));
  }
  return { entries, problems: problems.slice(0, PROBLEMS_MAX) };
}

/** A file whose top level is one map. */
export function readEntry<T>(file: string, schema: z.ZodType<T>): PackFile<T> {
  const source = readYaml(file);
  if ('problems' in source) return { entries: [], problems: source.problems };
  const plain: unknown = source.document.toJS({ maxAliasCount: ALIASES_MAX });
  const checked = schema.safeParse(plain);
  if (checked.success) {
    const problem = (message: string, path: readonly PropertyKey[] = []): PackProblem =>
      source.problem(message, path);
    return { entries: [{ value: checked.data, problem }], problems: [] };
  }
  const problems = checked.error.issues.map((issue) =>
    problemOf(issue, plain, (message, path) => source.problem(message, path ?? [])),
  );
  return { entries: [], problems: problems.slice(0, PROBLEMS_MAX) };
}

interface Source {
  readonly document: Document;
  problem(message: string, path: readonly PropertyKey[]): PackProblem;
}

function readYaml(file: string): Source | { readonly problems: readonly PackProblem[] } {
  const whole = (message: string): { readonly problems: readonly PackProblem[] } => ({
    problems: [{ file, line: 0, column: 0, message }],
  });
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > FILE_BYTES_MAX) return whole(`has ${size} bytes, the limit is ${FILE_BYTES_MAX}`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return whole(messageOf(error));
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number, message: string): PackProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, message };
  };
  // The first alone: those behind it only follow from it.
  const [error] = document.errors;
  if (error) {
    const message = (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:$/, '');
    return { problems: [at(error.pos[0], message)] };
  }
  return { document, problem: (message, path) => at(offsetOf(document, path), message) };
}

// The value a path leads to, or the nearest thing around it that is written down.
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => keyText(key) === String(step));
      if (!pair) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
      continue;
    }
    if (!isSeq(node)) return offset;
    node = node.items[Number(step)];
    offset = startOf(node) ?? offset;
  }
  return offset;
}

function keyText(key: unknown): string {
  return isNode(key) ? String(key.toJSON()) : String(key);
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}

function problemOf(
  issue: z.core.$ZodIssue,
  given: unknown,
  problem: (message: string, path?: readonly PropertyKey[]) => PackProblem,
): PackProblem {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return problem(`unknown key "${key}"`, [...path, key]);
  }
  const name = path.map(String).join('.');
  if (path.length > 0 && isMissing(given, path)) {
    return problem(`${name} is missing`, path.slice(0, -1));
  }
  return problem(name === '' ? issue.message : `${name}: ${issue.message}`, path);
}

function isMissing(given: unknown, path: readonly PropertyKey[]): boolean {
  let value = given;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return true;
    value = Reflect.get(value, step);
  }
  return value === undefined;
}
