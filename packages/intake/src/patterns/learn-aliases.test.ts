import { describe, expect, test } from 'vitest';
import { learnAliases, type SeenPattern } from './learn-aliases.ts';

function seen(words: Readonly<Record<string, number>>, skeletonId = 'a'): SeenPattern[] {
  return Object.entries(words).map(([word, count]) => ({ skeletonId, count, slots: [word, 'x'] }));
}

describe('learnAliases', () => {
  test('leaves states apart', () => {
    expect(learnAliases(seen({ ready: 40, dead: 1 }))).toEqual([]);
    expect(
      learnAliases(seen({ get: 90, put: 30, post: 20, delete: 12, patch: 9, head: 7 })),
    ).toEqual([]);
  });

  test('opens a skeleton whose words keep coming', () => {
    expect(learnAliases(seen({ root: 369, uucp: 5, ftp: 1, git: 1, sshd: 2 }))).toEqual([
      { skeletonId: 'a', groupId: 'a' },
    ]);
  });

  test('opens a skeleton with more words than there are states', () => {
    const words = (count: number): Record<string, number> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`w${index}`, 100]));
    expect(learnAliases(seen(words(12)))).toEqual([]);
    expect(learnAliases(seen(words(13)))).toHaveLength(1);
  });

  test('opens a skeleton where words and values take turns', () => {
    expect(learnAliases(seen({ '<*>': 10, localhost: 10 }))).toHaveLength(1);
  });

  test('looks at each skeleton alone', () => {
    const both = [...seen({ a: 1, b: 1, c: 1 }, 'one'), ...seen({ d: 1, e: 1, f: 1 }, 'two')];
    expect(learnAliases(both)).toEqual([]);
  });
});
