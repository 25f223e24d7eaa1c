/**
 * Which ids of a query no record of its range has. The indexes of the id columns say so for nearly all of
 * the table, so asking takes a few hundredths of a second where the counts that follow take a tenth of what
 * they would.
 */
import type { TimeRange } from '@tendril/model/time-range';
import { idTestKey, idTestsOf, type IdTest } from '@tendril/query/absent-ids';
import { lowerQuery } from '@tendril/query/lower';
import type { ResolvedQuery } from '@tendril/query/resolved';
import { identifier, joinSql, sql, type Sql } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';
import { rangeCondition } from './cursor.ts';
import { allRows, type StatementOptions } from './statement.ts';
import type { TableDensity } from './table-density.ts';

/** Of fewer rows the columns themselves are read as soon. An estimate: the rows of a day may all be of one hour. */
const ROWS_MIN = 100_000;
/** Eight words; who writes more has most of the columns read anyway. */
const TESTS_MAX = 40;
/** It is an id after all, of so many records that looking them up was not worth it. */
const TIMEOUT_MS = 500;

const NONE: ReadonlySet<string> = new Set();

export class AbsentIds {
  private readonly engine: Engine;
  private readonly density: Pick<TableDensity, 'rowsWithin'>;

  constructor(engine: Engine, density: Pick<TableDensity, 'rowsWithin'>) {
    this.engine = engine;
    this.density = density;
  }

  /** Keys of tests, for `withoutIdTests`. */
  async lookUp(
    query: ResolvedQuery,
    range: TimeRange,
    { budget, signal }: StatementOptions,
  ): Promise<ReadonlySet<string>> {
    const tests = idTestsOf(query);
    if (tests.length === 0 || tests.length > TESTS_MAX) return NONE;
    if (this.density.rowsWithin(range).inRange < ROWS_MIN) return NONE;
    try {
      const [found = {}] = await allRows(this.engine, presenceQuery(tests, range), {
        budget,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      const absent = tests.filter((_test, index) => Number(found[aliasOf(index)]) === 0);
      return new Set(absent.map(idTestKey));
    } catch {
      // The columns are read then. Whatever else is wrong the search itself meets too.
      return NONE;
    }
  }
}

/** One row: of each test whether a record of the range passes it. */
export function presenceQuery(tests: readonly IdTest[], range: TimeRange): Sql {
  const conditions = tests.map((test) => lowerQuery(test));
  const found = conditions.map(
    (condition, index) => sql`max(${condition}) AS ${identifier(aliasOf(index))}`,
  );
  return sql`SELECT ${joinSql(found, ', ')}
FROM logs
WHERE ${rangeCondition(range)} AND (${joinSql(conditions, ' OR ')})`;
}

function aliasOf(index: number): string {
  return `found${index}`;
}
