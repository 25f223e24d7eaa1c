import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { textPieces } from './text-pieces.ts';

test('the pieces are the text, each within the limit, none cut within a character', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '字', '😀', '\n'), maxLength: 200 });
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 20 }), (whole, charactersMax) => {
      const pieces = textPieces(whole, charactersMax);
      expect(pieces.map(({ piece }) => piece).join('')).toBe(whole);
      for (const { piece } of pieces) {
        expect(piece.length).toBeLessThanOrEqual(charactersMax);
        expect(piece.length).toBeGreaterThan(0);
        expect(piece.isWellFormed()).toBe(true);
      }
    }),
  );
});

test('a line stays whole where it fits', () => {
  const pieces = textPieces('one\ntwo\nthree', 6).map(({ piece }) => piece);
  expect(pieces).toEqual(['one\n', 'two\n', 'three']);
});
