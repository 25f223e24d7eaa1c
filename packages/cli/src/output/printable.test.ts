import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable, printableJson, printableLines } from './printable.ts';

const HOSTILE: readonly (readonly [string, string])[] = [
  ['a title', '\u001b]0;owned\u0007'],
  ['the clipboard (OSC 52)', '\u001b]52;c;ZWNobyBoaQ==\u0007'],
  ['a link (OSC 8)', '\u001b]8;;http://evil\u001b\\click\u001b]8;;\u001b\\'],
  ['a device control string', '\u001bP$q"p\u001b\\'],
  ['cursor up and overwrite', 'ok\u001b[1A\u001b[2Kforged'],
  ['carriage return and overwrite', 'real\rfake'],
  ['one-byte CSI', '\u009b31mred'],
  ['bidi override', 'user\u202egnp.exe'],
  ['bidi isolate', '\u2066x\u2069'],
  ['zero width', 'ad\u200bmin\u2060\ufeff'],
  ['a new record', 'x\n2026-06-02 09:14:03.101  auth  I  login ok'],
  ['line separator', 'x\u2028y\u2029z\u0085'],
  ['tags', 'x\u{e0041}\u{e007f}'],
  ['NUL, backspace, bell, DEL', 'a\u0000b\u0008c\u0007d\u007f'],
];

// Everything but what terminals act upon.
const SAFE =
  /^[^\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]*$/u;

describe('printable', () => {
  test.each(HOSTILE)('shows %s instead of doing it', (_what, text) => {
    const shown = printable(text);
    expect(shown).toMatch(SAFE);
    expect(shown).not.toBe(text);
  });

  test('pictures say what was there', () => {
    expect(printable('\u001b[31mred\n\u202e')).toBe('␛[31mred␊⟨202E⟩');
  });

  test('leaves words of all languages and emoji alone', () => {
    const text = '消息发送成功 ошибка خطأ 👩‍💻 naïve';
    expect(printable(text)).toBe(text);
  });

  test('nothing that acts on a terminal comes through, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).toMatch(SAFE);
        for (const line of printableLines(text)) expect(line).toMatch(SAFE);
      }),
    );
  });
});

describe('printableJson', () => {
  test('is the same data', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = printableJson(value);
        expect(text).toMatch(SAFE);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('escapes what JSON would let through', () => {
    expect(printableJson({ a: '\u009b\u202e\u{e0041}' })).toBe(
      '{"a":"\\u009b\\u202e\\udb40\\udc41"}',
    );
  });
});
