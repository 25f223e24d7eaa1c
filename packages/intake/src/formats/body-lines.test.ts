import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyLines } from './body-lines.ts';

function lines(text: string): string[] {
  return [...bodyLines(Buffer.from(text))];
}

describe('bodyLines', () => {
  test('splits at LF and CR LF, with or without a last line end', () => {
    expect(lines('a\r\nb\n\nc')).toEqual(['a', 'b', '', 'c']);
    expect(lines('a\n')).toEqual(['a']);
    expect(lines('')).toEqual([]);
  });

  test('takes a JSON document for its records', () => {
    expect(lines('[{"a":1},{"b":[2]},"text"]')).toEqual(['{"a":1}', '{"b":[2]}', 'text']);
    expect(lines(' [\n  {"a": 9007199254740993}\n]\n')).toEqual(['{"a":"9007199254740993"}']);
    expect(lines('{\n  "a": 1\n}')).toEqual(['{\n  "a": 1\n}']);
    expect(lines('[]')).toEqual([]);
  });

  test('lines that only look like a document stay lines', () => {
    expect(lines('{"a":1}\n{"b":2}')).toEqual(['{"a":1}', '{"b":2}']);
    expect(lines('[2026-06-02 09:14:03] x\n[y')).toEqual(['[2026-06-02 09:14:03] x', '[y']);
    expect(lines('[{"a":1}\n[{"b":2}')).toEqual(['[{"a":1}', '[{"b":2}']);
  });

  test('decodes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...bodyLines(bytes)].join('\n').length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
