import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuery } from '@tendril/query/parse';
import { parseSearch, printSearch } from '../lib/url-search.ts';
import { isBadDuration, tracesQuery } from './traces-query.ts';
import { printTracesAddress, readTracesAddress } from './traces-url.ts';

const of = (search: Readonly<Record<string, string>>): string =>
  tracesQuery(readTracesAddress(search));

describe('tracesQuery', () => {
  test('puts the form and the query together', () => {
    expect(of({})).toBe('');
    expect(of({ service: 'gateway', errors: '1' })).toBe('service.name:"gateway" and status:error');
    expect(of({ q: 'a or b', operation: 'GET /x', min: '100', max: '2s' })).toBe(
      '(a or b) and name:"GET /x" and duration >= 100ms and duration <= 2s',
    );
  });

  test('takes tags as Jaeger does', () => {
    expect(of({ tags: 'http.status_code=500 error="a \\"b\\" c" lonely' })).toBe(
      'http.status_code:"500" and error:"a \\"b\\" c"',
    );
  });

  test('leaves out what is no duration, and says so', () => {
    expect(of({ min: 'soon' })).toBe('');
    expect(isBadDuration('soon')).toBe(true);
    expect(isBadDuration('1.5 s')).toBe(false);
  });

  test('whatever is typed in the form, the query is one', () => {
    const typed = fc.record({
      service: fc.string(),
      operation: fc.string(),
      tags: fc.string(),
      min: fc.string(),
      max: fc.string(),
    });
    fc.assert(
      fc.property(typed, (search) => {
        const query = of(search);
        if (query !== '') parseQuery(query);
      }),
    );
  });
});

test('an address is read as it was printed', () => {
  const search = { q: 'a', service: 's', min: '1ms', errors: '1', sort: 'longest', limit: '500' };
  const address = readTracesAddress({ ...search, chosen: '1,2' });
  const printed = parseSearch(printSearch(printTracesAddress(address)));
  expect(readTracesAddress(printed)).toEqual(address);
});
