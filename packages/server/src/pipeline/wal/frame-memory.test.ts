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

  test('is given back when it was not needed between two trims', () => {
    const memory = new FrameMemory();
    const before = useTwoSlabs(memory);
    memory.trim();
    memory.trim();
    expect(useTwoSlabs(memory).intersection(before).size).toBe(1);
  });

  test('stays when it was needed since the last trim', () => {
    const memory = new FrameMemory();
    const before = useTwoSlabs(memory);
    memory.trim();
    useTwoSlabs(memory);
    memory.trim();
    expect(useTwoSlabs(memory)).toEqual(before);
  });

  test('says once after a load that it is over', () => {
    const memory = new FrameMemory();
    for (let frame = 0; frame < 32; frame += 1) memory.take(2 * MIB).release();
    expect(memory.trim()).toBe(false);
    memory.take(MIB).release();
    expect(memory.trim()).toBe(true);
    memory.take(MIB).release();
    expect(memory.trim()).toBe(false);
  });

  test('takes less than 64 MiB for no load', () => {
    const memory = new FrameMemory();
    const trims = Array.from({ length: 63 }, () => {
      memory.take(MIB).release();
      return memory.trim();
    });
    expect(trims).not.toContain(true);
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

/** Fills two slabs and gives them back: one of them is idle then, the other takes the next frame. */
function useTwoSlabs(memory: FrameMemory): ReadonlySet<ArrayBufferLike> {
  const frames = Array.from({ length: 8 }, () => memory.take(2 * MIB));
  for (const { release } of frames) release();
  return new Set(frames.map(({ bytes }) => bytes.buffer));
}
