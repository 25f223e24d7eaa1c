import { expect, test } from 'vitest';
import { spanQueryOf } from './span-query.ts';

test.each([
  ['kind:span', ''],
  ['kind:span duration > 500ms', 'duration > 500ms'],
  ['service:api and kind:"span" and status:error', 'service:api and status:error'],
  ['kind:span and (a:1 or b:2)', 'a:1 or b:2'],
  ['kind:server', undefined],
  ['kind:span or a:1', undefined],
  ['not kind:span', undefined],
  ['kind:span | stats count()', undefined],
  ['kind:span and (', undefined],
  ['', undefined],
])('%s', (text, query) => {
  expect(spanQueryOf(text)).toBe(query);
});
