import { messageOf } from '@tendril/model/failure';
import { DECODED_AT_NS, decodedRecords, decodedText } from '@tendril/testkit/decoded-records';
import { goldenActuals } from '@tendril/testkit/golden';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bulkAnswer } from './answers.ts';
import { decodeBulk, itemsOfBulk, partsOfBulk, type BulkItem } from './bulk.ts';
import { DOCUMENT_BYTES_MAX } from './document.ts';

function decode(body: string | Uint8Array): ReturnType<typeof decodedRecords> & {
  readonly items: readonly BulkItem[];
} {
  let items: readonly BulkItem[] = [];
  const request = { body: Buffer.from(body), defaultIndex: 'default', nowNs: DECODED_AT_NS };
  const decoded = decodedRecords((writer, sink) => {
    const bulk = decodeBulk(request, writer, sink);
    items = bulk.items;
    return bulk.outcome;
  });
  return { ...decoded, items };
}

function decodedOrWhyNot(body: string): string {
  try {
    const { items, ...decoded } = decode(body);
    const answer = bulkAnswer(items, { tookMs: 1, idPrefix: 'id', detail: 'statuses' });
    return `${decodedText(decoded)}\n${answer}`;
  } catch (error) {
    return messageOf(error);
  }
}

describe('decodeBulk', () => {
  const cases = goldenActuals(new URL('testdata/bulk.txt', import.meta.url), decodedOrWhyNot);
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test('takes CR LF, blank lines and a missing last line end', () => {
    const { records } = decode(
      '{"create":{}}\r\n{"message":"a"}\r\n\r\n{"create":{}}\n{"message":"b"}',
    );
    expect(records.map(({ body }) => body)).toEqual(['a', 'b']);
  });

  test('refuses a document one byte over the limit alone', () => {
    const sized = (bytes: number): string => `{"m":"${'x'.repeat(bytes - 8)}"}`;
    const { items } = decode(
      `{"create":{}}\n${sized(DOCUMENT_BYTES_MAX)}\n{"create":{}}\n${sized(DOCUMENT_BYTES_MAX + 1)}\n`,
    );
    expect(items.map(({ status }) => status)).toEqual([201, 413]);
  });

  test.each([
    ['objects', '{"a":', '}', '1'],
    ['arrays', '[', ']', '{}'],
  ])('refuses a document of %s nested too deeply alone', (_, open, close, inside) => {
    const nested = `{"m":${open.repeat(10_000)}${inside}${close.repeat(10_000)}}`;
    const { items } = decode(`{"create":{}}\n${nested}\n{"create":{}}\n{"message":"b"}\n`);
    expect(items.map(({ status }) => status)).toEqual([400, 201]);
  });

  test('keys of Object.prototype are fields like others', () => {
    const { records } = decode(
      '{"create":{}}\n{"message":"a","__proto__":{"x":1},"constructor":2}\n',
    );
    expect(records[0]?.attributes).toMatchObject({ '__proto__.x': 1, constructor: 2 });
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  test('a long request is taken in parts that have every document once, in order', () => {
    const document = (at: number): string =>
      `{"create":{"_index":"i${at % 3}"}}\n{"log":{"level":"info"},"message":"m${at}"}\n\n`;
    const body = Buffer.from(Array.from({ length: 1_000 }, (_, at) => document(at)).join(''));
    const parts = partsOfBulk({ body, defaultIndex: '', nowNs: DECODED_AT_NS }, 64);
    expect(parts.length).toBeGreaterThan(1);
    const bodies = parts.flatMap((part) => decode(part.body).records.map((each) => each.body));
    expect(bodies).toEqual(Array.from({ length: 1_000 }, (_, at) => `m${at}`));
  });

  test('a long request of lines is taken whole, so that those of one record meet', () => {
    const body = Buffer.from('{"create":{"_index":"i"}}\n{"message":"  at a"}\n'.repeat(1_000));
    const request = { body, defaultIndex: '', nowNs: DECODED_AT_NS };
    expect(partsOfBulk(request, 64)).toEqual([request]);
  });

  test('a broken action in any part refuses the whole request', () => {
    const body = Buffer.from(
      `${'{"create":{"_index":"i"}}\n{"level":"info","message":"a"}\n'.repeat(999)}broken\n{}\n`,
    );
    const request = { body, defaultIndex: '', nowNs: DECODED_AT_NS };
    expect(() => partsOfBulk(request, 64)).toThrow('Malformed action/metadata line [1999]');
  });

  test('items of a repeated request are those of the first', () => {
    const body = Buffer.from('{"create":{}}\n{"m":1}\n{"index":{}}\n{\n{"delete":{"_id":"1"}}\n');
    const items = itemsOfBulk({ body, defaultIndex: 'default', nowNs: DECODED_AT_NS }, 64);
    expect(items).toEqual(decode(body).items);
  });

  test('has an item for each action or refuses the request, whatever the lines are', () => {
    const line = fc.oneof(
      fc.json(),
      fc.string(),
      fc.constantFrom('{"create":{}}', '{"index":{"_index":"i"}}', '{"delete":{}}'),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const body = lines.join('\n');
        try {
          const { items, outcome } = decode(body);
          const refused = Object.values(outcome.rejected).reduce((sum, count) => sum + count, 0);
          const written = items.filter(({ operation }) => operation !== 'delete');
          // Lines that belong together are one record.
          expect(outcome.accepted + refused).toBeLessThanOrEqual(written.length);
        } catch (error) {
          expect(error).toHaveProperty('code', 'malformed');
        }
      }),
    );
  });
});
