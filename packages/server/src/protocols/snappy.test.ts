import * as fc from 'fast-check';
import { compress } from 'snappyjs';
import { describe, expect, test } from 'vitest';
import { decompressSnappy } from './snappy.ts';

const BYTES_MAX = 1 << 20;

describe('decompressSnappy', () => {
  test('gives back what an independent implementation compressed', () => {
    const repeated = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.nat(9_000));
    fc.assert(
      fc.property(fc.array(repeated, { maxLength: 5 }), (parts) => {
        const bytes = Buffer.concat(
          parts.map(([unit, count]) => Buffer.alloc(count, Buffer.from(unit))),
        );
        expect(decompressSnappy(Buffer.from(compress(bytes)), BYTES_MAX).equals(bytes)).toBe(true);
      }),
    );
  });

  test.each([
    ['nothing', []],
    ['a length without an end', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['a length that its bytes cannot have', [0xff, 0xff, 0x3f, 0x00, 0x61]],
    ['a literal whose length goes backwards', [8, 0xfc, 0xfa, 0xff, 0xff, 0xff, 0x61]],
    ['a literal past the end', [8, 0x1c, 0x61]],
    ['a copy of what is not there', [8, 0x01, 0x04]],
    ['a copy at distance 0', [8, 0x00, 0x61, 0x01, 0x00]],
    ['less than it says', [8, 0x00, 0x61]],
    ['more than it says', [1, 0x04, 0x61, 0x62]],
  ])('refuses %s', (_, bytes) => {
    expect(() => decompressSnappy(Uint8Array.from(bytes), BYTES_MAX)).toThrow('not valid snappy');
  });

  test('takes the limit and refuses one byte more before it allocates', () => {
    const compressed = Buffer.from(compress(new Uint8Array(BYTES_MAX + 1)));
    expect(decompressSnappy(compressed, BYTES_MAX + 1)).toHaveLength(BYTES_MAX + 1);
    expect(() => decompressSnappy(compressed, BYTES_MAX)).toThrow('larger than');
  });

  test('whatever the bytes are it ends, with bytes or a Failure', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(2_000), (bytes, length) => {
        try {
          const head = [(length & 0x7f) | 0x80, length >> 7];
          decompressSnappy(Uint8Array.from([...head, ...bytes]), BYTES_MAX);
        } catch (error) {
          expect(error).toHaveProperty('code', 'malformed');
        }
      }),
    );
  });
});
