import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitStatements } from './split.ts';

describe('splitStatements', () => {
  test.each<[string, string, string[]]>([
    ['at semicolons', 'SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
    ['with or without a last semicolon', 'SELECT 1;\nSELECT 2', ['SELECT 1', 'SELECT 2']],
    [
      'not in strings',
      "SELECT ';', 'a\\';b', 'c'';d'; SELECT 2",
      ["SELECT ';', 'a\\';b', 'c'';d'", 'SELECT 2'],
    ],
    ['not in quoted names', 'SELECT `a;b`, "c;d"; SELECT 2', ['SELECT `a;b`, "c;d"', 'SELECT 2']],
    [
      'not in comments',
      'SELECT 1 -- a; b\n, 2 /* c; */; SELECT 3',
      ['SELECT 1 -- a; b\n, 2 /* c; */', 'SELECT 3'],
    ],
    ['not in heredocs', 'SELECT $a$ ; $b$ ; $a$; SELECT 2', ['SELECT $a$ ; $b$ ; $a$', 'SELECT 2']],
    [
      'leaving out pieces without a statement',
      '-- nothing\n; /* nothing; */ ;; SELECT 1;  ',
      ['SELECT 1'],
    ],
    ['keeping the comment before a statement', '-- why\nSELECT 1;', ['-- why\nSELECT 1']],
    ['with an open string to the end', "SELECT 'a; b", ["SELECT 'a; b"]],
    ['of nothing', '', []],
  ])('splits %s', (_name, text, statements) => {
    expect(splitStatements(text)).toEqual(statements);
  });

  test('splits what was joined, whatever the strings hold', () => {
    const literal = fc.string().map((text) => `'${text.replaceAll(/['\\]/g, '\\$&')}'`);
    const statements = fc.array(literal.map((text) => `SELECT ${text}`));
    fc.assert(
      fc.property(statements, (list) => {
        expect(splitStatements(list.join(';\n'))).toEqual(list);
      }),
    );
  });
});
