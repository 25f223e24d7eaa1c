/**
 * A set of lines that people have sorted by template, in the layout of loghub: a folder NAME with
 * NAME_2k.log_structured.csv, whose columns Content and EventId are the line and its group.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface LabelledSet {
  readonly name: string;
  readonly lines: readonly string[];
  /** Of each line. */
  readonly groups: readonly string[];
}

/** All sets of a folder, or the folder itself when it is one. */
export function readLabelledSets(folder: string): LabelledSet[] {
  const files = structuredFiles(folder);
  if (files.length > 0) return files.map((file) => readSet(join(folder, file)));
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      structuredFiles(join(folder, name)).map((file) => readSet(join(folder, name, file))),
    );
}

function structuredFiles(folder: string): string[] {
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  return readdirSync(folder).filter((name) => name.endsWith('_structured.csv'));
}

function readSet(file: string): LabelledSet {
  const [header = [], ...rows] = csvRows(readFileSync(file, 'utf8'));
  const content = header.indexOf('Content');
  const event = header.indexOf('EventId');
  if (content < 0 || event < 0) throw new Error(`${file} has no columns Content and EventId`);
  const name = file.replace(/^.*\/(.*?)(_\w+)?\.log_structured\.csv$/, '$1');
  const lines = rows.map((row) => row[content] ?? '');
  return { name, lines, groups: rows.map((row) => row[event] ?? '') };
}

/** RFC 4180. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n|$)/g,
  )) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    if (row.length > 1) rows.push(row);
    row = [];
  }
  return rows;
}
