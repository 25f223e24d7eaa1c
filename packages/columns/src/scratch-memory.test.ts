import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScratchMemory } from './scratch-memory.ts';

test('what was taken since the last reset never overlaps, is aligned, and begins as zeros', () => {
  const round = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(round, { maxLength: 6 }), (rounds) => {
      const memory = new ScratchMemory();
      for (const sizes of rounds) {
        const taken = sizes.map((size, index) => {
          const bytes = memory.take(size);
          expect(bytes).toEqual(new Uint8Array(size));
          expect(bytes.byteOffset % 8).toBe(0);
          return bytes.fill(index + 1);
        });
        for (const [index, bytes] of taken.entries()) {
          expect(bytes).toEqual(new Uint8Array(sizes[index] ?? 0).fill(index + 1));
        }
        memory.reset();
      }
    }),
  );
});

test('takes the same memory again after a reset', () => {
  const memory = new ScratchMemory();
  memory.take(1000);
  memory.reset();
  const { buffer } = memory.take(1000);
  memory.reset();
  expect(memory.take(1000).buffer).toBe(buffer);
});
