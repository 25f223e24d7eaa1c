import { DECODED_AT_NS, decodedRecords, decodedText } from '@tendril/testkit/decoded-records';
import { goldenActuals } from '@tendril/testkit/golden';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSyslog } from './syslog.ts';

function decode(bytes: Uint8Array, isCut = false): ReturnType<typeof decodedRecords> {
  const message = { bytes, isCut, peer: '192.0.2.7' };
  return decodedRecords((writer, sink) => decodeSyslog([message], writer, sink, DECODED_AT_NS));
}

describe('decodeSyslog', () => {
  const cases = goldenActuals(new URL('testdata/syslog.txt', import.meta.url), (line) =>
    decodedText(decode(Buffer.from(line))),
  );
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test('says that a message was cut', () => {
    expect(decode(Buffer.from('<14>x'), true).records[0]?.attributes).toMatchObject({
      'syslog.truncated': true,
    });
  });

  test('reads a 1 MiB message of structured data in time that grows with its length', () => {
    const parameters = ' a="b"'.repeat(170_000);
    const { records } = decode(Buffer.from(`<14>1 - h a - - [id${parameters}] x`));
    expect(records).toHaveLength(1);
  });

  test('makes one record of whatever bytes there are', () => {
    const header = fc.constantFrom(
      '',
      '<14>',
      '<14>1 ',
      '<14>1 - - - - - ',
      '<14>Nov 21 09:29:58 h ',
    );
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 200 }), (start, tail) => {
        const { outcome } = decode(Buffer.concat([Buffer.from(start), tail]));
        expect(outcome).toMatchObject({ accepted: 1, rejected: {} });
      }),
    );
  });
});
