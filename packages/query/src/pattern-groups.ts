/**
 * Patterns that were found to be one: a query that names a pattern means its whole group. Who knows the
 * groups can ask which patterns a query names (`patternIdsOf`) and give it their skeletons
 * (`withPatternGroups`); without, a pattern is itself alone.
 */
import type { ResolvedQuery, Test } from './resolved.ts';
import { mapTests, testsOf } from './walk.ts';

/** What is to be looked up, each once. */
export function patternIdsOf(query: ResolvedQuery): readonly bigint[] {
  return [...new Set(testsOf(query).flatMap(idsOf))];
}

/** `skeletonsOf` are those of a pattern's group; patterns that are not in the map stay as they are. */
export function withPatternGroups(
  query: ResolvedQuery,
  skeletonsOf: ReadonlyMap<bigint, readonly bigint[]>,
): ResolvedQuery {
  if (skeletonsOf.size === 0) return query;
  return mapTests(query, (test) => {
    const skeletons = new Set(idsOf(test).flatMap((id) => skeletonsOf.get(id) ?? []));
    if (skeletons.size === 0 || test.kind !== 'hex' || test.test.kind !== 'in') return test;
    return { ...test, test: { ...test.test, skeletonIds: [...skeletons] } };
  });
}

function idsOf(test: Test): readonly bigint[] {
  const isOfPatterns = test.kind === 'hex' && test.column === 'PatternId';
  return isOfPatterns && test.test.kind === 'in' ? test.test.ids : [];
}
