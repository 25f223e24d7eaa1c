import { queryArbitrary } from '@tendril/testkit/random-query';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseQuery } from './parse.ts';
import { printFieldName, printQuery, quoteText } from './print.ts';

describe('printQuery', () => {
  test('gives a text whose tree is the same again, but for positions', () => {
    fc.assert(
      fc.property(queryArbitrary(), (node) => {
        const tree = parseQuery(printQuery(node));
        expect(withoutPositions(parseQuery(printQuery(tree)))).toEqual(withoutPositions(tree));
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps the tree of any text that can be parsed', () => {
    const unit = fc.constantFrom(
      ...'aAnd:()"*\\/<>= |é连\n\u3000'.split(''),
      ' and ',
      ' or ',
      'not ',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        const tree = parsedOrUndefined(text);
        fc.pre(tree !== undefined);
        expect(withoutPositions(parseQuery(printQuery(tree)))).toEqual(withoutPositions(tree));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['', '*'],
    ['level : error   AND NOT  service:api', 'level:error and not service:api'],
    ['(a and b) and (c or d)', 'a and b and (c or d)'],
    ['not (a)', 'not a'],
    ['not (a and b)', 'not (a and b)'],
    ['f:((a) or (b and c))', 'f:(a or b and c)'],
    ['f:"a * \\* b"', 'f:"a * \\* b"'],
    ['t >= 2024-05-01T10:30:00', 't >= 2024-05-01T10:30:00'],
    ['caller:msg.go:12', 'caller:msg.go:12'],
    ['path:/user/login', 'path:\\/user/login'],
    ['/a\\/b c/', '/a\\/b c/'],
    ['"cost time":1', '"cost time":1'],
    ['f:\\and', 'f:\\and'],
    ['a\\:b', 'a\\:b'],
  ])('prints %s as %s', (text, printed) => {
    expect(printQuery(parseQuery(text))).toBe(printed);
  });
});

describe('quoteText and printFieldName', () => {
  test('give a condition that means exactly the key and the text', () => {
    const unit = fc.constantFrom(...'ab:()"*\\/<>{}| \n\t.连😀'.split(''), 'and', 'not');
    fc.assert(
      fc.property(
        fc.string({ unit, minLength: 1 }),
        fc.string({ unit, minLength: 1 }),
        (key, value) => {
          expect(parseQuery(`${printFieldName(key)}:${quoteText(value)}`)).toMatchObject({
            kind: 'is',
            field: { pieces: [key.toWellFormed()] },
            values: { kind: 'text', pieces: [value.toWellFormed()] },
          });
        },
      ),
    );
  });

  test('leave plain names as they are', () => {
    expect(printFieldName('http.status_code')).toBe('http.status_code');
    expect(printFieldName('not')).toBe('"not"');
    expect(printFieldName('日志')).toBe('"日志"');
  });
});

function parsedOrUndefined(text: string): ReturnType<typeof parseQuery> | undefined {
  try {
    return parseQuery(text);
  } catch {
    return undefined;
  }
}

function withoutPositions(tree: unknown): unknown {
  return JSON.parse(
    JSON.stringify(tree, (key, item: unknown) =>
      key === 'start' || key === 'end' ? undefined : item,
    ),
  );
}
