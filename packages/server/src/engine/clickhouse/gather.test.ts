import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gather } from './gather.ts';

describe('gather', () => {
  test('keeps every byte in its place', () => {
    const sizes = fc.array(fc.oneof(fc.nat(100), fc.integer({ min: 60_000, max: 70_000 })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const pieces = lengths.map((length, index) => new Uint8Array(length).fill(index + 1));
        expect(Buffer.concat([...gather(pieces)]).equals(Buffer.concat(pieces))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('copies small pieces together and lets large ones pass', () => {
    const large = new Uint8Array(64 * 1024);
    const gathered = [...gather([new Uint8Array(1), new Uint8Array(2), large, new Uint8Array(3)])];
    expect(gathered.map((piece) => piece.byteLength)).toEqual([3, large.byteLength, 3]);
    expect(gathered[1]).toBe(large);
  });

  test('gives nothing for nothing', () => {
    expect([...gather([])]).toEqual([]);
  });
});
