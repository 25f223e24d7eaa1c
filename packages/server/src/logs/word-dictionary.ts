/**
 * The dictionary of the text index over bodies, asked which words hold a run of Chinese: 50 ms for what
 * 10 M bodies hold, where reading the bodies takes 300 ms and more (docs/adr/0001-logs-storage.md).
 */
import type { TimeRange } from '@tendril/model/time-range';
import { runsToLookUp } from '@tendril/query/dictionary-words';
import { likePattern } from '@tendril/query/like-pattern';
import type { ResolvedQuery } from '@tendril/query/resolved';
import { sql, string, uint32, type Sql } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';
import { rowsAboutQuery } from './histogram-query.ts';
import { allRows, type StatementOptions } from './statement.ts';
import type { TableDensity } from './table-density.ts';

/** A run that is in more words is in so many bodies that reading them is as good. */
const WORDS_MAX = 1000;
/** More runs than a person writes. */
const RUNS_MAX = 8;
/** The dictionary is of whole days: for less of their rows the bodies themselves are read. */
const DAY_SHARE_MIN = 1 / 5;
/** A look into the dictionary that takes longer was not worth it. */
const TIMEOUT_MS = 500;

export class WordDictionary {
  private readonly engine: Engine;
  private readonly density: Pick<TableDensity, 'rowsWithin'>;

  constructor(engine: Engine, density: Pick<TableDensity, 'rowsWithin'>) {
    this.engine = engine;
    this.density = density;
  }

  /** The words of the query's runs, as far as they are found quickly. */
  async lookUp(
    query: ResolvedQuery,
    range: TimeRange,
    options: StatementOptions,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const words = new Map<string, readonly string[]>();
    const runs = runsToLookUp(query);
    if (runs.length === 0 || runs.length > RUNS_MAX) return words;
    if (!(await this.isWorthIt(range, options))) return words;
    for (const run of runs) {
      const holding = await this.wordsHolding(run, range, options);
      if (holding) words.set(run, holding);
    }
    return words;
  }

  /** How rows are spread within a day is not known beforehand: all of them may lie in five minutes. */
  private async isWorthIt(range: TimeRange, options: StatementOptions): Promise<boolean> {
    const { inDays, inRange } = this.density.rowsWithin(range);
    if (inRange >= inDays * DAY_SHARE_MIN) return true;
    const [row] = await allRows(this.engine, rowsAboutQuery(range), options);
    return Number(row?.['rows'] ?? 0) >= inDays * DAY_SHARE_MIN;
  }

  private async wordsHolding(
    run: string,
    range: TimeRange,
    { budget, signal }: StatementOptions,
  ): Promise<readonly string[] | undefined> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const rows = await allRows(this.engine, wordsQuery(run, range), {
        budget,
        signal: AbortSignal.any([signal, timeout]),
      });
      return rows.length > WORDS_MAX ? undefined : rows.map(({ token }) => String(token));
    } catch {
      // An engine without the table function, or too slow: bodies are read. Whatever else is wrong the
      // search itself meets too.
      return undefined;
    }
  }
}

export function wordsQuery(run: string, { fromNs, toNs }: TimeRange): Sql {
  return sql`SELECT DISTINCT token
FROM mergeTreeTextIndex('tendril', 'logs', 'body_words')
WHERE part_name >= ${string(dayOf(fromNs))} AND part_name < ${string(`${dayOf(toNs)}~`)}
  AND token LIKE ${string(likePattern(['', run, '']))}
LIMIT ${uint32(WORDS_MAX + 1)}`;
}

/** As partitions, and so the names of parts, begin. */
function dayOf(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 10).replaceAll('-', '');
}
