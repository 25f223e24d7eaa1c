import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rejectedOf } from './export-response.ts';

/** `partial_success`: field 1, with its count (field 1) and its message (field 2). */
const PARTIAL = Buffer.from('\u000a\u000b\u0008\u0003\u0012\u0007too big', 'latin1');

describe('rejectedOf', () => {
  test('says how many were left out, and why', () => {
    expect(rejectedOf(PARTIAL)).toEqual({ count: 3, reason: 'too big' });
  });

  test('nothing when all was taken, or when there is only a warning', () => {
    expect(rejectedOf(Buffer.alloc(0))).toBeUndefined();
    expect(rejectedOf(Buffer.from('\u000a\u0004\u0012\u0002hi', 'latin1'))).toBeUndefined();
  });

  test('ends, whatever the answer is', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        rejectedOf(bytes);
      }),
    );
  });
});
