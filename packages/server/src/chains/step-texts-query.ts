/** What messages of a skeleton look like, as their writers told. */
import { sql, uint64s, type Sql } from '@tendril/sql/sql';

export function stepTextsQuery(skeletonIds: readonly bigint[]): Sql {
  return sql`SELECT toString(SkeletonId) AS skeletonId, any(Template) AS template
FROM patterns
WHERE SkeletonId IN ${uint64s(skeletonIds)}
GROUP BY SkeletonId`;
}
