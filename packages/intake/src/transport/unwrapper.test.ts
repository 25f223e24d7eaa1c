import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenActuals, readGolden } from '@tendril/testkit/golden';
import { TRANSPORTS } from './registry.ts';
import { Unwrapper, type Unwrapped } from './unwrapper.ts';

const file = new URL('testdata/transports.txt', import.meta.url);
/** Stands for the character that begins a colour. */
const ESCAPE = '␛';

function print(unwrapped: Unwrapped | undefined): string {
  if (!unwrapped) return 'not wrapped';
  const { timeNs, text, origin, resource, attributes, ...others } = unwrapped.wrapped;
  const fields = {
    origin,
    time:
      timeNs === undefined
        ? ''
        : `${new Date(Number(timeNs / 1_000_000n)).toISOString()} +${timeNs % 1_000_000n}`,
    ...others,
    resource: resource && Object.fromEntries(resource),
    attributes: attributes && Object.fromEntries(attributes),
  };
  const said = Object.entries(fields)
    .filter(([, value]) => value !== '' && value !== 0 && value !== false && value !== undefined)
    .map(([name, value]) => `  ${name} ${JSON.stringify(value)}`);
  return [`${unwrapped.transport}: ${JSON.stringify(text)}`, ...said].join('\n');
}

function printAll(input: string): string {
  const unwrapper = new Unwrapper();
  const lines = input.replaceAll(ESCAPE, '\u001b').split('\n');
  return lines.map((line) => print(unwrapper.unwrap(line))).join('\n');
}

describe('Unwrapper', () => {
  const cases = goldenActuals(file, printAll);
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test('has a case for each transport', () => {
    const text = cases.map(({ actual }) => actual).join('\n');
    for (const { name } of TRANSPORTS) expect(text).toMatch(new RegExp(`^${name}: `, 'm'));
  });

  const samples = readGolden(file).flatMap(({ input }) => input.split('\n'));

  test('bears damage', () => {
    const damage = fc.record({
      line: fc.constantFrom(...samples),
      at: fc.nat(),
      removed: fc.nat(8),
      inserted: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 6 }),
        fc.constantFrom('"', '\\', '{', '}', '[', ']', '|', ' ', '\t', '\u0000', '\u001b['),
      ),
    });
    const unwrapper = new Unwrapper();
    fc.assert(
      fc.property(damage, ({ line, at, removed, inserted }) => {
        const place = at % (line.length + 1);
        const damaged = line.slice(0, place) + inserted + line.slice(place + removed);
        const unwrapped = unwrapper.unwrap(damaged);
        if (unwrapped) expect(typeof unwrapped.wrapped.text).toBe('string');
      }),
      { numRuns: 5000 },
    );
  });

  test('takes time in proportion to the length of a line', () => {
    for (const line of samples) {
      for (const part of [' ', 'a', 'a-', '[', '|', '\u001b[0m', '\t', '1']) {
        // A pattern that backtracks takes minutes here: the test then runs out of time.
        const unwrapper = new Unwrapper();
        unwrapper.unwrap(line + part.repeat(20_000));
        unwrapper.unwrap(part.repeat(20_000));
      }
    }
    expect(samples.length).toBeGreaterThan(0);
  });
});
