import { encode } from '@msgpack/msgpack';
import { DECODED_AT_NS, decodedRecords, decodedText } from '@tendril/testkit/decoded-records';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBulk } from '../elastic/bulk.ts';
import { decodeForward, readForwardMessage } from '../fluent/forward.ts';
import { decodeGelf } from '../gelf/gelf.ts';

const NAMES =
  `@timestamp time ts level log.level severity severityNumber PRIORITY message msg log service name app
env host hostname pid logger event.name container container_name image kubernetes labels pod_name stream source caller
code.caller operationID trace_id span_id userID s instant epochSecond fields @metadata tags password __proto__ 键`
    .split(/\s/)
    .concat('');
const TEXTS = [
  '2026-11-21T09:30:00.123Z',
  '2026-11-21T09:30:00Z',
  '2026-11-21T09:30:00.123456789Z',
  '2026-11-21 09:30:00',
  '2026-11-21T17:30:00+08:00',
  '2026-02-30T00:00:00Z',
  '1763717400',
  'INFO',
  'warn',
  ' Error ',
  '30',
  'W',
  '警告',
  'nothing',
  'stdout',
  'stderr',
  '/box',
  '',
  'ends with a blank ',
  '以全角空格结束\u3000',
  '以句号结束。',
  'tab\tand "quotes" and \\',
  '\u0001',
  'token=abcdef0123456789abcdef',
  '4bf92f3577b34da6a3ce929d0e0e4736',
  '00f067aa0ba902b7',
  '\ud800',
];

const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.integer({ min: -10, max: 70 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(13812345678, 1763717400123, 1763717400.5, -0, true, false, null),
);

const fields = fc.letrec<{ event: object; value: unknown }>((tie) => ({
  value: fc.oneof(
    { weight: 8, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
    { weight: 1, arbitrary: tie('event') },
  ),
  event: fc.dictionary(
    fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...NAMES) }, fc.string({ maxLength: 12 })),
    tie('value'),
    { maxKeys: 8 },
  ),
})).event;

/** Most say a severity: others are read as lines. */
const event = fc
  .tuple(fields, fc.constantFrom({}, { level: 'info' }, { level: 30 }, { log: { level: 'WARN' } }))
  .map(([given, severity]) => Object.assign({ zz: 1 }, severity, given));

const MESSAGES = [
  'user 17 connected',
  'token was renewed ',
  '\tat com.acme.Im.send(Im.java:7)',
  '',
  'java.io.IOException: closed',
  'Caused by: x',
  'error: no route',
  '2026-11-21 09:30:00 up',
  'level=info msg=x',
  '{"level":"warn","msg":"x"}',
  'panic: nil',
  '\u001b[31mred\u001b[0m',
];

const gelfMessage = fc
  .record(
    {
      host: fc.constantFrom('a', 'b', ''),
      short_message: fc.constantFrom(...MESSAGES),
      full_message: fc.constantFrom(...MESSAGES),
      facility: fc.constantFrom('shop', ''),
      level: fc.integer({ min: 0, max: 8 }),
      timestamp: fc.constantFrom(1763717400.5, 1763717400),
      _operationID: fc.constantFrom('a-1', 'a-2'),
      _line: fc.nat(9),
    },
    { requiredKeys: [] },
  )
  .map((fields) => Object.assign({ _zz: 1 }, fields));

function bulk(documents: readonly string[]): string {
  const body = documents.map((document) => `{"create":{"_index":"logs-shop-x"}}\n${document}\n`);
  const request = { body: Buffer.from(body.join('')), defaultIndex: '', nowNs: DECODED_AT_NS };
  return decodedText(decodedRecords((writer, sink) => decodeBulk(request, writer, sink).outcome));
}

// Names with escapes are left to the parser, and mean the same.
function parsedBulk(documents: readonly string[]): string {
  const escaped = documents.map((document) => document.replace('"zz":', '"\\u007az":'));
  // A document without a message is its own.
  return bulk(escaped).replaceAll('\\\\u007az', 'zz');
}

describe('an event that is read from its bytes', () => {
  test('becomes the record of one that is parsed as a whole, in JSON', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 4 }), (events) => {
        const documents = events.map((each) => JSON.stringify(each));
        expect(bulk(documents)).toBe(parsedBulk(documents));
      }),
      { numRuns: 400 },
    );
  });

  test('is refused where the parser refuses it', () => {
    const document =
      '{"zz":1,"level":"info","a":[1,"x"],"b":{"c":-1.5e3},"d":"\\u4e2d\\n","e":null}';
    fc.assert(
      fc.property(fc.nat(document.length - 1), fc.string({ maxLength: 2 }), (at, inserted) => {
        const changed = document.slice(0, at) + inserted + document.slice(at + 1);
        fc.pre(!changed.includes('\n') && changed.startsWith('{"zz":'));
        expect(bulk([changed])).toBe(parsedBulk([changed]));
      }),
      { numRuns: 400 },
    );
  });

  test('becomes the record of one that is parsed as a whole, in MessagePack', () => {
    const message = (packed: boolean, events: readonly object[]): string => {
      const entries = events.map((each) => [1_763_717_400, each]);
      const content = packed ? Buffer.concat(entries.map((each) => encode(each))) : entries;
      const bytes = encode(['shop.app', content, { size: events.length }]);
      const read = readForwardMessage(bytes, { bytesMax: bytes.length, depthMax: 32 });
      return decodedText(
        decodedRecords((writer, sink) =>
          decodeForward(read ? [read] : [], writer, sink, DECODED_AT_NS),
        ),
      );
    };
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 4 }), (events) => {
        // A lone surrogate is no UTF-8, and this encoder refuses some keys.
        const plain = JSON.parse(
          JSON.stringify(events).replaceAll('__proto__', 'proto'),
        ) as object[];
        expect(message(true, plain)).toBe(message(false, plain));
      }),
      { numRuns: 300 },
    );
  });

  test('becomes the record of one that is parsed as a whole, in GELF', () => {
    const decode = (documents: readonly string[]): string => {
      const messages = documents.map((document) => ({ bytes: Buffer.from(document), peer: '::1' }));
      return decodedText(
        decodedRecords((writer, sink) => decodeGelf(messages, writer, sink, DECODED_AT_NS)),
      );
    };
    fc.assert(
      fc.property(fc.array(gelfMessage, { minLength: 1, maxLength: 8 }), (messages) => {
        const documents = messages.map((each) => JSON.stringify(each));
        const escaped = documents.map((each) => each.replace('"_zz":', '"\\u005fzz":'));
        expect(decode(documents)).toBe(decode(escaped).replaceAll('\\\\u005fzz', '_zz'));
      }),
      { numRuns: 400 },
    );
  });
});
