/**
 * Which skeletons are one pattern: what the learning job wrote to `pattern_alias`, kept in memory for a
 * few seconds, since every read of patterns asks for all of it.
 */
import { z } from 'zod';
import type { PatternAlias } from '@tendril/intake/patterns/learn-aliases';
import { joinSql, sql, uint32, uint64, uint64s, type Sql } from '@tendril/sql/sql';
import type { Engine } from '../../engine/engine.ts';
import { allRows, type StatementOptions } from '../statement.ts';

/** Sent with statements as two lists; far more than one installation has kinds of messages. */
export const ALIASES_MAX = 20_000;
const FRESH_MS = 5_000;

const rowSchema = z.object({ skeletonId: z.string(), groupId: z.string() });
const patternRowSchema = z.object({ patternId: z.string(), skeletonId: z.string() });

export class PatternAliases {
  private readonly engine: Engine;
  private readonly nowMs: () => number;
  private readAtMs = -Infinity;
  private groups: PatternGroups = new PatternGroups(new Map());

  constructor(engine: Engine, nowMs: () => number) {
    this.engine = engine;
    this.nowMs = nowMs;
  }

  async current(options: StatementOptions): Promise<PatternGroups> {
    if (this.nowMs() - this.readAtMs < FRESH_MS) return this.groups;
    const rows = await allRows(this.engine, readAliasesQuery(), options);
    const pairs = rows.map((row) => {
      const { skeletonId, groupId } = rowSchema.parse(row);
      return [BigInt(skeletonId), BigInt(groupId)] as const;
    });
    this.groups = new PatternGroups(new Map(pairs));
    this.readAtMs = this.nowMs();
    return this.groups;
  }

  /** For each pattern that is one with others: the skeletons of its group. */
  async skeletonsOf(
    patternIds: readonly bigint[],
    options: StatementOptions,
  ): Promise<ReadonlyMap<bigint, readonly bigint[]>> {
    const found = new Map<bigint, readonly bigint[]>();
    if (patternIds.length === 0) return found;
    const groups = await this.current(options);
    if (groups.isEmpty) return found;
    // An id may be that of a group, or of a pattern as a record has it.
    for (const id of patternIds) {
      const skeletons = groups.skeletonsOf(groups.groupOf(id) ?? id);
      if (skeletons.length > 0) found.set(id, skeletons);
    }
    for (const row of await allRows(this.engine, skeletonsQuery(patternIds), options)) {
      const { patternId, skeletonId } = patternRowSchema.parse(row);
      const group = groups.groupOf(BigInt(skeletonId));
      if (group !== undefined) found.set(BigInt(patternId), groups.skeletonsOf(group));
    }
    return found;
  }
}

/** Skeletons by the group they belong to. */
export class PatternGroups {
  private readonly groupOfSkeleton: ReadonlyMap<bigint, bigint>;
  private readonly skeletonsByGroup: ReadonlyMap<bigint, readonly bigint[]>;

  constructor(groupOfSkeleton: ReadonlyMap<bigint, bigint>) {
    this.groupOfSkeleton = groupOfSkeleton;
    this.skeletonsByGroup = Map.groupBy(
      groupOfSkeleton.keys(),
      (id) => groupOfSkeleton.get(id) ?? id,
    );
  }

  get isEmpty(): boolean {
    return this.groupOfSkeleton.size === 0;
  }

  groupOf(skeletonId: bigint): bigint | undefined {
    return this.groupOfSkeleton.get(skeletonId);
  }

  skeletonsOf(groupId: bigint): readonly bigint[] {
    return this.skeletonsByGroup.get(groupId) ?? [];
  }

  /** The pattern that a row of `logs` belongs to. */
  expression(): Sql {
    if (this.isEmpty) return sql`PatternId`;
    const skeletons = uint64s([...this.groupOfSkeleton.keys()]);
    const groups = uint64s([...this.groupOfSkeleton.values()]);
    return sql`transform(SkeletonId, ${skeletons}, ${groups}, PatternId)`;
  }
}

export function readAliasesQuery(): Sql {
  return sql`SELECT toString(SkeletonId) AS skeletonId, toString(argMax(GroupId, LearnedAt)) AS groupId
FROM pattern_alias
GROUP BY SkeletonId
LIMIT ${uint32(ALIASES_MAX)}`;
}

export function skeletonsQuery(patternIds: readonly bigint[]): Sql {
  return sql`SELECT DISTINCT toString(PatternId) AS patternId, toString(SkeletonId) AS skeletonId
FROM patterns
WHERE PatternId IN ${uint64s(patternIds)}`;
}

export function writeAliasesStatement(aliases: readonly PatternAlias[]): Sql {
  const rows = aliases.map(
    ({ skeletonId, groupId }) => sql`(${uint64(idOf(skeletonId))}, ${uint64(idOf(groupId))})`,
  );
  return sql`INSERT INTO pattern_alias (SkeletonId, GroupId) VALUES ${joinSql(rows, ', ')}`;
}

function idOf(hex: string): bigint {
  return BigInt(`0x${hex}`);
}
