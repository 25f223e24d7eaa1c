/** Lines of every format and transport, damaged and mixed: each of them is in a record, and nothing is thrown. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readGolden } from '@tendril/testkit/golden';
import { formatsWith, readPacks } from './packs/load-packs.ts';
import { RecordAssembler } from './record-assembler.ts';
import { RecordDesk, RecordReader } from './record-reader.ts';
import { createRedactor } from './redact/redactor.ts';
import { RULE_NAMES } from './redact/scan.ts';
import { UTC } from './zone.ts';

const NOW_MS: number = Date.UTC(2026, 5, 3);
const packs = readPacks({ sections: ['formats'] });
const formats = formatsWith(packs);
// What is redacted reads differently from what was written.
const rules = Object.fromEntries(RULE_NAMES.map((name) => [name, false]));
const redactor = createRedactor({ key: new Uint8Array(32), rules });

const samples: readonly string[] = readdirSync(import.meta.dirname, {
  recursive: true,
  encoding: 'utf8',
})
  .filter((path) => /(?:formats|transport|join)\/.*testdata\/[\w-]+\.txt$/.test(path))
  .flatMap((path) => readGolden(pathToFileURL(join(import.meta.dirname, path))))
  .flatMap(({ input }) => input.replaceAll('␛', '\u001b').split('\n'));

/** Examples of formats that are data. */
const packed = [...packs.formats.values()].map(({ spec }) => ({
  id: spec.id,
  lines: spec.examples.flatMap(({ line }) => line.split('\n')),
}));

function damaged(lines: readonly string[]): fc.Arbitrary<string> {
  return fc
    .record({
      line: fc.constantFrom(...lines),
      at: fc.nat(),
      removed: fc.constantFrom(0, 0, 1, 3, 8),
      inserted: fc.oneof(
        fc.constant(''),
        fc.string({ unit: 'binary', maxLength: 4 }),
        fc.constantFrom('"', '\\', '{', '}', '[', ']', '=', '|', ' ', '\t', '\u001b[31m', '\u0000'),
      ),
    })
    .map(({ line, at, removed, inserted }) => {
      const place = at % (line.length + 1);
      const text = line.slice(0, place) + inserted + line.slice(place + removed);
      // Half a surrogate pair is no text in UTF-8.
      return text.replaceAll(/[\n\r]/g, ' ').toWellFormed();
    });
}

const desk = new RecordDesk({ redactor, nowMs: () => NOW_MS });

interface Kept {
  readonly lines: readonly string[];
  readonly lineCount: number;
}

function keptOf(lines: readonly string[]): Kept {
  const context = { zone: UTC, asOfNs: BigInt(NOW_MS) * 1_000_000n };
  const source = { formats, context, resource: {} };
  const reader = new RecordReader({ source, desk });
  const records = [...reader.read(lines), ...reader.flush()];
  return {
    lines: records.flatMap(({ record }) => (record.original || record.body).split('\n')),
    lineCount: records.reduce((sum, { facts }) => sum + facts.lineCount, 0),
  };
}

// Colours alone, or what wraps nothing, is no record and no part of one that has to stay.
function isRecordAlone(line: string): boolean {
  let records = 0;
  const assembler = new RecordAssembler(() => {
    records += 1;
  });
  assembler.push(line);
  assembler.flush();
  return records > 0;
}

function expectAllKept(lines: readonly string[]): void {
  const kept = keptOf(lines);
  expect(kept.lineCount).toBe(kept.lines.length);
  const expected = lines.filter(isRecordAlone).toSorted();
  const wanted = new Set(expected);
  expect(kept.lines.filter((line) => wanted.has(line)).toSorted()).toEqual(expected);
}

test('no line is lost, whatever is wrong with it', { timeout: 180_000 }, () => {
  const lines = fc.array(damaged(samples), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(lines, expectAllKept), { numRuns: 1000 });
});

// A thousand lines of each format of the packs; those above are of formats that are code.
test.each(packed)('no line of $id is lost', { timeout: 60_000 }, ({ lines }) => {
  const many = fc.array(damaged(lines), { minLength: 50, maxLength: 50 });
  fc.assert(fc.property(many, expectAllKept), { numRuns: 20 });
});
