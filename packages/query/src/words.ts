/**
 * How body text is compared: without case, by whole words. A word is what the text index takes for a
 * token (tokenizer `splitByNonAlpha`): ASCII letters and digits and everything beyond ASCII. Chinese,
 * Japanese and Korean text has no spaces between words, so it is compared as a substring.
 *
 * The index lies over `lower(Body)`, which folds ASCII alone. Query text with other cased letters
 * (`Größe`) is compared with `lowerUTF8(Body)`, which no index serves.
 */
import type { Pieces } from './ast.ts';

export type Folding = 'ascii' | 'unicode';

export function foldingFor(text: string): Folding {
  for (const character of text) {
    if (character > '\u007f' && character.toLowerCase() !== character.toUpperCase())
      return 'unicode';
  }
  return 'ascii';
}

export function fold(text: string, folding: Folding): string {
  if (folding === 'unicode') return text.toLowerCase();
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export function wordsOf(text: string): readonly string[] {
  return text.match(/[0-9A-Za-z\u0080-\uffff]+/g) ?? [];
}

const CJK =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u3000-\u303f\uff00-\uffef]/u;

export function hasCjk(text: string): boolean {
  return CJK.test(text);
}

/** Unquoted text cut at white space. A star that stands alone among words says nothing and is dropped. */
export function splitAtSpaces(pieces: Pieces): readonly Pieces[] {
  const words: string[][] = [['']];
  pieces.forEach((piece, index) => {
    if (index > 0) words.at(-1)?.push('');
    piece.split(/[\s\u00a0\u3000]+/).forEach((part, partIndex) => {
      if (partIndex > 0) words.push(['']);
      const word = words.at(-1) ?? [];
      word[word.length - 1] += part;
    });
  });
  return words.filter((word) => word.some((piece) => piece !== ''));
}
