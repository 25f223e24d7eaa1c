/** What failed in logs of builds, pipelines and starts. The texts are what the tools print. */
import { goldenActuals, readGolden } from '@tendril/testkit/golden';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesSource } from '../formats/body-source.ts';
import { formatsWith, knownErrorsOf, loadPacks } from '../packs/load-packs.ts';
import { createRedactor } from '../redact/redactor.ts';
import { Analysis } from './analysis.ts';
import { RecordFeed } from './record-feed.ts';
import { reportOf } from './report.ts';
import type { FailedStep } from './steps.ts';

const GOLDEN = new URL('testdata/steps.txt', import.meta.url);
const packs = loadPacks();
const formats = formatsWith(packs);
const known = knownErrorsOf(packs);
const redactor = createRedactor({ key: Buffer.from('steps') });
const NOW_NS = BigInt(Date.UTC(2026, 5, 3)) * 1_000_000n;

function analysisOf(lines: readonly string[]): Analysis {
  const analysis = new Analysis({ known, redactor });
  const feed = new RecordFeed(linesSource({ zone: 'UTC' }, formats, NOW_NS), (record) =>
    analysis.add(record),
  );
  for (const line of lines) feed.push(line);
  feed.flush();
  return analysis;
}

function stepsOf(lines: readonly string[]): readonly FailedStep[] {
  return reportOf(analysisOf(lines)).steps;
}

// Each line of a case begins with a bar: some begin with what begins a case.
function linesOf(input: string): string[] {
  return input.split('\n').map((line) => line.slice(2).replaceAll('␛', '\u001b'));
}

function printed(step: FailedStep): string {
  return Object.entries(step)
    .filter(([, value]) => value !== undefined && value !== '' && String(value) !== '')
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join('\n');
}

/** More than are kept. */
function failingStages(name: string): readonly string[] {
  return Array.from({ length: 150 }, (_, index) => [
    `[Pipeline] { (${name} ${index})`,
    'ERROR: script returned exit code 3',
  ]).flat();
}

describe('steps', () => {
  const cases = goldenActuals(GOLDEN, (input) =>
    stepsOf(linesOf(input)).map(printed).join('\n---\n'),
  );
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test('are none in what goes well', () => {
    expect(
      stepsOf([
        '2024-05-11T08:00:07.0000000Z ##[group]Run make build',
        '2024-05-11T08:00:07.0000001Z ##[endgroup]',
        '2024-05-11T08:00:09.0000000Z 0 errors, 2 warnings',
        '2026-06-02 09:00:00 ERROR message failed: timeout',
        'openim-api exited with code 0',
      ]),
    ).toEqual([]);
  });

  test('hold no secrets', () => {
    const steps = stepsOf([
      '2024-05-11T08:00:07.0000000Z ##[group]Run deploy --password=hunter2secret',
      '2024-05-11T08:00:08.0000000Z error: login failed password=hunter2secret',
      '2024-05-11T08:00:09.0000000Z ##[error]Process completed with exit code 1.',
    ]);
    expect(steps).toHaveLength(1);
    expect(JSON.stringify(steps)).not.toContain('hunter2');
  });

  test('are as many as there is room for, and add up over threads', () => {
    const failing = failingStages('Stage');
    const whole = analysisOf(failing);
    expect(whole.steps.top()).toHaveLength(100);
    const sum = analysisOf(failing.slice(0, 20));
    sum.absorb(analysisOf(failing.slice(20, 60)).state());
    const titles = (tally: typeof sum): readonly string[] =>
      tally.steps.top().map(({ title }) => title);
    expect(titles(sum).toSorted()).toEqual(titles(whole).slice(0, 30).toSorted());
    sum.absorb(analysisOf(failingStages('Other')).state());
    expect(sum.steps.top()).toHaveLength(100);
  });

  test('damaged lines do no harm', () => {
    const lines = readGolden(GOLDEN).flatMap(({ input }) => linesOf(input));
    const line = fc
      .tuple(fc.constantFrom(...lines), fc.nat(), fc.string({ maxLength: 8 }))
      .map(([text, at, more]) => {
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + more + text.slice(cut + more.length);
      });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (damaged) => {
        for (const step of stepsOf(damaged)) expect(step.errors.length).toBeLessThanOrEqual(5);
      }),
      { numRuns: 300 },
    );
  });
});
