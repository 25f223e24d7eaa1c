/** Which of the databases holds what belongs to a key. */
export const SHARDS = 2;

export function shardOf(key: string): number {
  let hash = 0;
  for (const character of key) hash = (hash * 33 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % SHARDS;
}
