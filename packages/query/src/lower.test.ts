import { printSql, render } from '@tendril/sql/sql';
import { goldenActuals } from '@tendril/testkit/golden';
import { describe, expect, test } from 'vitest';

import { readQuery } from './check.ts';
import { lowerQuery } from './lower.ts';
import { TEST_CONTEXT } from './testing/test-context.ts';

describe('lowerQuery', () => {
  const cases = goldenActuals(new URL('../testdata/lower.txt', import.meta.url), (text) =>
    printSql(lowerQuery(readQuery(text, TEST_CONTEXT))),
  );
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test('takes the name of the resources table', () => {
    const query = readQuery('host.name:a', TEST_CONTEXT);
    const { text } = render(lowerQuery(query, { resourcesTable: 'resources_all' }));
    expect(text).toContain('FROM `resources_all` WHERE');
  });

  test.each([
    ['words', (index: number) => `w${index}`, ' or '],
    ['ids', (index: number) => `opid:i${index}`, ' or '],
    ['excluded words', (index: number) => `not w${index}`, ' and '],
    ['excluded ids', (index: number) => `not opid:i${index}`, ' and '],
  ])('keeps the statement small for 10,000 %s', (_name, clause, separator) => {
    const text = Array.from({ length: 10_000 }, (_unused, index) => clause(index)).join(separator);
    const limits = { queryTextBytesMax: 1e6, queryClausesMax: 10_000 };
    const query = readQuery(text, TEST_CONTEXT, limits);
    expect(render(lowerQuery(query)).text.length).toBeLessThan(1_000);
  });
});
