/**
 * Conditions on body text. Words and phrases are answered by the text index over `lower(Body)`, and so
 * are substrings, through the index's dictionary; a regular expression reads the bodies, after the
 * index has ruled out those without the text that every match must have.
 */
import { type Sql, identifier, sql, string, strings } from '@tendril/sql/sql';

import { likePattern } from './like-pattern.ts';
import { requiredText } from './regex-text.ts';
import type { TextColumn, TextTest } from './resolved.ts';
import type { Folding } from './words.ts';

export function textCondition(column: TextColumn, test: TextTest): Sql {
  const plain = sql`${identifier(column)}`;
  switch (test.kind) {
    case 'exists':
      return sql`${plain} != ''`;
    case 'empty':
      return sql`${plain} = ''`;
    case 'anyWord':
      return sql`hasAnyTokens(${folded(column, test.folding)}, ${strings(test.words)})`;
    case 'phrase':
      return sql`hasPhrase(${folded(column, test.folding)}, ${string(test.words.join(' '))})`;
    case 'contains':
      return sql`${folded(column, test.folding)} LIKE ${string(likePattern(['', ...test.pieces, '']))}`;
    case 'regex':
      return regexCondition(column, test.source);
  }
}

function folded(column: TextColumn, folding: Folding): Sql {
  const plain = identifier(column);
  return folding === 'unicode' ? sql`lowerUTF8(${plain})` : sql`lower(${plain})`;
}

function regexCondition(column: TextColumn, source: string): Sql {
  const matches = sql`match(${identifier(column)}, ${string(regexForEngine(source))})`;
  const text = requiredText(source);
  if (text === undefined) return matches;
  const pattern = string(likePattern(['', text, '']));
  return sql`(lower(${identifier(column)}) LIKE ${pattern} AND ${matches})`;
}

/** The engine's patterns end at a NUL byte. */
export function regexForEngine(source: string): string {
  return source.replaceAll('\\\0', '\\x00').replaceAll('\0', '\\x00');
}
