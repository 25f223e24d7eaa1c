/** Every statement of the read side: its text, and that a real engine takes it. */
import { parseTime } from '@tendril/query/time-value';
import { idTestsOf } from '@tendril/query/absent-ids';
import { fieldCatalogue, type AttributeField } from '@tendril/query/catalogue';
import { fieldCandidates, readQuery } from '@tendril/query/check';
import { withWords } from '@tendril/query/dictionary-words';
import { lowerQuery } from '@tendril/query/lower';
import { logFieldOf } from '@tendril/model/fields';
import type { TimeRange } from '@tendril/model/time-range';
import { EMPTY_SQL, printSql, sql, type Sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { goldenActuals } from '@tendril/testkit/golden';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readTokensQuery } from '../state/token-table.ts';
import { readViewsQuery } from '../state/view-table.ts';
import { changesQuery, comparableFieldsQuery, spanCountsQuery } from './changes-query.ts';
import { presenceQuery } from './absent-ids.ts';
import { bucketWidthNs } from './bucket-width.ts';
import { parseCursor, rangeBeyond, rangeCondition } from './cursor.ts';
import { facetsQuery, rolledFacetsQuery } from './facet-query.ts';
import { newestQuery, windowsQuery } from './facet-sample.ts';
import { fieldListQuery } from './field-list.ts';
import { distinctValuesQuery, fieldValuesQuery, type ValueSource } from './field-value-query.ts';
import { histogramQuery, rollUpFor, rowsAboutQuery } from './histogram-query.ts';
import { RECORD_COLUMNS, RECORD_SETTINGS } from './record-row.ts';
import { resourcesQuery } from './resource-cache.ts';
import { searchQuery } from './scan.ts';
import { catalogueQuery } from './stored-catalogue.ts';
import { recordQuery } from './surroundings.ts';
import { dayRowsQuery } from './table-density.ts';
import { wordsQuery } from './word-dictionary.ts';

const NOW_NS = 1_780_390_443_101_000_000n;

const ATTRIBUTES: readonly AttributeField[] = [
  { key: 'status', scope: 'attribute', types: ['int', 'string'], storage: 'path' },
  { key: 'method', scope: 'attribute', types: ['string'], storage: 'path' },
  { key: 'tags', scope: 'attribute', types: ['array'], storage: 'path' },
  { key: 'rare', scope: 'attribute', types: ['string'], storage: 'overflow' },
  { key: 'both', scope: 'attribute', types: ['bool', 'float'], storage: 'both' },
  { key: 'a`; DROP', scope: 'attribute', types: ['string'], storage: 'path' },
  { key: 'host.name', scope: 'resource', types: ['string'], storage: 'path' },
];
const CATALOGUE = fieldCatalogue(ATTRIBUTES);

/** The input of a golden case. */
const inputSchema = z.object({
  shape: z.enum([
    ...([
      'search',
      'histogram',
      'values',
      'distinct',
      'fields',
      'facets',
      'record',
      'resources',
    ] as const),
    ...([
      'catalogue',
      'days',
      'rows',
      'tokens',
      'words',
      'views',
      'spans',
      'changes',
      'comparable',
      'rolled facets',
      'facet sample',
      'newest facets',
      'absent ids',
    ] as const),
  ]),
  query: z.string().default(''),
  /** What the dictionary says of runs in the query. */
  words: z.record(z.string(), z.array(z.string())).default({}),
  from: z.string().default('now-1h'),
  to: z.string().default('now'),
  order: z.enum(['desc', 'asc']).default('desc'),
  cursor: z.string().optional(),
  field: z.string().default('service'),
  prefix: z.string().default(''),
});
type Input = z.infer<typeof inputSchema>;

