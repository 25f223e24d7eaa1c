import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readGolden } from '@tendril/testkit/golden';
import { FormatDetector } from '../format-table.ts';
import { FORMATS } from '../formats/registry.ts';
import { EXAMPLE_CONTEXT } from './check-examples.ts';
import { readPacks } from './load-packs.ts';
import { formatsPage, type ShownFormat } from './testing/formats-page.ts';

const PAGES = {
  en: new URL('../../../../docs/formats.md', import.meta.url),
  zh: new URL('../../../../docs/formats.zh-CN.md', import.meta.url),
} as const;

const packed = [...readPacks().formats.values()];
const table = FORMATS.with(packed.map(({ format }) => format));

/** Lines by the name of the format whose they are. */
const lines = new Map<string, readonly string[]>([
  ...goldenLines(),
  ...packed.map(({ spec }) => [spec.id, spec.examples.map(({ line }) => line)] as const),
]);

// Those that are built in come first; a page has them in the order of their registry.
const shown = [...FORMATS.formats, ...packed.map(({ format }) => format)].map(({ name }) =>
  shownFormat(name),
);

function goldenLines(): (readonly [string, readonly string[]])[] {
  const folder = join(import.meta.dirname, '../formats');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((path) => {
    const name = /(?:^|\/)testdata\/([\w-]+)\.txt$/.exec(path)?.[1];
    if (name === undefined) return [];
    const cases = readGolden(pathToFileURL(join(folder, path)));
    return [[name, cases.map(({ input }) => stripVTControlCharacters(input))] as const];
  });
}

function shownFormat(name: string): ShownFormat {
  for (const line of lines.get(name) ?? []) {
    const recognised = new FormatDetector(table).recognise(line, EXAMPLE_CONTEXT);
    if (recognised?.format.name === name) return { ...recognised, line };
  }
  throw new Error(`the format ${name} has no line that is recognised as it`);
}

describe.each(['en', 'zh'] as const)('the page of formats, %s', (language) => {
  test('shows every format with a line of it', () => {
    const page = formatsPage(shown, language);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGES[language], page);
    expect(readFileSync(PAGES[language], 'utf8')).toBe(page);
  });

  test('calls every format by a title', () => {
    for (const { format } of shown) expect(format.title?.[language]).toMatch(/\S/);
  });
});
