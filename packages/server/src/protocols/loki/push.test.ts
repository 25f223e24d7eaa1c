import { Failure, messageOf } from '@tendril/model/failure';
import { DECODED_AT_NS, decodedRecords, decodedText } from '@tendril/testkit/decoded-records';
import { goldenActuals } from '@tendril/testkit/golden';
import * as fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { parseLabels } from './labels.ts';
import { decodeLokiPush, type LokiPush } from './push.ts';

const { root } = protobuf.parse(`syntax = "proto3"; package logproto;
message PushRequest { repeated StreamAdapter streams = 1; }
message StreamAdapter { string labels = 1; repeated EntryAdapter entries = 2; uint64 hash = 3; }
message EntryAdapter { Timestamp timestamp = 1; string line = 2; repeated LabelPairAdapter structuredMetadata = 3; }
message LabelPairAdapter { string name = 1; string value = 2; }
message Timestamp { int64 seconds = 1; int32 nanos = 2; }`);
const PushRequest = root.lookupType('logproto.PushRequest');

function decode(
  body: Uint8Array,
  encoding: LokiPush['encoding'],
): ReturnType<typeof decodedRecords> {
  const push = { body, encoding, tenant: '', nowNs: DECODED_AT_NS };
  return decodedRecords((writer, sink) => decodeLokiPush(push, writer, sink));
}

interface Line {
  readonly ns: bigint;
  readonly line: string;
  readonly metadata: Readonly<Record<string, string>>;
}

function asProtobuf(labels: Readonly<Record<string, string>>, lines: readonly Line[]): Uint8Array {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const entries = lines.map(({ ns, line, metadata }) => ({
    timestamp: { seconds: Number(ns / 1_000_000_000n), nanos: Number(ns % 1_000_000_000n) },
    line,
    structuredMetadata: Object.entries(metadata).map(([name, value]) => ({ name, value })),
  }));
  const streams = [{ labels: `{${pairs.join(', ')}}`, entries, hash: 77 }];
  return PushRequest.encode(PushRequest.fromObject({ streams })).finish();
}

function asJson(labels: Readonly<Record<string, string>>, lines: readonly Line[]): Uint8Array {
  const values = lines.map(({ ns, line, metadata }) => [String(ns), line, metadata]);
  return Buffer.from(JSON.stringify({ streams: [{ stream: labels, values }] }));
}

describe('decodeLokiPush', () => {
  const cases = goldenActuals(new URL('testdata/push.txt', import.meta.url), (body) => {
    try {
      return decodedText(decode(Buffer.from(body), 'json'));
    } catch (error) {
      return messageOf(error);
    }
  });
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test('reads the same records from protobuf and JSON', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const lineArbitrary = fc.record({
      ns: fc.bigInt({ min: DECODED_AT_NS - 10n ** 15n, max: DECODED_AT_NS }),
      line: text,
      metadata: fc.dictionary(fc.constantFrom('trace', 'a.b', 'level'), text, { maxKeys: 3 }),
    });
    const labels = fc.dictionary(fc.constantFrom('app', 'pod', 'level', 'x'), text, { maxKeys: 4 });
    fc.assert(
      fc.property(labels, fc.array(lineArbitrary, { maxLength: 4 }), (stream, lines) => {
        expect(decode(asProtobuf(stream, lines), 'protobuf')).toEqual(
          decode(asJson(stream, lines), 'json'),
        );
      }),
    );
  });

  test('damaged protobuf is refused as malformed, or read', () => {
    const lines = [{ ns: DECODED_AT_NS, line: 'says hello', metadata: { a: 'b' } }];
    const whole = asProtobuf({ app: 'x', level: 'info' }, lines);
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.nat(whole.length),
        (at, byte, length) => {
          const damaged = Uint8Array.from(whole).subarray(0, length);
          if (at < length) damaged[at] = byte;
          try {
            decode(damaged, 'protobuf');
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
          }
        },
      ),
    );
  });
});

describe('parseLabels', () => {
  test.each([
    ['{}', {}],
    ['{a="b"}', { a: 'b' }],
    ['{ a = "b" , c="d", }', { a: 'b', c: 'd' }],
    [String.raw`{a="say \"hi\" \\ \n \u4f60, }"}`, { a: 'say "hi" \\ \n 你, }' }],
    ['{a=`raw \\n`, "dotted.name"="x"}', { a: 'raw \\n', 'dotted.name': 'x' }],
  ])('reads %s', (text, expected) => {
    expect(Object.fromEntries(parseLabels(text))).toEqual(expected);
  });

  test.each(['', 'a="b"', '{a}', '{a=b}', '{a="b}', '{a="b" c="d"}', '{="b"}'])(
    'refuses %s',
    (text) => {
      expect(() => parseLabels(text)).toThrow('the labels');
    },
  );

  test('is done with a hostile text in time that grows with its length', () => {
    expect(() => parseLabels(`{${'a="b",'.repeat(100_000)}!}`)).toThrow('the labels');
    expect(() => parseLabels(`{a="${'\\'.repeat(1_000_000)}}`)).toThrow('the labels');
  });
});
