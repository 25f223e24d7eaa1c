/**
 * Some of a table's rows, wherever they are: every so many granules one. The engine knows the places of granules
 * without reading them, so what is left out costs nothing.
 */
import { sql, uint64, uint64s, type Sql } from '@tendril/sql/sql';

/** Of the engine, the same for all our tables. */
const GRANULE_ROWS = 8_192;
/** Numbers of granules that a statement names; of a table of which little is asked that may be too few. */
const NUMBERS_MAX = 512;
/** A smaller gain is not worth three statements. */
const STRIDE_MIN = 4;

export interface TableSize {
  readonly rowsInRange: number;
  readonly largestPartRows: number;
}

/** A condition that about so many granules pass; undefined where they would be most of them. */
export function granuleCondition(
  { rowsInRange, largestPartRows }: TableSize,
  granulesWanted: number,
): Sql | undefined {
  const granules = largestPartRows / GRANULE_ROWS;
  const stride = Math.ceil(
    Math.max(rowsInRange / GRANULE_ROWS / granulesWanted, granules / NUMBERS_MAX),
  );
  if (stride < STRIDE_MIN) return undefined;
  // From the middle, or all of the small parts, which are the newest, would be in it.
  const numbers: bigint[] = [];
  for (let number = stride >> 1; number < granules; number += stride) numbers.push(BigInt(number));
  return sql`intDiv(_part_offset, ${uint64(BigInt(GRANULE_ROWS))}) IN ${uint64s(numbers)}`;
}
