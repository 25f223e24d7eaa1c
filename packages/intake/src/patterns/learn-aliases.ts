/**
 * From what has been seen to aliases: which skeletons are one pattern because a word in them changes
 * like a value. Pure: counts in, aliases out.
 *
 * When in doubt a skeleton stays closed: a person can merge two patterns at a glance, but cannot see what
 * a wrong merge hides.
 */
import { WILDCARD } from './template.ts';

/** A pattern as it was counted. Ids are 16 hex digits. */
export interface SeenPattern {
  readonly skeletonId: string;
  readonly count: number;
  /** What each value of the skeleton is in the pattern. */
  readonly slots: readonly string[];
}

/** All patterns of the skeleton are one, known by `groupId`. */
export interface PatternAlias {
  readonly skeletonId: string;
  readonly groupId: string;
}

/** More words than any list of states has. */
const STATES_MAX = 12;
/** Fewer may be states although some are rare. */
const NAMES_MIN = 5;
const RARE_COUNT_MAX = 2;
const RARE_SHARE_MIN = 0.3;

export function learnAliases(patterns: Iterable<SeenPattern>): PatternAlias[] {
  const aliases: PatternAlias[] = [];
  for (const [skeletonId, members] of Map.groupBy(patterns, (seen) => seen.skeletonId)) {
    if (members.length > 1 && isOpen(members)) aliases.push({ skeletonId, groupId: skeletonId });
  }
  return aliases;
}

function isOpen(members: readonly SeenPattern[]): boolean {
  const slotCount = members[0]?.slots.length ?? 0;
  for (let slot = 0; slot < slotCount; slot += 1) {
    if (isVariable(countWords(members, slot))) return true;
  }
  return false;
}

function countWords(members: readonly SeenPattern[], slot: number): Map<string, number> {
  const words = new Map<string, number>();
  for (const { slots, count } of members) {
    const word = slots[slot] ?? '';
    words.set(word, (words.get(word) ?? 0) + count);
  }
  return words;
}

// Where words and values take turns, or words keep coming, no word is part of the pattern.
function isVariable(words: ReadonlyMap<string, number>): boolean {
  if (words.size > STATES_MAX) return true;
  if (words.size > 1 && words.has(WILDCARD)) return true;
  if (words.size < NAMES_MIN) return false;
  const rare = [...words.values()].filter((count) => count <= RARE_COUNT_MAX).length;
  return rare >= words.size * RARE_SHARE_MIN;
}
