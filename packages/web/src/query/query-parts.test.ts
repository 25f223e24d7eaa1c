import { describe, expect, test } from 'vitest';
import { queryParts } from './query-parts.ts';

describe('queryParts', () => {
  test.each([
    ['a and b', 'a and b', ''],
    ['level:error | top service', 'level:error', '| top service'],
    ['"a | b" | limit 5', '"a | b"', '| limit 5'],
    ['a\\|b | limit 5', 'a\\|b', '| limit 5'],
    ['msg:/a|b/ | limit 5', 'msg:/a|b/', '| limit 5'],
    ['"open | quote', '"open | quote', ''],
    ['| stats count()', '', '| stats count()'],
    ['path:/user/login | top path', 'path:/user/login', '| top path'],
    ['', '', ''],
  ])('%j', (text, filter, pipes) => {
    expect(queryParts(text)).toEqual({ filter, pipes });
  });

  test('is not slowed by a long text', () => {
    const text = 'a /b '.repeat(10_000);
    expect(queryParts(text)).toEqual({ filter: text, pipes: '' });
  });
});
