/**
 * The live tail and a search must agree: for random records and random queries, the lowered SQL on a
 * real engine finds what the matcher takes in memory.
 */
import { fieldCatalogue } from '@tendril/query/catalogue';
import { withWords } from '@tendril/query/dictionary-words';
import { readQuery } from '@tendril/query/check';
import { lowerQuery } from '@tendril/query/lower';
import { matcherOf } from '@tendril/query/match';
import { printQuery, quoteText } from '@tendril/query/print';
import { QueryFailure } from '@tendril/query/query-failure';
import type { ResolvedQuery } from '@tendril/query/resolved';
import { hasCjk, wordsOf } from '@tendril/query/words';
import { printSql, sql, type Sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import { queryArbitrary } from '@tendril/testkit/random-query';
import { randomRecords } from '@tendril/testkit/random-record';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { READ_LIMITS, ReadBudget } from './read-budget.ts';
import { WordDictionary } from './word-dictionary.ts';

const NOW_NS = 1_780_390_443_101_000_000n;
const QUERY_COUNT = 400;

const { blocks, records, fields } = randomRecords({ count: 400, seed: 7, nowNs: NOW_NS });
const context = { catalogue: fieldCatalogue(fields), nowNs: NOW_NS };
const AN_OPERATION =
  records.map(({ record }) => record.operationId).find((id) => /^\w+$/.test(id)) ?? '';
let fixture: EngineFixture;

beforeAll(async () => {
  fixture = await startLogsFixture();
  for (const { table, bytes } of blocks) {
    await fixture.engine.insertNative({ table, blocks: bytes, token: `${table}-1` });
  }
});

afterAll(() => fixture.close());

describe('lowered SQL and the matcher', () => {
  test('find the same records for random queries', { timeout: 300_000 }, async () => {
    let foundCount = 0;
    await fc.assert(
      fc.asyncProperty(queryArbitrary(), async (node) => {
        foundCount += await compare(printQuery(node));
      }),
      { numRuns: QUERY_COUNT },
    );
    expect(foundCount).toBeGreaterThan(QUERY_COUNT);
  });

  test.each([
    // A list, as `IN` and as an index lookup.
    `operationId:(${Array.from({ length: 2000 }, (_unused, index) => `id${index}`).join(' or ')} or ${quoteText(AN_OPERATION)})`,
    Array.from({ length: 2000 }, (_unused, index) => `word${index}`).join(' or '),
    `not ${Array.from({ length: 500 }, (_unused, index) => `status:${index}`).join(' and not ')}`,
    // Words of one body, with digits and without.
    wordsOfAll(/[1-9]/),
    wordsOfAll(/[a-z]/),
    `${'('.repeat(90)}error${')'.repeat(90)}`,
    `${'not ('.repeat(49)}error or 超时${')'.repeat(49)}`,
  ])('find the same records for a query of its kind (%#)', async (text) => {
    expect(await compare(text)).toBeGreaterThan(0);
  });
});

describe('Chinese text inside of words', () => {
  test.each(['body:超时', 'not body:连接', 'body:"*超时*retry*"'])(
    'is looked up: %s',
    async (text) => {
      const query = readQuery(text, context);
      const known = await withLookedUpWords(query);
      expect(printSql(lowerQuery(known))).toContain('hasAnyTokens');
      await compare(text);
    },
  );
});

function wordsOfAll(among: RegExp): string {
  const bodies = records.map(({ record }) => wordsOf(record.body).filter((word) => !hasCjk(word)));
  const words = bodies.find((body) => body.length > 2 && among.test(body.join(''))) ?? [];
  return words.map((word) => `body:${quoteText(word)}`).join(' and ');
}

/** Returns how many records were found. Queries that are refused prove nothing and count none. */
async function compare(text: string): Promise<number> {
  const query = readOrRefuse(text);
  if (!query) return 0;
  const matches = matcherOf(query);
  const taken = records.filter(({ record, domain }) => matches(record, domain));
  const expected = taken.map(({ record }) => record.id);
  for (const stated of [query, await withLookedUpWords(query)]) {
    const condition = lowerQuery(stated);
    const found = await idsWhere(condition);
    expect(found, `${text}\n${printSql(condition)}`.slice(0, 5_000)).toEqual(expected);
  }
  return expected.length;
}

/** All records lie in the range. */
async function withLookedUpWords(query: ResolvedQuery): Promise<ResolvedQuery> {
  const density = { rowsWithin: () => ({ inRange: 1, inDays: 1 }) };
  const options = {
    budget: new ReadBudget(READ_LIMITS, () => performance.now()),
    signal: new AbortController().signal,
  };
  const range = { fromNs: 0n, toNs: NOW_NS * 2n };
  const words = await new WordDictionary(fixture.engine, density).lookUp(query, range, options);
  const known = withWords(query, words);
  return known;
}

function readOrRefuse(text: string): ResolvedQuery | undefined {
  try {
    return readQuery(text, context);
  } catch (error) {
    if (error instanceof QueryFailure) return undefined;
    throw error;
  }
}

async function idsWhere(condition: Sql): Promise<readonly unknown[]> {
  const statement = sql`SELECT lower(leftPad(hex(RecordId), 16, '0')) AS id
FROM logs WHERE ${condition} ORDER BY RecordId`;
  const result = await fixture.engine.query(statement, { limits: { timeoutMs: 20_000 } });
  const ids: unknown[] = [];
  for await (const row of result.rows) ids.push(row['id']);
  return ids;
}
