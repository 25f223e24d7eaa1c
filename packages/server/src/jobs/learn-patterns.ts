/**
 * Finds patterns that are one because a word in them changes like a value, and writes that to
 * `pattern_alias`. What is learned depends on what is stored alone, so doing it twice changes nothing.
 */
import { z } from 'zod';
import { learnAliases, type SeenPattern } from '@tendril/intake/patterns/learn-aliases';
import { formatRecordId } from '@tendril/model/record-id';
import { sql, uint32, type Sql } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';
import { ALIASES_MAX, writeAliasesStatement } from '../logs/patterns/pattern-alias.ts';

/** Of skeletons that nothing was learned of yet; the others are rarer. */
const PATTERNS_MAX = 50_000;
const TIMEOUT_MS = 60_000;
const MEMORY_BYTES_MAX = 300_000_000;

const rowSchema = z.object({
  skeletonId: z.string(),
  slots: z.array(z.string()),
  records: z.coerce.number(),
});

/** Returns how many aliases are new. */
export async function learnPatterns(engine: Engine, signal?: AbortSignal): Promise<number> {
  const result = await engine.query(seenPatternsQuery(), {
    limits: { timeoutMs: TIMEOUT_MS, memoryBytesMax: MEMORY_BYTES_MAX },
    // On one thread: nobody waits for it, and senders wait for what the cores are busy with.
    settings: { optimize_use_projections: 1, max_threads: 1 },
    ...(signal && { signal }),
  });
  const seen: SeenPattern[] = [];
  for await (const row of result.rows) {
    const { skeletonId, slots, records } = rowSchema.parse(row);
    seen.push({ skeletonId: formatRecordId(BigInt(skeletonId)), slots, count: records });
  }
  // A source that makes up words must not make up aliases without end; reads send them all.
  const room = Math.max(0, ALIASES_MAX - (await countAliases(engine)));
  const aliases = learnAliases(seen).slice(0, room);
  if (aliases.length > 0) await engine.command(writeAliasesStatement(aliases));
  return aliases.length;
}

async function countAliases(engine: Engine): Promise<number> {
  const { rows } = await engine.query(
    sql`SELECT uniqExact(SkeletonId) AS aliases FROM pattern_alias`,
    { limits: { timeoutMs: TIMEOUT_MS } },
  );
  for await (const { aliases } of rows) return Number(aliases);
  return 0;
}

/** Patterns that share a skeleton, with how often they came since the oldest of them was told. */
export function seenPatternsQuery(): Sql {
  return sql`WITH shared AS
(
    SELECT PatternId, SkeletonId, any(Slots) AS slots, min(FirstSeen) AS firstSeen
    FROM patterns
    WHERE SkeletonId IN (SELECT SkeletonId FROM patterns GROUP BY SkeletonId HAVING uniqExact(PatternId) > 1)
      AND SkeletonId NOT IN (SELECT SkeletonId FROM pattern_alias)
    GROUP BY PatternId, SkeletonId
    LIMIT ${uint32(PATTERNS_MAX)}
)
SELECT toString(SkeletonId) AS skeletonId, slots, records
FROM shared
INNER JOIN
(
    SELECT PatternId, count() AS records
    FROM logs
    WHERE toStartOfMinute(Timestamp) >= toStartOfMinute((SELECT min(firstSeen) FROM shared))
      AND SkeletonId IN (SELECT SkeletonId FROM shared)
    GROUP BY PatternId
) AS counted USING PatternId`;
}
