import { describe, expect, test } from 'vitest';

import { fold, foldingFor, hasCjk, splitAtSpaces, wordsOf } from './words.ts';

test('words are what the text index takes for tokens', () => {
  expect(wordsOf('Hello_World foo-bar café 我们正在 x42 nul\0byte, ÄÖÜ')).toEqual([
    'Hello',
    'World',
    'foo',
    'bar',
    'café',
    '我们正在',
    'x42',
    'nul',
    'byte',
    'ÄÖÜ',
  ]);
  expect(wordsOf('-> => ,')).toEqual([]);
});

test('only text with cased letters beyond ASCII needs the slower folding', () => {
  expect(['Error', '连接', '42', '😀'].map(foldingFor)).toEqual(Array(4).fill('ascii'));
  expect(['Größe', 'É', '\u212a'].map(foldingFor)).toEqual(Array(3).fill('unicode'));
  expect(fold('ÄB', 'ascii')).toBe('Äb');
  expect(fold('ÄB', 'unicode')).toBe('äb');
});

test('Chinese, Japanese and Korean text is told from other text', () => {
  for (const text of ['连接', 'カタカナ', 'ひらがな', '한국어', '失败error', '：']) {
    expect(hasCjk(text)).toBe(true);
  }
  for (const text of ['error', 'Größe', '😀', 'ไทย']) expect(hasCjk(text)).toBe(false);
});

describe('splitAtSpaces', () => {
  test.each([
    [['a b\u3000c'], [['a'], ['b'], ['c']]],
    [
      ['foo b', ' bar'],
      [['foo'], ['b', ''], ['bar']],
    ],
    [
      ['a ', ' b'],
      [['a'], ['b']],
    ],
    [
      ['a', 'b c', ''],
      [
        ['a', 'b'],
        ['c', ''],
      ],
    ],
    [[' '], []],
  ])('%j gives %j', (pieces, words) => {
    expect(splitAtSpaces(pieces)).toEqual(words);
  });
});
