import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LINE_BYTES_MAX, LineSplitter } from './line-splitter.ts';

function linesOf(chunks: readonly Buffer[]): string[] {
  const splitter = new LineSplitter();
  return [...chunks.flatMap((chunk) => splitter.push(chunk).lines), ...splitter.finish().lines];
}

function chunksOf(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...chunks, bytes.subarray(at)];
}

describe('LineSplitter', () => {
  test('gives the same lines however the bytes are cut into chunks', () => {
    const text = fc
      .array(
        fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll(/[\n\r\uFEFF]/g, '')),
        { minLength: 1 },
      )
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, fc.array(fc.nat(9)), (whole, sizes) => {
        const lines = linesOf(chunksOf(Buffer.from(whole), sizes));
        expect(lines).toEqual(
          whole.endsWith('\n') || whole === '' ? whole.split('\n').slice(0, -1) : whole.split('\n'),
        );
      }),
    );
  });

  test('takes CR LF for a line end and a byte order mark for nothing', () => {
    expect(linesOf([Buffer.from('\uFEFFone\r\ntwo\r\n\r\nthree')])).toEqual([
      'one',
      'two',
      '',
      'three',
    ]);
  });

  test('its offset is where the next line begins', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.push(Buffer.from('一\ntwo\nth')).lines).toEqual(['一', 'two']);
    expect(splitter.offset).toBe(108);
    expect(splitter.finish().lines).toEqual(['th']);
    expect(splitter.offset).toBe(110);
  });

  test('knows where each line begins, however the bytes are cut', () => {
    const bytes = Buffer.from('一\r\ntwo\n\nthree 三\nfour');
    fc.assert(
      fc.property(fc.array(fc.nat(9)), (sizes) => {
        const splitter = new LineSplitter();
        const splits = [
          ...chunksOf(bytes, sizes).map((chunk) => splitter.push(chunk)),
          splitter.finish(),
        ];
        const offsets = splits.flatMap(({ lines, offsetAfter }) =>
          lines.map((_, index) => offsetAfter(index + 1)),
        );
        expect(offsets).toEqual([5, 9, 10, 20, 24]);
      }),
    );
  });

  test('a line of the longest length is whole, one byte more and it loses its end', () => {
    const longest = 'x'.repeat(LINE_BYTES_MAX);
    const splitter = new LineSplitter();
    expect(splitter.push(Buffer.from(`${longest}\n`)).lines).toEqual([longest]);
    expect(splitter.cutLines).toBe(0);
    expect(splitter.push(Buffer.from(`${longest}y\nnext\n`)).lines).toEqual([longest, 'next']);
    expect(splitter.cutLines).toBe(1);
  });

  test('a line without end takes no more memory than one line', () => {
    const splitter = new LineSplitter();
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const lines = Array.from({ length: 10 }, () => splitter.push(chunk).lines).flat();
    expect(lines.map((line) => line.length)).toEqual([LINE_BYTES_MAX]);
    expect(splitter.push(Buffer.from('tail\nnext\n')).lines).toEqual(['next']);
    expect(splitter.cutLines).toBe(1);
    expect(splitter.offset).toBe(10 * chunk.length + 'tail\nnext\n'.length);
  });
});
