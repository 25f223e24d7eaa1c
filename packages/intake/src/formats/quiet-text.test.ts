import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UTC } from '../zone.ts';
import { leadingTime } from './leading-time.ts';
import { isQuietText } from './quiet-text.ts';
import { severityWord } from './severity-word.ts';

const CONTEXT = { zone: UTC, asOfNs: 1_763_717_400_000_000_000n };

const piece = fc.constantFrom(
  ...'user token failed error ERROR [WARN] info: I W] E: D1 D2> panic log notice -- - --INFO 错误 【信息】 用户 已连接，信息 异常：x A'.split(
    ' ',
  ),
  ...'2026-11-21 09:30:00 2026-11-21T09:30:00.123Z 1763717400 1763717400123 081109 203615 I0602'.split(
    ' ',
  ),
  ...'Jun 2 02/Jun/2026:09:14:03 +0800 1:M 10.0.0.1:5555 level=info a=b x=INFO (crit) <14> | , ; : ='.split(
    ' ',
  ),
  ' ',
  '  ',
  '\t',
);
const line = fc.oneof(
  fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(' ')),
  fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
);

describe('a line that is quiet at sight', () => {
  test('has no severity, and no time at or near its beginning', () => {
    fc.assert(
      fc.property(line, (text) => {
        fc.pre(isQuietText(text));
        expect(severityWord(text, 0)).toBeUndefined();
        const starts = Array.from({ length: Math.min(text.length, 180) }, (_, at) => at);
        expect(starts.filter((at) => leadingTime(text, at, CONTEXT) !== undefined)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    'connected from 10.0.0.1 in 35 ms',
    'user 100234 sent 12 messages',
    '用户 100234 已连接，耗时 12 毫秒',
    'token of user deadbeef-1234 was renewed',
  ])('%s', (text) => {
    expect(isQuietText(text)).toBe(true);
  });
});