function statementOf(input: Input): Sql {
  const range = { fromNs: timeOf(input.from), toNs: timeOf(input.to) };
  const query = readQuery(input.query, { catalogue: CATALOGUE, nowNs: NOW_NS });
  const words = new Map(Object.entries(input.words));
  const condition = lowerQuery(withWords(query, words));
  const where = sql`${rangeCondition(range)} AND ${condition}`;
  const { prefix } = input;
  switch (input.shape) {
    case 'search':
      return searchOf(input, range, condition);
    case 'rows':
      return rowsAboutQuery(range);
    case 'histogram': {
      const widthNs = bucketWidthNs(range, 60);
      const rollUp = rollUpFor(range, widthNs, query);
      return histogramQuery({ range, condition, widthNs, rollUp });
    }
    case 'values':
      return fieldValuesQuery({ source: sourceOf(input.field), where, prefix, limit: 10 });
    case 'distinct':
      return distinctValuesQuery({ source: sourceOf(input.field), where, prefix, limit: 0 });
    case 'fields':
      return fieldListQuery(range, 'log_fields');
    case 'facets':
      return facetsQuery(range, { values: 5, search: '' });
    case 'rolled facets':
      return rolledFacetsQuery(range, condition);
    case 'facet sample':
      return windowsQuery(
        [{ window: range }, { window: { fromNs: 0n, toNs: range.fromNs } }],
        condition,
      );
    case 'absent ids':
      return presenceQuery(idTestsOf(query), range);
    case 'newest facets':
      return newestQuery(
        [
          { range, wanted: 7 },
          { range: { fromNs: 0n, toNs: range.fromNs }, wanted: 3 },
        ],
        condition,
      );
    case 'record':
      return recordQuery({ timestampNs: NOW_NS, recordId: 7n });
    case 'resources':
      return resourcesQuery([1n, 0xffff_ffff_ffff_ffffn]);
    case 'catalogue':
      return catalogueQuery('log_fields');
    case 'days':
      return dayRowsQuery('logs');
    case 'words':
      return wordsQuery(input.query, range);
    case 'tokens':
      return readTokensQuery();
    case 'views':
      return readViewsQuery();
    case 'spans':
    case 'changes':
    case 'comparable':
      return changesOf(input.shape, range, condition);
  }
}

function searchOf({ order, cursor }: Input, range: TimeRange, condition: Sql): Sql {
  const shape = {
    definitions: EMPTY_SQL,
    columns: RECORD_COLUMNS,
    settings: sql`\n${RECORD_SETTINGS}`,
  };
  if (cursor === undefined) return searchQuery({ range, condition, order, limit: 100 }, shape);
  const place = parseCursor(cursor);
  const rest = rangeBeyond(range, place, order);
  return searchQuery({ range: rest, condition, order, limit: 100, cursor: place }, shape);
}

function changesOf(
  shape: 'spans' | 'changes' | 'comparable',
  current: TimeRange,
  condition: Sql,
): Sql {
  const baseline = { fromNs: current.fromNs - 3_600_000_000_000n, toNs: current.fromNs };
  switch (shape) {
    case 'spans':
      return spanCountsQuery({ current, baseline, condition });
    case 'comparable':
      return comparableFieldsQuery(current, 24);
    case 'changes': {
      const context = { catalogue: CATALOGUE, nowNs: NOW_NS };
      const fields = ['level', 'both', 'host.name'].map(
        (text) => fieldCandidates({ pieces: [text], start: 0, end: 0 }, context)[0],
      );
      return changesQuery({ current, baseline, condition, fields, sampling: 3, limit: 50 });
    }
  }
}

function sourceOf(name: string): ValueSource {
  const field = logFieldOf(name);
  if (field) return { kind: 'column', field };
  const [attribute] = CATALOGUE.find(name);
  if (!attribute) throw new Error(`no field ${name}`);
  return attribute.scope === 'resource'
    ? { kind: 'resource', key: attribute.key }
    : { kind: 'attribute', attribute };
}

function timeOf(text: string): bigint {
  const time = parseTime(text, NOW_NS);
  if (!time) throw new Error(`no time ${text}`);
  return time.fromNs;
}

const parseInput = (text: string): Input => inputSchema.parse(JSON.parse(text));

let fixture: EngineFixture;
beforeAll(async () => {
  fixture = await startLogsFixture();
});
afterAll(() => fixture.close());

describe('statements', () => {
  const file = new URL('testdata/queries.txt', import.meta.url);
  const cases = goldenActuals(file, (text) => printSql(statementOf(parseInput(text))));

  test.each(cases)('$name', async ({ input, actual, expected }) => {
    expect(actual).toBe(expected);
    const statement = statementOf(parseInput(input));
    const { rows } = await fixture.engine.query(statement, { limits: { timeoutMs: 20_000 } });
    for await (const row of rows) expect(row).toBeTypeOf('object');
  });
});
