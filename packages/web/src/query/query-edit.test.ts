import { parseQuery } from '@tendril/query/parse';
import { printQuery } from '@tendril/query/print';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  appended,
  filterState,
  rangeOf,
  searchedTerms,
  withFilter,
  withRange,
} from './query-edit.ts';

const PUSH = { field: 'service.name', value: 'push' };

describe('withFilter', () => {
  test.each([
    ['', 'include', 'service.name:"push"'],
    ['*', 'include', 'service.name:"push"'],
    ['timeout', 'include', 'timeout and service.name:"push"'],
    ['a:1 or b:2', 'include', '(a:1 or b:2) and service.name:"push"'],
    ['service:api', 'include', 'service.name:("api" or "push")'],
    ['service:api and level:error', 'include', 'level:error and service.name:("api" or "push")'],
    ['service.name:"push" and x', 'include', 'x'],
    ['x and service.name:"push"', 'include', 'x'],
    ['service:(api or push)', 'include', 'service.name:"api"'],
    ['not service:push', 'include', 'service.name:"push"'],
    ['service:api', 'only', 'service.name:"push"'],
    ['x', 'exclude', 'x and not service.name:"push"'],
    ['x and not service:push', 'exclude', 'x'],
    [
      'service:(api or push) and x',
      'exclude',
      'x and service.name:"api" and not service.name:"push"',
    ],
    ['x | stats count()', 'include', 'x and service.name:"push" | stats count()'],
    ['"a|b"', 'include', '"a|b" and service.name:"push"'],
  ] as const)('%j, %s → %j', (query, kind, expected) => {
    expect(withFilter(query, PUSH, kind)).toBe(expected);
  });

  test('twice is as it was, whatever the value holds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.string({ minLength: 1 }),
        (value, field) => {
          for (const kind of ['include', 'exclude'] as const) {
            const once = withFilter('message:"连接失败"', { field, value }, kind);
            const state = kind === 'include' ? 'included' : 'excluded';
            expect(filterState(once, { field, value })).toBe(state);
            const twice = withFilter(once, { field, value }, kind);
            expect(printQuery(parseQuery(twice))).toBe('message:"连接失败"');
          }
        },
      ),
    );
  });
});

describe('filterState', () => {
  test('sees through aliases and lists', () => {
    expect(filterState('service:(a or push)', PUSH)).toBe('included');
    expect(filterState('not serviceName:"push"', PUSH)).toBe('excluded');
    expect(filterState('service:push or x', PUSH)).toBeUndefined();
    expect(filterState('service:pu*', PUSH)).toBeUndefined();
    expect(filterState('service:(', PUSH)).toBeUndefined();
  });
});

test('a condition is put before the pipes of a query that is not finished', () => {
  expect(appended('level: | top service', 'a:1')).toBe('level: and a:1 | top service');
});

test('marks what is searched in messages, not what is left out', () => {
  expect(searchedTerms('message: "*连接失败*" OR message: "*Timeout*"')).toEqual([
    '连接失败',
    'timeout',
  ]);
  expect(searchedTerms('"deadline exceeded" and not refused and level:error')).toEqual([
    'deadline exceeded',
  ]);
});

describe('withRange', () => {
  test.each([
    ['', '1ms', '', 'duration >= 1ms'],
    ['x', '1ms', '2s', 'x and duration >= 1ms and duration < 2s'],
    ['x and duration >= 1ms and duration < 2s', '', '3s', 'x and duration < 3s'],
    ['duration > 5ms and x', '', '', 'x'],
    ['a:1 or b:2', '', '1s', '(a:1 or b:2) and duration < 1s'],
    ['duration > 5ms | stats count()', '7ms', '', 'duration >= 7ms | stats count()'],
  ])('%s with %s to %s is %s', (query, from, to, expected) => {
    const changed = withRange(query, 'duration', { from, to });
    expect(changed).toBe(expected);
    expect(rangeOf(changed, 'duration')).toEqual({ from, to });
  });
});
