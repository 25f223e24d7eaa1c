import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameMemory, type FrameSpace } from './frame-memory.ts';

const MIB = 1024 * 1024;

describe('the memory of frames', () => {
  test('is used again when all frames of a slab were released', () => {
    const memory = new FrameMemory();
    const first = [1, 2, 3, 4].map(() => memory.take(2 * MIB));
    const second = memory.take(MIB);
    expect(second.bytes.buffer).not.toBe(first[0]?.bytes.buffer);
    for (const { release } of first) release();
    for (let index = 0; index < 7; index += 1) memory.take(MIB);
    expect(memory.take(MIB).bytes.buffer).toBe(first[0]?.bytes.buffer);
  });

  test('gives a frame over 2 MiB memory of its own', () => {
    const memory = new FrameMemory();
    expect(memory.take(2 * MIB).bytes.buffer.byteLength).toBe(8 * MIB);
    expect(memory.take(2 * MIB + 1).bytes.buffer.byteLength).toBe(2 * MIB + 1);
  });

  test('is given back when it is trimmed', () => {
    const memory = new FrameMemory();
    const first = [1, 2, 3, 4].map(() => memory.take(2 * MIB));
    memory.take(2 * MIB);
    for (const { release } of first) release();
    memory.trim();
    for (let index = 0; index < 3; index += 1) memory.take(2 * MIB);
    expect(memory.take(MIB).bytes.buffer).not.toBe(first[0]?.bytes.buffer);
  });

  test('never overlaps what is in use', () => {
    const step = fc.record({
      size: fc.integer({ min: 1, max: 3 * MIB }),
      keep: fc.nat({ max: 12 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const memory = new FrameMemory();
        let live: { space: FrameSpace; mark: number }[] = [];
        for (const [index, { size, keep }] of steps.entries()) {
          const space = memory.take(size);
          const mark = index % 251;
          space.bytes[0] = mark;
          space.bytes[size - 1] = mark;
          live.push({ space, mark });
          for (const { space: gone } of live.slice(0, Math.max(0, live.length - keep))) {
            gone.release();
          }
          live = live.slice(Math.max(0, live.length - keep));
          for (const { space: kept, mark: expected } of live) {
            expect([kept.bytes[0], kept.bytes.at(-1)]).toEqual([expected, expected]);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
