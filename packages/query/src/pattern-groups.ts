/**
 * Patterns that were found to be one: a query that names a pattern means its whole group. Who knows the
 * groups can ask which patterns a query names (`patternIdsOf`) and give it their skeletons
 * (`withPatternGroups`); without, a pattern is itself alone.
 */
import type { ResolvedQuery } from './resolved.ts';

/** What is to be looked up, each once. */
export function patternIdsOf(query: ResolvedQuery): readonly bigint[] {
  return [...new Set(idsOf(query))];
}

function idsOf(query: ResolvedQuery): readonly bigint[] {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.operands.flatMap(idsOf);
    case 'not':
      return idsOf(query.operand);
    case 'hex':
      return query.column === 'PatternId' && query.test.kind === 'in' ? query.test.ids : [];
    case 'all':
    case 'text':
    case 'value':
    case 'cell':
    case 'integer':
    case 'time':
      return [];
  }
}

/** `skeletonsOf` are those of a pattern's group; patterns that are not in the map stay as they are. */
export function withPatternGroups(
  query: ResolvedQuery,
  skeletonsOf: ReadonlyMap<bigint, readonly bigint[]>,
): ResolvedQuery {
  if (skeletonsOf.size === 0) return query;
  switch (query.kind) {
    case 'and':
    case 'or': {
      const operands = query.operands.map((operand) => withPatternGroups(operand, skeletonsOf));
      return { ...query, operands };
    }
    case 'not':
      return { ...query, operand: withPatternGroups(query.operand, skeletonsOf) };
    case 'hex': {
      if (query.column !== 'PatternId' || query.test.kind !== 'in') return query;
      const skeletons = query.test.ids.flatMap((id) => skeletonsOf.get(id) ?? []);
      if (skeletons.length === 0) return query;
      return { ...query, test: { ...query.test, skeletonIds: [...new Set(skeletons)] } };
    }
    case 'all':
    case 'text':
    case 'value':
    case 'cell':
    case 'integer':
    case 'time':
      return query;
  }
}
