/** Every statement about chains: its text, and that a real engine takes it. */
import { EMPTY_SQL, printSql, sql, type Sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { goldenActuals } from '@tendril/testkit/golden';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { searchQuery } from '../logs/scan.ts';
import { recordActivityQuery, recordTroubleQuery, spanActivityQuery } from './activity-query.ts';
import { holdsOneOf, recordMembers, spanMembers, unownedTrouble } from './member-query.ts';
import { anchorRecordQuery, anchorSpanQuery } from './read-chain.ts';
import {
  joinedSightingsQuery,
  recordSightingsQuery,
  recordStartsQuery,
  spanSightingsQuery,
  spanStartsQuery,
} from './sample-query.ts';
import { chainSummariesQuery, foundChainsQuery } from './search-chains.ts';
import { inOneOf } from './read-ranges.ts';
import { stepTextsQuery } from './step-texts-query.ts';

const NOW_NS = 1_780_390_443_101_000_000n;
const RANGE = { fromNs: NOW_NS - 60_000_000_000n, toNs: NOW_NS };
/** Two windows. */
const WITHIN = inOneOf([
  RANGE,
  { fromNs: RANGE.fromNs - 600_000_000_000n, toNs: RANGE.fromNs - 300_000_000_000n },
]);
const ENTRY = {
  signal: 'record',
  service: 'edge',
  step: '00000000000000ff',
  environment: 'prod',
} as const;
const WINDOW = { range: RANGE, originNs: RANGE.fromNs, bucketMs: 5_000, environment: 'prod' };
const NEAR = { fromMs: 1_780_390_400_000, toMs: 1_780_390_500_000 };
/** What a hostile id would like to be. */
const HOSTILE = "op' OR 1=1 --";

const STATEMENTS: Readonly<Record<string, () => Sql>> = {
  members: () => scanOf(recordMembers([HOSTILE], ['aa'])),
  joined: () => scanOf(holdsOneOf(['70cacda76b527b09', HOSTILE])),
  unowned: () => scanOf(unownedTrouble()),
  'span members': () => sql`SELECT count() FROM traces WHERE ${spanMembers([HOSTILE])}`,
  'record starts': () => recordStartsQuery(ENTRY, WITHIN),
  'record starts of a place': () => recordStartsQuery({ ...ENTRY, step: '' }, WITHIN),
  'record sightings': () => recordSightingsQuery(['op-1', HOSTILE], WITHIN),
  'joined sightings': () => joinedSightingsQuery(['70cacda76b527b09'], WITHIN),
  'span starts': () => spanStartsQuery(ENTRY, 'Server', WITHIN),
  'span sightings': () => spanSightingsQuery(sql`TraceId = 'aa'`),
  'record activity': () => recordActivityQuery(WINDOW),
  'record trouble': () => recordTroubleQuery(WINDOW),
  'span activity': () => spanActivityQuery(WINDOW),
  'step texts': () => stepTextsQuery([1n, 2n]),
  'found chains': () => foundChainsQuery(RANGE, sql`SeverityNumber >= 17`, 50),
  'chain summaries': () => chainSummariesQuery(['op-1', HOSTILE], RANGE),
  'anchor record': () => anchorRecordQuery('00000000a1f30007', NEAR) ?? EMPTY_SQL,
  'anchor span': () => anchorSpanQuery('00F067AA0BA902B7', undefined),
};

function scanOf(condition: Sql): Sql {
  const shape = { definitions: EMPTY_SQL, columns: sql`RecordId`, settings: EMPTY_SQL };
  return searchQuery({ range: RANGE, condition, order: 'asc', limit: 100 }, shape);
}

const inputSchema = z.object({ statement: z.string() });

function statementOf(input: string): Sql {
  const { statement } = inputSchema.parse(JSON.parse(input));
  const make = STATEMENTS[statement];
  if (!make) throw new Error(`there is no statement ${statement}`);
  return make();
}

let fixture: EngineFixture;
beforeAll(async () => {
  fixture = await startLogsFixture();
});
afterAll(() => fixture.close());

describe('statements about chains', () => {
  const file = new URL('testdata/queries.txt', import.meta.url);
  const cases = goldenActuals(file, (input) => printSql(statementOf(input)));

  test.each(cases)('$name', async ({ actual, expected, input }) => {
    expect(actual).toBe(expected);
    const { rows } = await fixture.engine.query(statementOf(input), {
      limits: { timeoutMs: 30_000 },
    });
    for await (const row of rows) expect(row).toBeTypeOf('object');
  });

  test('each has a case', () => {
    expect(cases.map(({ name }) => name)).toEqual(Object.keys(STATEMENTS));
  });
});
