import { DECODED_AT_NS, decodedRecords, decodedText } from '@tendril/testkit/decoded-records';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FIELD_BYTES_MAX, JournalExport, type JournalEntry } from './export-format.ts';
import { decodeJournalEntries } from './journal-entries.ts';

function binary(name: string, value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n')]);
}

function entriesOf(stream: Uint8Array, size: number = stream.length): JournalEntry[] {
  const journal = new JournalExport();
  const entries: JournalEntry[] = [];
  for (let at = 0; at < stream.length; at += size) {
    entries.push(...journal.push(stream.subarray(at, at + size)));
  }
  return [...entries, ...journal.end()];
}

describe('JournalExport', () => {
  test('reads entries of lines and of bytes, wherever the stream is cut', () => {
    const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);
    const field = fc.tuple(name, fc.string({ unit: 'grapheme', maxLength: 12 }), fc.boolean());
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 1 })),
        fc.integer({ min: 1, max: 30 }),
        (entries, size) => {
          const stream = Buffer.concat(
            entries.flatMap((fields) => [
              ...fields.map(([key, value, isBinary]) =>
                isBinary || value.includes('\n')
                  ? binary(key, value)
                  : Buffer.from(`${key}=${value}\n`),
              ),
              Buffer.from('\n'),
            ]),
          );
          expect(entriesOf(stream, size).map(({ fields }) => fields)).toEqual(
            entries.map((fields) => fields.map(([key, value]) => [key, value])),
          );
        },
      ),
    );
  });

  test('leaves a field over the limit out and keeps the rest of its entry', () => {
    const stream = Buffer.concat([
      Buffer.from('MESSAGE=a\n'),
      binary('COREDUMP', Buffer.alloc(FIELD_BYTES_MAX + 1)),
      binary('WHOLE', Buffer.alloc(FIELD_BYTES_MAX)),
      Buffer.from('B=c\n\nMESSAGE=next\n'),
    ]);
    const [first, next] = entriesOf(stream, 65_536);
    expect(first?.fields.map(([name]) => name)).toEqual(['MESSAGE', 'WHOLE', 'B']);
    expect([first?.isCut, next?.isCut]).toEqual([true, false]);
  });

  test.each([
    ['a name in lower case', 'message=a\n'],
    ['a name that is too long', `${'A'.repeat(65)}=a\n`],
    ['bytes that do not end where they say', 'A\n\u0001\0\0\0\0\0\0\0abc\n'],
    [
      'a length of 2^64',
      Buffer.concat([Buffer.from('A\n'), Buffer.alloc(8, 0xff), Buffer.from('abc')]),
    ],
    ['an end in the middle', 'MESSAGE=a'],
  ])('refuses %s', (_, stream) => {
    expect(() => entriesOf(Buffer.from(stream))).toThrow('cannot read the journal');
  });
});

describe('decodeJournalEntries', () => {
  test('names what the journal knows as OpenTelemetry does', () => {
    const fields = [
      ['__CURSOR', 's=1;i=2'],
      ['__REALTIME_TIMESTAMP', '1795253399000002'],
      ['_SOURCE_REALTIME_TIMESTAMP', '1795253399000001'],
      ['PRIORITY', '6'],
      ['_HOSTNAME', 'node-3'],
      ['_SYSTEMD_UNIT', 'openim-api.service'],
      ['SYSLOG_IDENTIFIER', 'openim-api'],
      ['_PID', '77'],
      ['MESSAGE', '\u001b[31m2026-11-21 17:29:58.500\u001b[0m ERROR 连接失败'],
      ['OBJECT', 'a'],
      ['OBJECT', 'b'],
    ] as const;
    const entry = { fields, isCut: false, byteLength: 1 };
    const decoded = decodedRecords((writer, sink) =>
      decodeJournalEntries([entry], writer, sink, DECODED_AT_NS),
    );
    expect(decodedText(decoded)).toMatchInlineSnapshot(
      `"{ "timestamp": "2026-11-21T09:29:58.500000000Z", "severityText": "ERROR", "severityNumber": 17, "body": "连接失败", "original": "\\u001b[31m2026-11-21 17:29:58.500\\u001b[0m ERROR 连接失败", "serviceName": "openim-api", "resource": { "host.name": "node-3", "service.name": "openim-api", "systemd.unit": "openim-api.service" }, "attributes": { "OBJECT": [ "a", "b" ], "process.pid": 77 } }"`,
    );
  });
});
