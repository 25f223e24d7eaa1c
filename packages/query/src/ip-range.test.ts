import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { formatIp, parseIpRange, parsePeer } from './ip-range.ts';

describe('parseIpRange', () => {
  test.each([
    ['10.0.0.0/8', '0:0:0:0:0:ffff:a00:0', '0:0:0:0:0:ffff:aff:ffff'],
    ['10.1.2.3/8', '0:0:0:0:0:ffff:a00:0', '0:0:0:0:0:ffff:aff:ffff'],
    ['10.1.2.3/32', '0:0:0:0:0:ffff:a01:203', '0:0:0:0:0:ffff:a01:203'],
    ['0.0.0.0/0', '0:0:0:0:0:ffff:0:0', '0:0:0:0:0:ffff:ffff:ffff'],
    ['fe80::/10', 'fe80:0:0:0:0:0:0:0', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::1/128', '0:0:0:0:0:0:0:1', '0:0:0:0:0:0:0:1'],
  ])('%s is from %s to %s', (text, first, last) => {
    const range = parseIpRange(text);
    expect(range && [formatIp(range.first), formatIp(range.last)]).toEqual([first, last]);
  });

  test.each([
    '10.0.0.1',
    '10.0.0.0/33',
    '10.0.0/8',
    'fe80::/129',
    'a/8',
    '256.0.0.0/8',
    '1::2::3/8',
  ])('takes %s for no range', (text) => {
    expect(parseIpRange(text)).toBeUndefined();
  });
});

describe('parsePeer', () => {
  test.each([
    ['10.1.2.3', 0xffff0a010203n],
    ['10.1.2.3:8080', 0xffff0a010203n],
    ['[::1]:80', 1n],
    ['::ffff:10.1.2.3', 0xffff0a010203n],
    ['1:2:3:4:5:6:7::', 0x00010002000300040005000600070000n],
  ])('%s', (text, address) => {
    expect(parsePeer(text)).toBe(address);
  });

  test.each(['', '10.1.2', '10.1.2.3:', '010.1.2.3', '1.2.3.4.5', ':1', '12345::', '1:2:3', 'g::'])(
    'takes %j for no address',
    (text) => {
      expect(parsePeer(text)).toBeUndefined();
    },
  );

  test('reads back what formatIp writes', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 128n - 1n), (address) => {
        expect(parsePeer(formatIp(address))).toBe(address);
      }),
    );
  });
});
