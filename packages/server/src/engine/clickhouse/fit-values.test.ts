import { joinSql, render, sql, string, strings, uint64, type Sql } from '@tendril/sql/sql';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderFitting } from './fit-values.ts';

const FIELD_BYTES_MAX = 128 * 1024;
const FIELDS_MAX = 1_000;

function valuesOf(count: number): Sql {
  const values = Array.from({ length: count }, (_, index) => sql`${uint64(BigInt(index))}`);
  return sql`SELECT ${joinSql(values, ', ')}`;
}

describe('renderFitting', () => {
  test('leaves an ordinary statement as it is', () => {
    const statement = sql`SELECT ${string('a')}, ${strings(['b'])}, ${uint64(1n)}`;
    expect(renderFitting(statement)).toEqual(render(statement));
    expect(renderFitting(valuesOf(500))).toEqual(render(valuesOf(500)));
  });

  test('puts more values than fit into lists', () => {
    const { text, params } = renderFitting(valuesOf(501));
    expect(Object.keys(params)).toHaveLength(Math.ceil(501 / 64));
    expect(text).toMatch(/^SELECT \{p0:Array\(UInt64\)\}\[1\], \{p0:Array\(UInt64\)\}\[2\], /);
    expect(text).toMatch(/\{p7:Array\(UInt64\)\}\[53\]$/);
  });

  test('keeps 10,000 values of several types below the limits', () => {
    const pairs = Array.from(
      { length: 5_000 },
      (_, index) => sql`(a = ${string(`value ${index}`)} AND b = ${uint64(BigInt(index))})`,
    );
    const { params } = renderFitting(joinSql(pairs, ' OR '));
    expect(Object.keys(params).length).toBeLessThan(FIELDS_MAX);
  });

  test('splits long values into pieces that fit, and loses none of them', () => {
    const text = fc
      .tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }), fc.nat(8_000))
      .map(([unit, count]) => unit.repeat(count));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), (list) => {
        const { text: rendered, params } = renderFitting(
          sql`SELECT ${strings(list)}, ${string(list.join(''))}`,
        );
        const names = [...rendered.matchAll(/\{(p\d+):/g)].map(([, name = '']) => name);
        const pieces = names.flatMap((name) => params[name] ?? []).map(String);
        expect(pieces.join('')).toBe(`${list.join('')}${list.join('')}`);
        for (const value of Object.values(params)) {
          expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThan(FIELD_BYTES_MAX);
        }
        for (const piece of pieces) expect(piece.isWellFormed()).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test('writes how the pieces belong together', () => {
    const [short, long] = ['b', 'l'.repeat(20_000)];
    const { text } = renderFitting(sql`SELECT ${strings([short, long.repeat(3), short])}`);
    expect(text.replaceAll(/\{p\d+:/g, '{')).toBe(
      'SELECT arrayConcat({Array(String)}, array(concat({String}, {String}, {String}, {String})), {Array(String)})',
    );
  });
});
