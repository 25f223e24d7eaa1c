/**
 * Conditions on body text, put so that the indexes of `logs` can answer them:
 *
 * - `body_words`, a text index over the folded body with every digit made 0. It answers words and
 *   phrases without digits exactly, others as a sieve, and finds text within words by a scan of its
 *   dictionary, if that text is four or more ASCII letters and digits.
 * - `body_tokens`, a bloom filter of the words as they are, asked with `hasToken`.
 *
 * Each condition is exact by itself: an index that is missing costs time, never records. The column
 * Original has none.
 */
import { type Sql, identifier, joinSql, sql, string, strings } from '@tendril/sql/sql';

import { likePattern } from './like-pattern.ts';
import { requiredText } from './regex-text.ts';
import type { TextColumn } from '@tendril/model/fields';

import type { TextTest } from './resolved.ts';
import type { Folding } from './words.ts';

export function textCondition(column: TextColumn, test: TextTest): Sql {
  switch (test.kind) {
    case 'exists':
      return sql`${identifier(column)} != ''`;
    case 'empty':
      return sql`${identifier(column)} = ''`;
    case 'anyWord':
      return anyWord(column, test.words, test.folding);
    case 'everyWord':
      return everyWord(column, test.words, test.folding);
    case 'phrase':
      return phrase(column, test.words, test.folding);
    case 'contains':
      return contains(column, test);
    case 'regex':
      return regexCondition(column, test.source);
  }
}

/** More words than this are not worth a call each. */
const BLOOM_WORDS_MAX = 4;

function anyWord(column: TextColumn, words: readonly string[], folding: Folding): Sql {
  const text = folded(column, folding);
  if (!isIndexed(column, folding)) return sql`hasAnyTokens(${text}, ${strings(words)})`;
  const plain = words.filter((word) => !hasDigit(word));
  const numbered = words.filter(hasDigit);
  const conditions = [
    ...(plain.length > 0 ? [sql`hasAnyTokens(${MASKED_BODY}, ${strings(plain)})`] : []),
    ...(numbered.length > 0 ? [anyNumberedWord(text, numbered)] : []),
  ];
  return joined(conditions, ' OR ');
}

function anyNumberedWord(text: Sql, words: readonly string[]): Sql {
  // Any number is in nearly every granule of the word index, so looking there only takes time.
  if (words.length <= BLOOM_WORDS_MAX && words.every(isNumber)) return anyOf(text, words);
  const masked = [...new Set(words.map(maskDigits))];
  const exact =
    words.length <= BLOOM_WORDS_MAX
      ? anyOf(text, words)
      : sql`hasAnyTokens(${text}, ${strings(words)})`;
  return sql`(hasAnyTokens(${MASKED_BODY}, ${strings(masked)}) AND ${exact})`;
}

function anyOf(text: Sql, words: readonly string[]): Sql {
  return joined(
    words.map((word) => sql`hasToken(${text}, ${string(word)})`),
    ' OR ',
  );
}

function everyWord(column: TextColumn, words: readonly string[], folding: Folding): Sql {
  const text = folded(column, folding);
  if (!isIndexed(column, folding)) return sql`hasAllTokens(${text}, ${strings(words)})`;
  const masked = [...new Set(words.filter((word) => !isNumber(word)).map(maskDigits))];
  const numbered = words.filter(hasDigit);
  const blooms = numbered
    .slice(0, BLOOM_WORDS_MAX)
    .map((word) => sql`hasToken(${text}, ${string(word)})`);
  const rest = numbered.slice(BLOOM_WORDS_MAX);
  const conditions = [
    ...(masked.length > 0 ? [sql`hasAllTokens(${MASKED_BODY}, ${strings(masked)})`] : []),
    ...blooms,
    ...(rest.length > 0 ? [sql`hasAllTokens(${text}, ${strings(rest)})`] : []),
  ];
  return joined(conditions, ' AND ');
}

