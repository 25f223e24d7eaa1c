import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flatAttributes } from './json-object.ts';

describe('flatAttributes', () => {
  test('keeps both a value and what is nested under the same name', () => {
    const json = '{"error":"e","error":{"type":"t","":{"x":1}},"a":{"b":{"c":true}}}';
    expect(flatAttributes(json)).toEqual({
      error: 'e',
      'error.type': 't',
      'error..x': 1,
      'a.b.c': true,
    });
  });

  test('keeps integers that a number cannot hold, and tells text from numbers', () => {
    const json =
      '{"big":9223372036854775807,"low":-9223372036854775808,"text":"12","float":1e300,"one":1}';
    expect(flatAttributes(json)).toEqual({
      big: 9223372036854775807n,
      low: -9223372036854775808n,
      text: '12',
      float: 1e300,
      one: 1,
    });
  });

  test('reads arrays, and keeps what is deeper as text', () => {
    const json = '{"a":["x","]\\"",""],"n":[1,2.5,true],"e":[],"deep":[[1,2],{"q":"]"}]}';
    expect(flatAttributes(json)).toEqual({
      a: ['x', ']"', ''],
      n: [1, 2.5, true],
      e: [],
      deep: ['[1,2]', '{"q":"]"}'],
    });
  });

  test('is not harmed by hostile names', () => {
    const attributes = flatAttributes('{"__proto__":{"polluted":1},"constructor":"x"}');
    expect(Object.entries(attributes)).toEqual([
      ['__proto__.polluted', 1],
      ['constructor', 'x'],
    ]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.entries(flatAttributes('{"__proto__":1}'))).toEqual([['__proto__', 1]]);
  });

  test('reads back what JSON says', () => {
    // A whole number that a double does not hold exactly is taken for a 64-bit integer.
    const double = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((number) => !Number.isInteger(number) || Number.isSafeInteger(number));
    const scalar = fc.oneof(fc.string(), fc.boolean(), fc.integer(), double);
    const value = fc.oneof(scalar, fc.array(scalar));
    const key = fc.string().filter((name) => name !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(key, value), (attributes) => {
        const json = JSON.stringify(attributes);
        expect({ ...flatAttributes(json) }).toEqual(JSON.parse(json));
      }),
    );
  });
});
