import { FEATURE_NAMES } from '@tendril/chains/features/registry';
import { describe, expect, test } from 'vitest';
import { chainSentences, STATEMENT_KINDS } from './chains.ts';

const VALUES = {
  en: 'Pool exhausted',
  zh: '连接池耗尽',
  other: 'redis',
  by: 'edge',
  text: 'deploy 1.2',
  have: 0,
  of: 214,
  hereMs: 5_001,
  usual: 'known',
  usualMs: 4,
  share: 98,
  ms: 38,
  seconds: 13,
  count: 2,
  failed: 9,
  otherFailed: 1,
  otherOf: 20,
  now: 300,
  before: 2,
  well: 3,
  kinds: 1,
  next: 'push',
  instance: 'edge-1',
};

describe('sentences of chains', () => {
  test('there is one for everything that speaks for or against a suspect', () => {
    expect(FEATURE_NAMES.filter((name) => !STATEMENT_KINDS.includes(name))).toEqual([]);
  });

  test.each(STATEMENT_KINDS)('%s is said in both languages', (kind) => {
    const english = chainSentences('en')({ kind, values: VALUES });
    const chinese = chainSentences('zh')({ kind, values: VALUES });
    expect(english).not.toBe(kind);
    expect(chinese).toMatch(/\p{Script=Han}/u);
    // Both name the same numbers.
    const numbers = (text: string): string[] => (text.match(/\d[\d,]*/g) ?? []).toSorted();
    const isCounted = /\b(?:an?|one)\b/.test(english) || kind === 'new_trouble';
    if (!isCounted) expect(numbers(chinese)).toEqual(numbers(english));
  });

  test('what nobody knows to be usual is not said', () => {
    const values = { hereMs: 3_800, ms: 3_800, usual: 'unknown' };
    expect(chainSentences('en')({ kind: 'why.slow', values })).toBe('took 3,800 ms');
    expect(chainSentences('zh')({ kind: 'why.slow', values })).toBe('用时 3,800 ms');
    expect(chainSentences('en')({ kind: 'lost_time', values })).toBe('lost 3,800 ms here');
  });

  test('what a newer server says is said by its name', () => {
    expect(chainSentences('en')({ kind: 'of_the_future', values: {} })).toBe('of_the_future');
    expect(chainSentences('en')({ kind: 'silent', values: {} })).toBe('silent');
  });
});