function phrase(column: TextColumn, words: readonly string[], folding: Folding): Sql {
  const text = folded(column, folding);
  const exact = sql`hasPhrase(${text}, ${string(words.join(' '))})`;
  if (!isIndexed(column, folding)) return exact;
  const masked = maskedPhrase(words.map(maskDigits));
  const numbered = [...new Set(words.filter(hasDigit))].slice(0, BLOOM_WORDS_MAX);
  if (numbered.length === 0) return masked;
  const blooms = numbered.map((word) => sql`hasToken(${text}, ${string(word)})`);
  return joined([...(words.every(isNumber) ? [] : [masked]), ...blooms, exact], ' AND ');
}

/** The index tells which bodies have the words; only their order is looked up in these. */
function maskedPhrase(words: readonly string[]): Sql {
  const inOrder = sql`hasPhrase(${MASKED_BODY}, ${string(words.join(' '))})`;
  if (words.length === 1) return inOrder;
  return sql`(hasAllTokens(${MASKED_BODY}, ${strings([...new Set(words)])}) AND ${inOrder})`;
}

type Contains = Extract<TextTest, { readonly kind: 'contains' }>;

function contains(column: TextColumn, { folding, pieces, words }: Contains): Sql {
  const hasLetters = pieces.some((piece) => /[a-z]/.test(piece));
  const text =
    folding === 'ascii' && !hasLetters ? sql`${identifier(column)}` : folded(column, folding);
  const exact = sql`${text} LIKE ${string(likePattern(['', ...pieces, '']))}`;
  if (!isIndexed(column, folding)) return exact;
  if (words?.length === 0) return sql`false`;
  const sieve = words
    ? sql`hasAnyTokens(${MASKED_BODY}, ${strings(words)})`
    : dictionarySieve(pieces);
  if (!sieve) return exact;
  const only = pieces.find((piece) => piece !== '') ?? '';
  const isWhole = pieces.join('') === only && (words ? BEYOND_ASCII : LETTERS).test(only);
  return isWhole ? sieve : joined([sieve, exact], ' AND ');
}

/** Text whose words say it all: it has nothing but what the index keeps as it is. */
const LETTERS = /^[a-z]+$/;
const BEYOND_ASCII = /^[^\0-\u007f]+$/;

/** The index looks into its dictionary for text of one word, of this length or more. */
const DICTIONARY_TEXT = /[0-9a-z]{4,}/g;

/** On the longest such text of the pieces. */
function dictionarySieve(pieces: readonly string[]): Sql | undefined {
  const texts = pieces.flatMap((piece) => piece.match(DICTIONARY_TEXT) ?? []);
  const [first, ...more] = texts;
  if (first === undefined) return undefined;
  const longest = more.reduce((best, text) => (text.length > best.length ? text : best), first);
  return sql`${MASKED_BODY} LIKE ${string(likePattern(['', maskDigits(longest), '']))}`;
}

function regexCondition(column: TextColumn, source: string): Sql {
  const matches = sql`match(${identifier(column)}, ${string(regexForEngine(source))})`;
  const text = requiredText(source);
  const sieve = column === 'Body' && text !== undefined ? dictionarySieve([text]) : undefined;
  return sieve ? joined([sieve, matches], ' AND ') : matches;
}

/** A NUL byte would end the engine's pattern. */
export function regexForEngine(source: string): string {
  return source.replaceAll('\\\0', '\\x00').replaceAll('\0', '\\x00');
}

function folded(column: TextColumn, folding: Folding): Sql {
  const plain = identifier(column);
  return folding === 'unicode' ? sql`lowerUTF8(${plain})` : sql`lower(${plain})`;
}

function isIndexed(column: TextColumn, folding: Folding): boolean {
  return column === 'Body' && folding === 'ascii';
}

/** Exactly the expression of the index `body_words`. */
const MASKED_BODY: Sql = sql`translate(lower(Body), '0123456789', '0000000000')`;

function maskDigits(text: string): string {
  return text.replaceAll(/[1-9]/g, '0');
}

function isNumber(word: string): boolean {
  return /^[0-9]+$/.test(word);
}

function hasDigit(text: string): boolean {
  return /[0-9]/.test(text);
}

function joined(conditions: readonly Sql[], separator: ' AND ' | ' OR '): Sql {
  const [only] = conditions;
  if (conditions.length === 1 && only) return only;
  return sql`(${joinSql(conditions, separator)})`;
}
