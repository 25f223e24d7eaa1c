import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MESSAGE_BYTES_MAX, SyslogFrames } from './frames.ts';

function framesOf(chunks: readonly (string | Uint8Array)[]): string[] {
  const frames = new SyslogFrames();
  const texts: string[] = [];
  const take = ({ bytes, isCut }: { bytes: Uint8Array; isCut: boolean }): void => {
    const text = Buffer.from(bytes).toString();
    texts.push(isCut ? `${text.length} cut` : text);
  };
  for (const chunk of chunks) for (const frame of frames.push(Buffer.from(chunk))) take(frame);
  for (const frame of frames.finish()) take(frame);
  return texts;
}

describe('SyslogFrames', () => {
  test.each([
    ['counted', ['5 <14>a6 <14>bb'], ['<14>a', '<14>bb']],
    ['lines', ['<14>a\n<14>b\r\n<14>c'], ['<14>a', '<14>b', '<14>c']],
    ['mixed', ['5 <14>a<14>b\n5 <14>c'], ['<14>a', '<14>b', '<14>c']],
    ['a counted line end', ['6 <14>a\n5 <14>b'], ['<14>a', '<14>b']],
    ['a line end after a counted one', ['5 <14>a\n5 <14>b\n'], ['<14>a', '<14>b']],
    ['NUL as the end', ['<14>a\0<14>b\0'], ['<14>a', '<14>b']],
    ['NUL inside a counted one', ['7 <14>a\0b'], ['<14>a\0b']],
    ['a line feed inside a counted one', ['7 <14>a\nb'], ['<14>a\nb']],
    ['a line that begins with a number', ['404 not found\n'], ['404 not found']],
    ['a count that no message follows', ['99999999999 <14>a\n'], ['99999999999 <14>a']],
    ['a count that is never filled', ['100 <14>a'], ['<14>a']],
    ['blank lines', ['\n\n\r\n<14>a\n\n'], ['<14>a']],
  ])('%s', (_, chunks, expected) => {
    expect(framesOf(chunks)).toEqual(expected);
  });

  test.each([
    ['counted', (size: number) => `${size} <${'x'.repeat(size - 1)}`],
    ['a line', (size: number) => `<${'x'.repeat(size - 1)}\n`],
  ])('cuts %s over the limit and goes on with the next', (_, message) => {
    const chunks = [message(MESSAGE_BYTES_MAX + 1), '<14>next\n'];
    expect(framesOf(chunks)).toEqual([`${MESSAGE_BYTES_MAX} cut`, '<14>next']);
    expect(framesOf([message(MESSAGE_BYTES_MAX)])[0]).toHaveLength(MESSAGE_BYTES_MAX);
  });

  test('gives the same messages wherever the stream is cut', () => {
    const message = fc
      .string({ minLength: 1, maxLength: 40 })
      .map((text) => `<14>${text.replaceAll(/[\n\r\0]/g, ' ')}x`);
    const framed = fc.tuple(message, fc.boolean());
    fc.assert(
      fc.property(fc.array(framed, { minLength: 1 }), fc.array(fc.nat(400)), (messages, cuts) => {
        const stream = Buffer.concat(
          messages.map(([text, isCounted]) =>
            Buffer.from(isCounted ? `${Buffer.byteLength(text)} ${text}` : `${text}\n`),
          ),
        );
        const places = [0, ...cuts.filter((cut) => cut < stream.length), stream.length].sort(
          (a, b) => a - b,
        );
        const chunks = places.slice(1).map((place, index) => stream.subarray(places[index], place));
        expect(framesOf(chunks)).toEqual(messages.map(([text]) => text));
      }),
    );
  });
});
