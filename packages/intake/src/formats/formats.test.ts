import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenActuals, readGolden } from '@tendril/testkit/golden';
import type { ParsedLine } from '../format.ts';
import type { RecognisedLine } from '../format-table.ts';
import { FORMATS } from './registry.ts';
import { jsonOf, parsedText, recognise } from './testing/parsed-text.ts';

const SOURCES = join(import.meta.dirname, '..');

/** `testdata/NAME.txt`, wherever in this package it lies. */
const goldenFiles: ReadonlyMap<string, URL> = new Map(
  readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).flatMap((path) => {
    const name = /(?:^|\/)testdata\/([\w-]+)\.txt$/.exec(path)?.[1];
    return name === undefined ? [] : [[name, pathToFileURL(join(SOURCES, path))] as const];
  }),
);

const parseLine = (line: string): RecognisedLine => recognise(FORMATS, line);

describe.each(FORMATS.formats.map(({ name }) => name))('%s', (name) => {
  const file = goldenFiles.get(name);
  if (!file) throw new Error(`the format ${name} has no testdata/${name}.txt`);
  const cases = goldenActuals(file, (line) => parsedText(FORMATS, line));

  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test('is what its lines are recognised as', () => {
    expect(cases.map(({ input }) => parseLine(input).format.name)).toContain(name);
  });

  test('bears damage: nothing is thrown, and every record says something', () => {
    const lines = readGolden(file).map(({ input }) => input);
    fc.assert(
      fc.property(damaged(lines), (line) => {
        const { parsed } = parseLine(line);
        const { body, attributes, severityNumber, timeNs } = parsed;
        const saysNothing = body === '' && attributes.size === 0 && severityNumber === 0;
        const isColour = stripVTControlCharacters(line).trim() === '';
        expect(saysNothing && timeNs === undefined).toBe(isColour);
      }),
      { numRuns: 1000 },
    );
  });

  test('takes time in proportion to the length of a line', () => {
    // A pattern that backtracks takes minutes here, not milliseconds: the test then runs out of time.
    for (const { input } of readGolden(file)) {
      for (const part of [' ', 'a', '[', '"', '=', '0', '\\', '\t', input.slice(0, 40)]) {
        const grown = input + part.repeat(Math.ceil(20_000 / part.length));
        expect(parseLine(grown).format).toBeDefined();
      }
    }
  });
});

/** Lines that are nearly right: some characters gone, others put in. */
function damaged(lines: readonly string[]): fc.Arbitrary<string> {
  const inserted = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom('"', '\\', '{', '}', '[', ']', '=', ':', ' ', '\t', '\n', '\u0000'),
    fc.constantFrom('\ud800', '9'.repeat(20), '\u001b[31m', '\u001b['),
  );
  return fc
    .record({ line: fc.constantFrom(...lines), at: fc.nat(), removed: fc.nat(8), inserted })
    .map(({ line, at, removed, inserted: text }) => {
      const place = at % (line.length + 1);
      return line.slice(0, place) + text + line.slice(place + removed);
    })
    .filter((line) => /\S/.test(line));
}

describe('formats', () => {
  test('know every line and keep its text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        const { parsed } = parseLine(line);
        if (parsed.timeNs === undefined && parsed.severityNumber === 0) return;
        expect(parsed.body.length).toBeLessThanOrEqual(line.length);
      }),
    );
  });

  test('any JSON object is taken, and none of its text is lost', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (map) => {
        const line = JSON.stringify(map);
        const { format, parsed } = parseLine(line);
        expect(format.name).toBe('json');
        for (const value of Object.values(map)) {
          if (typeof value !== 'string' || value === '') continue;
          expect(textOf(parsed)).toContain(JSON.stringify(value.trimEnd()).slice(1, -1));
        }
      }),
    );
  });

  test('hostile keys are keys', () => {
    const line =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"toString":"x"}';
    const { parsed } = parseLine(line);
    expect([...parsed.attributes.keys()]).toEqual([
      '__proto__.polluted',
      'constructor.prototype.polluted',
      'toString',
    ]);
    expect('polluted' in {}).toBe(false);
    expect(parseLine('level=info __proto__=1 msg=x').parsed.attributes.get('__proto__')).toBe('1');
  });

  test('an object of 64 levels is JSON, one of 65 is kept as text', () => {
    const nested = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
    expect(parseLine(nested(64)).format.name).toBe('json');
    expect(parseLine(nested(65))).toMatchObject({
      format: { name: 'text' },
      parsed: { body: nested(65) },
    });
    expect(parseLine(nested(10_000)).format.name).toBe('text');
    expect(parseLine(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`).format.name).toBe('text');
  });
});

function textOf({ attributes, resource, ...others }: ParsedLine): string {
  return jsonOf({ ...others, fields: [...attributes, ...(resource ?? [])] });
}
