import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeFrameHeader,
  encodeFrame,
  FRAME_BYTES_MAX,
  FRAME_HEADER_BYTES,
  frameBytes,
  isSound,
  type FrameContent,
} from './frame.ts';

const content: fc.Arbitrary<FrameContent> = fc.record({
  kind: fc.constantFrom('head', 'data', 'ids', 'feed'),
  schemaVersion: fc.integer({ min: 0, max: 65_535 }),
  frame: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  groupFirst: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  records: fc.integer({ min: 0, max: 65_536 }),
  commits: fc.boolean(),
  meta: fc.string({ unit: 'grapheme' }),
  blocks: fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }),
});
const salt = fc.integer({ min: 0, max: 0xffff_ffff });

describe('a frame', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(content, salt, (written, seed) => {
        const bytes = encodeFrame(written, seed);
        const header = decodeFrameHeader(bytes, 0, seed);
        if (header === undefined) throw new Error('no header');
        const { meta, blocks, ...numbers } = written;
        expect(header).toMatchObject(numbers);
        expect(frameBytes(header)).toBe(bytes.length);
        const metaEnd = FRAME_HEADER_BYTES + header.metaBytes;
        expect(bytes.subarray(FRAME_HEADER_BYTES, metaEnd).toString()).toBe(
          Buffer.from(meta).toString(),
        );
        expect(bytes.subarray(metaEnd)).toEqual(Buffer.concat(blocks));
        expect(isSound(bytes.subarray(metaEnd), header.blockCrc, seed)).toBe(true);
      }),
    );
  });

  test('shows every flipped bit', () => {
    fc.assert(
      fc.property(content, salt, fc.nat(), (written, seed, position) => {
        const bytes = encodeFrame(written, seed);
        const bit = position % (bytes.length * 8);
        const at = Math.floor(bit / 8);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
        expect(isWhole(bytes, seed)).toBe(false);
      }),
    );
  });

  test('of another segment is not taken for one of this', () => {
    fc.assert(
      fc.property(content, salt, salt, (written, seed, other) => {
        fc.pre(seed !== other);
        expect(decodeFrameHeader(encodeFrame(written, seed), 0, other)).toBe(undefined);
      }),
    );
  });

  test('is never found in other bytes, however short', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        salt,
        fc.nat({ max: 200 }),
        (bytes, seed, at) => {
          expect(decodeFrameHeader(Buffer.from(bytes), at, seed)).toBe(undefined);
        },
      ),
    );
  });

  test('has at most 256 MiB', () => {
    const half = Buffer.alloc(FRAME_BYTES_MAX / 2);
    const empty = { kind: 'data', schemaVersion: 1, frame: 1, groupFirst: 1 } as const;
    const tooLarge = { ...empty, records: 0, commits: true, meta: '', blocks: [half, half] };
    expect(() => encodeFrame(tooLarge, 0)).toThrow('the limit is 268435456');
  });
});

function isWhole(bytes: Buffer, seed: number): boolean {
  const header = decodeFrameHeader(bytes, 0, seed);
  if (header === undefined || frameBytes(header) !== bytes.length) return false;
  const metaEnd = FRAME_HEADER_BYTES + header.metaBytes;
  const meta = bytes.subarray(FRAME_HEADER_BYTES, metaEnd);
  return (
    isSound(meta, header.metaCrc, seed) && isSound(bytes.subarray(metaEnd), header.blockCrc, seed)
  );
}
