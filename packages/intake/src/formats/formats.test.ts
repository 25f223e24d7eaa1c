import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenActuals } from '@tendril/testkit/golden';
import type { LineContext, ParsedLine } from '../format.ts';
import { UTC, zoneOf } from '../zone.ts';
import { FORMATS } from './registry.ts';

const CONTEXT: LineContext = {
  zone: zoneOf('Asia/Shanghai') ?? UTC,
  asOfNs: BigInt(Date.UTC(2026, 5, 3)) * 1_000_000n,
};

function parseLine(line: string): { readonly format: string; readonly parsed: ParsedLine } {
  for (const format of FORMATS) {
    const parsed = format.parse(line, CONTEXT);
    if (parsed) return { format: format.name, parsed };
  }
  throw new Error('the last format knows every line');
}

function print(line: string): string {
  const { format, parsed } = parseLine(line);
  const time =
    parsed.timeNs === undefined
      ? ''
      : `${new Date(Number(parsed.timeNs / 1_000_000n)).toISOString()} +${parsed.timeNs % 1_000_000n}`;
  const filled = Object.entries({ format, ...asObject(parsed), timeNs: time }).filter(
    ([, value]) => value !== '' && value !== undefined && JSON.stringify(value, digits) !== '{}',
  );
  return filled.map(([key, value]) => `${key}: ${JSON.stringify(value, digits)}`).join('\n');
}

function asObject({ attributes, resource, ...others }: ParsedLine): object {
  return {
    ...others,
    attributes: Object.fromEntries(attributes),
    resource: resource && Object.fromEntries(resource),
  };
}

function digits(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

describe('formats', () => {
  for (const file of ['json', 'logfmt', 'text', 'access-log']) {
    const cases = goldenActuals(new URL(`testdata/${file}.txt`, import.meta.url), print);
    test.each(cases)(`${file}: $name`, ({ actual, expected }) => {
      expect(actual).toBe(expected);
    });
  }

  const samples = ['json', 'logfmt', 'text', 'access-log'].flatMap((file) => {
    const lines: string[] = [];
    goldenActuals(new URL(`testdata/${file}.txt`, import.meta.url), (input) => {
      lines.push(input);
      return print(input);
    });
    return lines;
  });

  test('know every line and keep its text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        const { parsed } = parseLine(line);
        if (parsed.timeNs === undefined && parsed.severityNumber === 0) return;
        expect(parsed.body.length).toBeLessThanOrEqual(line.length);
      }),
    );
  });

  test('never throw on lines that are nearly right', () => {
    const mutation = fc.record({
      sample: fc.constantFrom(...samples),
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
          '\u0000',
          '\ud800',
          '9'.repeat(20),
        ),
      ),
    });
    fc.assert(
      fc.property(mutation, ({ sample, at, removed, inserted }) => {
        const place = at % (sample.length + 1);
        parseLine(sample.slice(0, place) + inserted + sample.slice(place + removed));
      }),
      { numRuns: 5000 },
    );
  });

  test('any JSON object is taken, and none of its text is lost', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (map) => {
        const line = JSON.stringify(map);
        const { format, parsed } = parseLine(line);
        expect(format).toBe('json');
        for (const value of Object.values(map)) {
          if (typeof value !== 'string' || value === '') continue;
          expect(JSON.stringify(asObject(parsed), digits)).toContain(
            JSON.stringify(value.trimEnd()).slice(1, -1),
          );
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
    expect(parseLine(nested(64)).format).toBe('json');
    expect(parseLine(nested(65))).toMatchObject({ format: 'text', parsed: { body: nested(65) } });
    expect(parseLine(nested(10_000)).format).toBe('text');
    expect(parseLine(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`).format).toBe('text');
  });
});
