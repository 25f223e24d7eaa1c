import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  EMPTY_SQL,
  bool,
  float64,
  float64s,
  identifier,
  int64,
  int64s,
  joinSql,
  jsonPath,
  printSql,
  render,
  sql,
  string,
  strings,
  uint32,
  uint64,
  uint64s,
  uint8,
} from './sql.ts';

describe('sql', () => {
  test('binds values by name and type, in the order they appear', () => {
    const statement = sql`SELECT ${string('a')} WHERE n IN ${uint64s([1n, 2n])} LIMIT ${uint32(5)}`;
    expect(render(statement)).toEqual({
      text: 'SELECT {p0:String} WHERE n IN {p1:Array(UInt64)} LIMIT {p2:UInt32}',
      params: { p0: 'a', p1: [1n, 2n], p2: 5 },
    });
  });

  test('takes statements into statements', () => {
    const where = sql`a = ${string('x')}`;
    const statement = sql`SELECT 1 WHERE ${where} AND ${sql`b = ${bool(true)}`}${EMPTY_SQL}`;
    expect(render(statement).text).toBe('SELECT 1 WHERE a = {p0:String} AND b = {p1:Bool}');
  });

  test('sends a value once, however often it is bound, but not under another type', () => {
    const statement = sql`${string('1')} ${string('1')} ${int64(1n)} ${uint64(1n)} ${strings(['1'])}`;
    expect(render(statement)).toEqual({
      text: '{p0:String} {p0:String} {p1:Int64} {p2:UInt64} {p3:Array(String)}',
      params: { p0: '1', p1: 1n, p2: 1n, p3: ['1'] },
    });
  });

  test('names the ClickHouse type of every kind of value', () => {
    const values = [uint8(1), float64(0.5), float64s([0.5]), int64s([-1n]), bool(false)];
    expect(values.map(({ type }) => type)).toEqual([
      'UInt8',
      'Float64',
      'Array(Float64)',
      'Array(Int64)',
      'Bool',
    ]);
  });

  test('joins with separators, and nothing to nothing', () => {
    expect(render(joinSql([sql`a`, sql`b`, sql`c`], ' OR ')).text).toBe('a OR b OR c');
    expect(joinSql([], ', ')).toEqual(EMPTY_SQL);
  });

  test('takes statements of any length into others', () => {
    const many = joinSql(
      Array.from({ length: 200_000 }, () => sql`a = ${string('x')}`),
      ' OR ',
    );
    expect(sql`SELECT ${many}`.parts.length).toBe(1 + 200_000 * 3 - 1);
  });

  test('prints parameters below the text', () => {
    expect(printSql(sql`a = ${string('"')} AND b IN ${int64s([9007199254740993n])}`)).toBe(
      'a = {p0:String} AND b IN {p1:Array(Int64)}\n-- p0 = "\\""\n-- p1 = ["9007199254740993"]',
    );
  });

  test('keeps a value out of the text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const { text, params } = render(sql`SELECT ${string(value)}`);
        expect(text).toBe('SELECT {p0:String}');
        expect(params).toEqual({ p0: value });
      }),
    );
  });
});

describe('identifier', () => {
  test('quotes, and keeps the dots of a JSON path', () => {
    expect(render(sql`${identifier('Body')} ${jsonPath('Attributes', 'http.status')}`).text).toBe(
      '`Body` `Attributes`.`http.status`',
    );
  });

  test('has no unescaped back quote inside, so that no name can end it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', '\\', '\0', 'a', '.', "'") }), (name) => {
        const { text } = render(sql`${identifier(name)}`);
        expect(text).toMatch(/^`(?:[^`\\\0]|\\[`\\0])*`$/);
        expect(unquote(text)).toBe(name);
      }),
    );
  });
});

function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll(/\\(.)/gs, (_escape, character: string) => (character === '0' ? '\0' : character));
}
