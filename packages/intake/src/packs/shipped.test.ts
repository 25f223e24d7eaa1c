/** The packs that come with Tendril: their examples are their tests. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatDetector } from '../format-table.ts';
import type { Bilingual } from './bilingual.ts';
import { checkErrorExamples, checkExamples, EXAMPLE_CONTEXT } from './check-examples.ts';
import { compileExpression } from './expression.ts';
import { formatsWith, knownErrorsOf, problemText, readPacks } from './load-packs.ts';
import { SECTIONS, sectionFiles } from './pack-folder.ts';
import { expressionsOf } from './testing/expressions.ts';

const packs = readPacks();
const formats = [...packs.formats.values()];
const errors = [...packs.errors.values()];
const tables = [...packs.codes.values()].map(({ table: codes }) => codes);
const table = formatsWith(packs);
const known = knownErrorsOf(packs);
const examples = formats.flatMap(({ spec }) =>
  spec.examples.map((example) => ({ id: spec.id, example })),
);

/** Every regular expression of the packs. */
const expressions = [...expressionsOf(packs).keys()];

describe('shipped packs', () => {
  test('have nothing wrong with them', () => {
    expect(packs.problems.map(problemText)).toEqual([]);
    expect(packs.formats.size).toBeGreaterThan(30);
  });

  test.each(formats.map((loaded) => [loaded.spec.id, loaded] as const))(
    'format %s reads its examples',
    (_id, loaded) => {
      expect(checkExamples(loaded, table).map(problemText)).toEqual([]);
    },
  );

  test.each(errors.map((loaded) => [loaded.spec.id, loaded] as const))(
    'error %s is found in its examples alone',
    (_id, loaded) => {
      expect(loaded.spec.examples.length).toBeGreaterThan(0);
      expect(checkErrorExamples(loaded, known).map(problemText)).toEqual([]);
    },
  );

  test('speak both languages', () => {
    const advice: readonly Bilingual[] = [
      ...packs.packs.flatMap(({ description }) => (description ? [description] : [])),
      ...errors.flatMap(({ spec: { cause, action, runbook } }) => [
        cause,
        action,
        ...runbook.flatMap((step) => (step.caution ? [step.do, step.caution] : [step.do])),
      ]),
      ...tables.flatMap(({ codes }) =>
        codes.flatMap(({ meaning, hint }) => (hint ? [meaning, hint] : [meaning])),
      ),
    ];
    const titles = [
      ...packs.packs.map(({ title }) => title),
      ...formats.map(({ spec }) => spec.title),
      ...errors.map(({ spec }) => spec.title),
      ...tables.map(({ title }) => title),
    ];
    for (const { en } of [...titles, ...advice]) expect(en).not.toMatch(/[\u4e00-\u9fff]/);
    for (const { zh } of advice) expect(zh).toMatch(/[\u4e00-\u9fff]/);
  });

  test('expressions are also ones of RE2, so that a user may copy them', () => {
    for (const source of expressions) {
      expect(compileExpression(source, 'user')).toMatchObject({ ok: true });
    }
  });

  test('both engines capture the same', () => {
    for (const { spec } of formats) {
      if (spec.kind !== 'line') continue;
      const engines = (['shipped', 'user'] as const).map((origin) =>
        compileExpression(spec.line, origin),
      );
      for (const { line } of spec.examples) {
        const [v8, re2] = engines.map((engine) => engine.ok && engine.expression.captures(line));
        expect({ ...re2 }).toEqual({ ...v8 });
      }
    }
  });

  test('formats never throw on lines that are nearly right, and never make a message longer', () => {
    const mutation = fc.record({
      sample: fc.constantFrom(...examples.map(({ example }) => example.line)),
      at: fc.nat(400),
      removed: fc.nat(8),
      inserted: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 6 }),
        fc.constantFrom(
          '"',
          '\\',
          '{',
          '}',
          '[',
          ']',
          '=',
          ' ',
          '\t',
          '\n',
          '\ud800',
          '9'.repeat(20),
        ),
      ),
    });
    fc.assert(
      fc.property(mutation, ({ sample, at, removed, inserted }) => {
        const place = at % (sample.length + 1);
        const line = sample.slice(0, place) + inserted + sample.slice(place + removed);
        const parsed = new FormatDetector(table).recognise(line, EXAMPLE_CONTEXT)?.parsed;
        expect(parsed?.body.length ?? 0).toBeLessThanOrEqual(line.length);
      }),
      { numRuns: 5000 },
    );
  });

  test('no two packs have an id in common', () => {
    const ids = packs.packs.flatMap(({ folder }) =>
      SECTIONS.flatMap((section) => sectionFiles(folder, section)).flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/^- id: (\S+)$/gm)].map(
          ([, id = '']) => `${basename(file)} ${id}`,
        ),
      ),
    );
    expect(ids.length).toBe(new Set(ids).size);
    expect(packs.errors.size).toBeGreaterThan(150);
  });
});
