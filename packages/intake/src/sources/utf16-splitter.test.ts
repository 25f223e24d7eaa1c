import { describe, expect, test } from 'vitest';
import { LINE_BYTES_MAX } from './line-splitter.ts';
import { splitterOf, type Splitter } from './utf16-splitter.ts';

const HEAD = utf16('\uFEFF');
const UNITS_MAX = Math.floor(LINE_BYTES_MAX / 3);

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

function splitter(): Splitter {
  return splitterOf(HEAD, 2);
}

describe('UTF-16', () => {
  test('a line of the longest length is whole, one unit more and it loses its end', () => {
    const longest = '长'.repeat(UNITS_MAX);
    const lines = splitter();
    expect(lines.push(utf16(`${longest}\n`)).lines).toEqual([longest]);
    expect(lines.cutLines).toBe(0);
    expect(lines.push(utf16(`${longest}y\nnext\n`)).lines).toEqual([longest, 'next']);
    expect(lines.cutLines).toBe(1);
  });

  test('a line without end takes no more memory than one line', () => {
    const lines = splitter();
    const chunk = utf16('x'.repeat(300_000));
    const pushed = Array.from({ length: 10 }, () => lines.push(chunk).lines).flat();
    expect(pushed.map((line) => line.length)).toEqual([UNITS_MAX]);
    const last = lines.push(utf16('tail\nnext\n'));
    expect(last.lines).toEqual(['next']);
    expect(lines.cutLines).toBe(1);
    expect(last.offsetAfter(1)).toBe(2 + 10 * chunk.length + utf16('tail\nnext\n').length);
  });
});
