/** Every statement about patterns: its text, and that a real engine takes it. */
import { PATTERN_SHOWS } from '@tendril/api/log-patterns';
import { fieldCatalogue } from '@tendril/query/catalogue';
import { readQuery } from '@tendril/query/check';
import { lowerQuery } from '@tendril/query/lower';
import { withPatternGroups } from '@tendril/query/pattern-groups';
import { printSql, sql, type Sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { goldenActuals } from '@tendril/testkit/golden';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { seenPatternsQuery } from '../../jobs/learn-patterns.ts';
import { PatternGroups, readAliasesQuery, skeletonsQuery } from './pattern-alias.ts';
import {
  fitsPatternRollUp,
  patternBodiesQuery,
  patternDetailsQuery,
  PATTERN_QUERY_SETTINGS,
  patternTextsQuery,
  patternTotalsQuery,
} from './pattern-query.ts';

const NS_PER_MINUTE = 60_000_000_000n;
const NOW_NS = 1_780_390_443_101_000_000n;
const RANGE = { fromNs: NOW_NS - 60n * NS_PER_MINUTE, toNs: NOW_NS };
const CATALOGUE = fieldCatalogue([]);

const inputSchema = z.object({
  shape: z.enum([
    'totals',
    'details',
    'condition',
    'texts',
    'bodies',
    'aliases',
    'skeletons',
    'learn',
  ]),
  query: z.string().default(''),
  groups: z.record(z.string(), z.string()).default({}),
  show: z.enum(PATTERN_SHOWS).default('all'),
  limit: z.number().default(100),
});
type Input = z.infer<typeof inputSchema>;

function statementOf(text: string): Sql {
  const input = inputSchema.parse(JSON.parse(text));
  switch (input.shape) {
    case 'totals':
      return totalsOf(input);
    case 'details':
      return detailsOf(input);
    case 'condition': {
      const { query, groups } = input;
      const skeletons = new Map([...groupsOf(groups)].map(([id]) => [id, [1n, 2n]] as const));
      const checked = readQuery(query, { catalogue: CATALOGUE, nowNs: NOW_NS });
      return sql`SELECT 1 FROM logs WHERE ${lowerQuery(withPatternGroups(checked, skeletons))}`;
    }
    case 'texts':
      return patternTextsQuery([1n, 2n], [3n]);
    case 'bodies':
      return patternBodiesQuery(RANGE, [1n, 2n]);
    case 'aliases':
      return readAliasesQuery();
    case 'skeletons':
      return skeletonsQuery([1n, 2n]);
    case 'learn':
      return seenPatternsQuery();
  }
}

function totalsOf({ query: text, groups, show, limit }: Input): Sql {
  const query = readQuery(text, { catalogue: CATALOGUE, nowNs: NOW_NS });
  const before = { fromNs: RANGE.fromNs - 60n * NS_PER_MINUTE, toNs: RANGE.fromNs };
  return patternTotalsQuery({
    range: RANGE,
    compared: show === 'all' ? undefined : before,
    condition: lowerQuery(query),
    groups: new PatternGroups(groupsOf(groups)),
    rollUp: fitsPatternRollUp(query),
    show,
    limit,
  });
}

function detailsOf({ query: text, groups }: Input): Sql {
  const query = readQuery(text, { catalogue: CATALOGUE, nowNs: NOW_NS });
  return patternDetailsQuery({
    range: RANGE,
    condition: lowerQuery(query),
    groups: new PatternGroups(groupsOf(groups)),
    rollUp: fitsPatternRollUp(query),
    ids: [1n, 7n],
    widthNs: NS_PER_MINUTE,
  });
}

function groupsOf(groups: Input['groups']): Map<bigint, bigint> {
  return new Map(Object.entries(groups).map(([from, to]) => [BigInt(from), BigInt(to)]));
}

let fixture: EngineFixture;
beforeAll(async () => {
  fixture = await startLogsFixture();
});
afterAll(() => fixture.close());

async function rowsOf(statement: Sql): Promise<Record<string, unknown>[]> {
  const { rows } = await fixture.engine.query(statement, {
    limits: { timeoutMs: 20_000 },
    settings: PATTERN_QUERY_SETTINGS,
  });
  return await Array.fromAsync(rows);
}

describe('statements about patterns', () => {
  const file = new URL('testdata/queries.txt', import.meta.url);
  const cases = goldenActuals(file, (text) => printSql(statementOf(text)));
  test.each(cases)('$name', async ({ input, actual, expected }) => {
    expect(actual).toBe(expected);
    expect(await rowsOf(statementOf(input))).toBeInstanceOf(Array);
  });

  test('whole minutes are counted from the roll-up', async () => {
    await fixture.engine.command(
      sql`INSERT INTO logs (Timestamp, SkeletonId, PatternId) SELECT toDateTime64('2026-06-02 08:30:00', 9, 'UTC'), number % 5, number % 7 + 1 FROM numbers(1000)`,
    );
    for (const shape of ['totals', 'details']) {
      const counts = statementOf(JSON.stringify({ shape, groups: { 1: '1', 2: '1' } }));
      const plan = await rowsOf(sql`EXPLAIN ${counts}`);
      expect(JSON.stringify(plan)).toContain('pattern_counts');
    }
  });
});
