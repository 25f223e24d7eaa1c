/** Attributes that statements about chains read by their paths, and what rows of them become. */
import { emptyAttributes, type Attributes } from '@tendril/model/attribute';
import { joinSql, jsonPath, sql, type Sql } from '@tendril/sql/sql';

/** The attributes as an array of texts, in the order of the keys; empty where a row has none. */
export function attributeTexts(keys: readonly string[]): Sql {
  const texts = keys.map((key) => attributeText(key));
  return sql`[${joinSql(texts, ', ')}]`;
}

export function attributeText(key: string): Sql {
  return sql`ifNull(toString(${jsonPath('Attributes', key)}), '')`;
}

export function attributesOf(keys: readonly string[], texts: readonly string[]): Attributes {
  const attributes = emptyAttributes();
  for (const [index, key] of keys.entries()) {
    const text = texts[index] ?? '';
    if (text !== '') attributes[key] = text;
  }
  return attributes;
}
