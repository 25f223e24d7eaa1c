import { deflateSync, gzipSync } from 'node:zlib';
import { DECODED_AT_NS, decodedRecords, decodedText } from '@tendril/testkit/decoded-records';
import { goldenActuals } from '@tendril/testkit/golden';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GelfChunks } from './chunks.ts';
import { GelfFrames } from './frames.ts';
import { decodeGelf, MESSAGE_BYTES_MAX } from './gelf.ts';

function decode(bytes: Uint8Array): ReturnType<typeof decodedRecords> {
  const message = { bytes, peer: '192.0.2.7' };
  return decodedRecords((writer, sink) => decodeGelf([message], writer, sink, DECODED_AT_NS));
}

describe('decodeGelf', () => {
  const cases = goldenActuals(new URL('testdata/gelf.txt', import.meta.url), (text) =>
    decodedText(decode(Buffer.from(text))),
  );
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test.each([
    ['gzip', gzipSync],
    ['zlib', deflateSync],
  ])('takes %s, and refuses a bomb or a damaged one alone', (_, compress) => {
    const whole = compress(Buffer.from('{"short_message":"a"}'));
    expect(decode(whole).records[0]?.body).toBe('a');
    expect(decode(compress(Buffer.alloc(MESSAGE_BYTES_MAX + 1))).outcome.rejected).toEqual({
      malformed: 1,
    });
    expect(decode(whole.subarray(0, 12)).outcome.rejected).toEqual({ malformed: 1 });
  });

  test('accounts for whatever bytes there are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const { accepted, rejected } = decode(bytes).outcome;
          expect(accepted + (rejected['malformed'] ?? 0)).toBe(1);
        },
      ),
    );
  });
});

function chunksOf(message: Uint8Array, id: number, size: number): Uint8Array[] {
  const count = Math.ceil(message.length / size);
  return Array.from({ length: count }, (_, number) =>
    Buffer.concat([
      Buffer.from([0x1e, 0x0f, id, 0, 0, 0, 0, 0, 0, 0, number, count]),
      message.subarray(number * size, (number + 1) * size),
    ]),
  );
}

describe('GelfChunks', () => {
  test('puts messages together in whatever order and mixture their chunks come', () => {
    const message = fc.uint8Array({ minLength: 3, maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.infiniteStream(fc.double()),
        (messages, order) => {
          const chunks = messages.flatMap((bytes, id) => chunksOf(bytes, id, 7));
          const random = order[Symbol.iterator]();
          const shuffled = chunks
            .map((bytes) => ({ bytes, rank: Number(random.next().value) }))
            .sort((a, b) => a.rank - b.rank);
          const reader = new GelfChunks();
          const whole = shuffled.flatMap(({ bytes }) => reader.add({ bytes, peer: 'p' }, 0) ?? []);
          const texts = (list: readonly Uint8Array[]): string[] =>
            list.map((bytes) => Buffer.from(bytes).toString('hex')).sort();
          expect(texts(whole.map(({ bytes }) => bytes))).toEqual(texts(messages));
        },
      ),
    );
  });

  test('gives up a message whose chunks do not come, and counts it', () => {
    const reader = new GelfChunks();
    const [first, second] = chunksOf(Buffer.alloc(10), 1, 5);
    reader.add({ bytes: first ?? Buffer.alloc(0), peer: 'p' }, 0);
    expect(reader.add({ bytes: second ?? Buffer.alloc(0), peer: 'p' }, 5_001)).toBeUndefined();
    expect(reader.lost).toBe(1);
  });

  test.each([
    ['a count of 0', [0, 0]],
    ['a count of 129', [0, 129]],
    ['a number past the count', [3, 3]],
  ])('drops %s and counts it', (_, [number = 0, count = 0]) => {
    const reader = new GelfChunks();
    const bytes = Buffer.from([0x1e, 0x0f, 1, 2, 3, 4, 5, 6, 7, 8, number, count, 65]);
    expect(reader.add({ bytes, peer: 'p' }, 0)).toBeUndefined();
    expect(reader.lost).toBe(1);
  });

  test('keeps no more than a bounded number of messages that miss a chunk', () => {
    const reader = new GelfChunks();
    for (let id = 0; id < 10_000; id += 1) {
      const bytes = Buffer.alloc(13);
      bytes.set([0x1e, 0x0f]);
      bytes.writeUInt32BE(id, 2);
      bytes.set([0, 2], 10);
      reader.add({ bytes, peer: 'p' }, 0);
    }
    expect(reader.lost).toBeGreaterThan(5_000);
  });
});

describe('GelfFrames', () => {
  test.each([
    ['NUL', '{"a":1}\0{"b":2}\0', ['{"a":1}', '{"b":2}']],
    ['line feeds', '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
    ['JSON over several lines', '{\n"a":1\n}\0{"b":2}\0', ['{\n"a":1\n}', '{"b":2}']],
    ['empty messages', '\0\0{"a":1}\0\n', ['{"a":1}']],
  ])('ends messages at %s, wherever the stream is cut', (_, stream, expected) => {
    for (let size = 1; size <= stream.length; size += 1) {
      const frames = new GelfFrames();
      const found: string[] = [];
      for (let at = 0; at < stream.length; at += size) {
        for (const bytes of frames.push(Buffer.from(stream.slice(at, at + size)))) {
          found.push(Buffer.from(bytes).toString());
        }
      }
      expect(found).toEqual(expected);
    }
  });

  test('refuses a message one byte over the limit', () => {
    expect([...new GelfFrames().push(Buffer.alloc(MESSAGE_BYTES_MAX, 'a'))]).toEqual([]);
    expect(() => [...new GelfFrames().push(Buffer.alloc(MESSAGE_BYTES_MAX + 1, 'a'))]).toThrow(
      'more than',
    );
  });
});
