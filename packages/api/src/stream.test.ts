/** What the client makes of byte streams, however they are cut. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventsOf } from './event-stream.ts';
import { linesOf } from './ndjson.ts';

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...chunks, bytes.subarray(at)];
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('lines', () => {
  test('are the same however the bytes are cut, in the middle of characters too', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.array(fc.integer({ min: 0, max: 9 })),
        fc.constantFrom('\n', '\r\n'),
        async (lines, sizes, end) => {
          const bytes = new TextEncoder().encode(lines.map((text) => text + end).join(''));
          expect(await all(linesOf(streamOf(cut(bytes, sizes))))).toEqual(lines);
        },
      ),
    );
  });

  test('may lack the last end', async () => {
    expect(await all(linesOf(streamOf([Buffer.from('a\nb')])))).toEqual(['a', 'b']);
  });

  test('are refused past their limit, not before', async () => {
    const stream = (text: string): ReadableStream<Uint8Array> => streamOf([Buffer.from(text)]);
    expect(await all(linesOf(stream('12345'), 5))).toEqual(['12345']);
    await expect(all(linesOf(stream('123456'), 5))).rejects.toThrow('more than 5 characters');
  });

  test('cancel the stream when the reader leaves', async () => {
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(Buffer.from('x\n')),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const line of linesOf(endless)) if (line === 'x') break;
    expect(cancelled).toBe(true);
  });
});

describe('server-sent events', () => {
  const parse = async (text: string): Promise<unknown[]> =>
    await all(eventsOf(linesOf(streamOf([Buffer.from(text)]))));

  test('have a name and data of several lines; comments are skipped', async () => {
    const text =
      ': keep-alive\n\nevent: record\ndata: {"a":\ndata: 1}\n\ndata:x\nid: 7\n\nevent: unfinished\n';
    expect(await parse(text)).toEqual([
      { event: 'record', data: '{"a":\n1}' },
      { event: 'message', data: 'x' },
    ]);
  });
});
