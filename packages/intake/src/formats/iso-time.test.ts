import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UTC, zoneOf } from '../zone.ts';
import { isoTime } from './iso-time.ts';

const CONTEXT = { zone: UTC, asOfNs: 0n };
const ns = (text: string): bigint => BigInt(Date.parse(text)) * 1_000_000n;

describe('isoTime', () => {
  test('reads what Date prints, in every shape it is written in', () => {
    const moment = fc.date({ min: new Date(0), max: new Date('2261-12-31'), noInvalidDate: true });
    const shape = fc.constantFrom<(iso: string) => string>(
      (iso) => iso,
      (iso) => iso.replace('T', ' ').replace('Z', ''),
      (iso) => iso.replaceAll('-', '/').replace('T', ' ').replace('.', ','),
      (iso) => iso.replace('Z', '+00:00'),
      (iso) => iso.replace('Z', ' UTC'),
    );
    fc.assert(
      fc.property(moment, shape, fc.string(), (date, write, after) => {
        const text = write(date.toISOString());
        const read = isoTime(`${text} |${after}`, 0, CONTEXT);
        expect(read).toEqual({ timeNs: ns(date.toISOString()), end: text.length });
      }),
    );
  });

  test.each([
    ['2026-06-02T09:14:03+08:00', '2026-06-02T01:14:03Z'],
    ['2026-06-02T09:14:03-0730', '2026-06-02T16:44:03Z'],
    ['2026-06-02 09:14:03 - text', '2026-06-02T09:14:03Z'],
    ['2026-06-02 09:14:03 -5 degrees', '2026-06-02T09:14:03Z'],
    ['2026-06-02 09:14:03.', '2026-06-02T09:14:03Z'],
    ['2024-02-29 00:00:00', '2024-02-29T00:00:00Z'],
  ])('%s is %s', (text, expected) => {
    expect(isoTime(text, 0, CONTEXT)?.timeNs).toBe(ns(expected));
  });

  test.each([
    '2026-13-02 09:14:03',
    '2026-02-29 09:14:03',
    '2026-06-02 24:00:00',
    '2026-06-0x 09:14:03',
    '2026-06-02 09:14',
    '',
  ])('refuses "%s"', (text) => {
    expect(isoTime(text, 0, CONTEXT)).toBeUndefined();
  });

  test('keeps nine digits of a fraction', () => {
    expect(isoTime('2026-06-02T00:00:00.123456789Z', 0, CONTEXT)?.timeNs).toBe(
      ns('2026-06-02T00:00:00Z') + 123_456_789n,
    );
  });

  test('a time without a zone is in the zone of the context, summer and winter', () => {
    const zone = zoneOf('Europe/Berlin') ?? UTC;
    const at = (text: string): bigint | undefined => isoTime(text, 0, { zone, asOfNs: 0n })?.timeNs;
    expect(at('2026-06-02 09:14:03')).toBe(ns('2026-06-02T07:14:03Z'));
    expect(at('2026-01-02 09:14:03')).toBe(ns('2026-01-02T08:14:03Z'));
    expect(at('2026-03-29 01:59:59')).toBe(ns('2026-03-29T00:59:59Z'));
    expect(at('2026-03-29 03:00:00')).toBe(ns('2026-03-29T01:00:00Z'));
  });
});
