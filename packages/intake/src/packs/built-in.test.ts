/** Packs come before the built-in formats; what those know better has to stay theirs. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readGolden } from '@tendril/testkit/golden';
import { FormatDetector, type FormatTable } from '../format-table.ts';
import { FORMATS } from '../formats/registry.ts';
import { EXAMPLE_CONTEXT } from './check-examples.ts';
import { readPacks } from './load-packs.ts';

const packed = FORMATS.with([...readPacks().formats.values()].map(({ format }) => format));
const specific = new Set(
  FORMATS.formats.filter(({ specificity }) => specificity === 'specific').map(({ name }) => name),
);
const folder = join(import.meta.dirname, '../formats');
const lines = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => /(?:^|\/)testdata\/[\w-]+\.txt$/.test(path))
  .flatMap((path) => readGolden(pathToFileURL(join(folder, path))))
  .map(({ input }) => stripVTControlCharacters(input));

function formatOf(table: FormatTable, line: string): string {
  return new FormatDetector(table).recognise(line, EXAMPLE_CONTEXT)?.format.name ?? '';
}

describe('shipped packs', () => {
  test('take no line that a built-in specific format knows', () => {
    const taken = lines.flatMap((line) => {
      const [built, found] = [formatOf(FORMATS, line), formatOf(packed, line)];
      return specific.has(built) && built !== found ? [{ line, built, found }] : [];
    });
    expect(taken).toEqual([]);
  });
});
