import { encode } from '@msgpack/msgpack';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '@tendril/model/failure';
import { decodeMessagePack, ValueScanner } from './messagepack.ts';

const DEPTH_MAX = 64;
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value')),
  ),
})).value;

function encoded(value: unknown): Uint8Array {
  return encode(value, { useBigInt64: true });
}

describe('ValueScanner', () => {
  test('finds the end of every value, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(values, fc.nat(50), (value, step) => {
        const bytes = encoded(value);
        const scanner = new ValueScanner(DEPTH_MAX);
        for (let length = 0; length < bytes.length; length += step + 1) {
          expect(scanner.end(bytes.subarray(0, length))).toBeUndefined();
        }
        expect(scanner.end(Buffer.concat([bytes, Buffer.from([1, 2, 3])]))).toBe(bytes.length);
      }),
    );
  });

  test('takes nesting up to the limit and refuses one more', () => {
    const nested = (depth: number): Uint8Array =>
      Uint8Array.from([...Array<number>(depth).fill(0x91), 0xc0]);
    expect(new ValueScanner(DEPTH_MAX).end(nested(DEPTH_MAX))).toBe(DEPTH_MAX + 1);
    expect(() => new ValueScanner(DEPTH_MAX).end(nested(DEPTH_MAX + 1))).toThrow('nested deeper');
  });

  test('waits for four billion elements without making one', () => {
    expect(
      new ValueScanner(DEPTH_MAX).end(Uint8Array.from([0xdd, 0xff, 0xff, 0xff, 0xff])),
    ).toBeUndefined();
  });
});

describe('decodeMessagePack', () => {
  test('never throws anything but a Failure', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        try {
          decodeMessagePack(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
    );
  });

  test('a key cannot become the prototype', () => {
    const bytes = Buffer.from('81a95f5f70726f746f5f5f81a16101', 'hex');
    const value = decodeMessagePack(bytes);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value as object)).toEqual(['_proto___']);
  });
});
