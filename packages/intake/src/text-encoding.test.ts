import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter } from './sources/line-splitter.ts';
import { encodingOf, Utf8Transcoder } from './text-encoding.ts';

/** Of the characters that GB2312 has; Node only decodes. */
const GB18030: ReadonlyMap<string, readonly number[]> = new Map(
  Array.from({ length: 0xf8 - 0xb0 }, (_, row) => row + 0xb0).flatMap((lead) =>
    Array.from({ length: 0xff - 0xa1 }, (_, cell) => cell + 0xa1).map((trail) => {
      const bytes = [lead, trail];
      return [new TextDecoder('gb18030').decode(new Uint8Array(bytes)), bytes] as const;
    }),
  ),
);

function gb18030(text: string): Buffer {
  return Buffer.from(
    Array.from(text, (letter) => GB18030.get(letter) ?? Array.from(Buffer.from(letter))).flat(),
  );
}

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
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

/** As sources read: made UTF-8 where they are UTF-16, then cut into lines. */
function linesOf(chunks: readonly Buffer[]): string[] {
  const transcoder = new Utf8Transcoder();
  const splitter = new LineSplitter();
  return [
    ...chunks.flatMap((chunk) => splitter.push(transcoder.push(chunk)).lines),
    ...splitter.push(transcoder.finish()).lines,
    ...splitter.finish().lines,
  ];
}

const TEXT = '2026-06-02 09:14:03 INFO 登录失败 userID=u1001\r\n第二行：认证失败\nplain\né 🔌';
const LINES = TEXT.split(/\r?\n/);

describe('text of any encoding', () => {
  test.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`)],
    ['UTF-16 LE with a byte order mark', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
    ['UTF-16 BE with a byte order mark', utf16be(`\uFEFF${TEXT}`)],
    ['UTF-16 LE without one', Buffer.from(TEXT, 'utf16le')],
    ['UTF-16 BE without one', utf16be(TEXT)],
  ])('%s is read, however the bytes are cut', (_name, bytes) => {
    fc.assert(
      fc.property(fc.array(fc.nat(9)), (sizes) => {
        // What comes first has to be long enough to tell by.
        expect(linesOf(chunksOf(bytes, [64, ...sizes]))).toEqual(LINES);
      }),
    );
  });

  test('GB18030 is read, however the bytes are cut, with UTF-8 and ASCII between', () => {
    const letters = fc.constantFrom(...GB18030.keys()).filter((letter) => letter !== '\uFFFD');
    const chinese = fc.array(letters, { minLength: 10, maxLength: 16 }).map((all) => all.join(''));
    const line = fc.oneof(
      chinese.map((text) => ({ text, bytes: gb18030(text) })),
      chinese.map((text) => ({ text: `x ${text}`, bytes: gb18030(`x ${text}`) })),
      fc.constantFrom('INFO ready', '登录失败', '').map((text) => ({
        text,
        bytes: Buffer.from(text),
      })),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.array(fc.nat(9)), (written, sizes) => {
        // The first line settles what the source is like.
        const lines = [{ text: '登录失败：认证', bytes: gb18030('登录失败') }, ...written];
        const bytes = Buffer.concat(lines.flatMap((each) => [each.bytes, Buffer.from('\n')]));
        const read = linesOf(chunksOf(bytes, sizes));
        expect(read[0]).toBe('登录失败');
        expect(read).toHaveLength(lines.length);
        const right = read.filter((text, index) => index > 0 && text === lines[index]?.text);
        expect(right.length).toBe(lines.length - 1);
      }),
    );
  });

  test('what is of another encoding is not taken for Chinese', () => {
    const french = Buffer.from('échec de la requête, arrêté à été', 'latin1');
    expect(linesOf([french])[0]).toContain('\uFFFD');
    expect(linesOf([Buffer.from([0xff, 0xff, 0xff])])).toEqual(['\uFFFD\uFFFD\uFFFD']);
  });

  test('binary is not taken for UTF-16', () => {
    expect(encodingOf(Buffer.from('a\0b'))).toBe('utf-8');
    expect(encodingOf(Buffer.alloc(100))).toBe('utf-8');
    expect(encodingOf(Buffer.from([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]))).toBe('utf-8');
  });

  test('offsets are of the bytes in the source', () => {
    const splitter = new LineSplitter();
    const bytes = Buffer.concat([gb18030('登录失败'), Buffer.from('\n'), gb18030('认证')]);
    const split = splitter.push(bytes);
    expect(split.lines).toEqual(['登录失败']);
    expect(split.offsetAfter(1)).toBe(9);
    expect(splitter.finish().lines).toEqual(['认证']);
    expect(splitter.offset).toBe(13);
  });
});
