import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteStore } from './byte-store.ts';

/** Where the length of a text, or what it may take at most, begins to need one more byte. */
const EDGES = [0, 1, 32, 33, 42, 43, 127, 128, 5_461, 5_462, 16_383, 16_384];

describe('ByteStore.putString', () => {
  test.each(EDGES)('keeps texts of %d characters, whatever these take', (length) => {
    for (const character of ['a', 'é', '错', '\u{1f680}']) {
      const text = character.repeat(length);
      expect(storedTexts([text, 'next'])).toEqual([text, 'next']);
    }
  });

  test('keeps any text; lone surrogates become U+FFFD', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
        expect(storedTexts(texts)).toEqual(texts.map((one) => one.toWellFormed()));
      }),
    );
  });
});

function storedTexts(texts: readonly string[]): readonly string[] {
  const store = new ByteStore(8);
  const starts = texts.map((text) => {
    const start = store.end;
    store.putString(text);
    return start;
  });
  return starts.map((start) => store.textAt(start));
}
