import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutUtf8, decodeUtf8, isValidUtf8, repairUtf8 } from './utf8.ts';

// Bytes that are often almost UTF-8: leads, continuations and whole characters mixed.
const almostUtf8: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
      fc.integer({ min: 0, max: 255 }).map((byte) => Buffer.from([byte])),
      fc
        .constantFrom('e0a080', 'eda080', 'f0908080', 'f4908080', 'c080', 'ef', 'f09f')
        .map((hex) => Buffer.from(hex, 'hex')),
    ),
    { maxLength: 24 },
  )
  .map((parts) => Buffer.concat(parts));

describe('isValidUtf8', () => {
  test('agrees with the runtime on any bytes, short and long', () => {
    fc.assert(
      fc.property(almostUtf8, fc.nat(40), (bytes, padding) => {
        const padded = Buffer.concat([Buffer.alloc(padding * 4, 0x61), bytes]);
        expect(isValidUtf8(padded, 0, padded.length)).toBe(isUtf8(padded));
      }),
    );
  });
});

describe('repairUtf8', () => {
  test('gives valid UTF-8 and leaves valid text as it is', () => {
    fc.assert(
      fc.property(almostUtf8, (bytes) => {
        const repaired = repairUtf8(bytes, 0, bytes.length);
        expect(isUtf8(repaired)).toBe(true);
        if (isUtf8(bytes)) expect(Buffer.from(repaired).equals(bytes)).toBe(true);
      }),
    );
  });
});

describe('cutUtf8', () => {
  test('cuts at most what it must and never splits a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(20), (text, bytesMax) => {
        const bytes = Buffer.from(text);
        fc.pre(bytes.length > bytesMax);
        const end = cutUtf8(bytes, 0, bytesMax);
        expect(end).toBeLessThanOrEqual(bytesMax);
        expect(bytesMax - end).toBeLessThan(4);
        expect(isUtf8(bytes.subarray(0, end))).toBe(true);
      }),
    );
  });

  test('keeps a byte order mark when decoding', () => {
    expect(decodeUtf8(Buffer.from('\uFEFFa'), 0, 4)).toBe('\uFEFFa');
  });
});
