import { DEMO_ATTRIBUTE } from '@tendril/api/demo';
import { printSql, sql, string, type Sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { goldenActuals } from '@tendril/testkit/golden';
import { insertLogRows, insertResource, startLogsFixture } from '@tendril/testkit/logs-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  countByResourceQuery,
  countChangesQuery,
  demoResourcesQuery,
  removalStatements,
  removeDemoData,
} from './demo-data.ts';

let fixture: EngineFixture;

beforeAll(async () => {
  fixture = await startLogsFixture();
});
afterAll(() => fixture.close());

async function counted(statement: Sql): Promise<number> {
  const { rows } = await fixture.engine.query(statement, { limits: { timeoutMs: 10_000 } });
  for await (const row of rows) return Number(row['count']);
  return 0;
}

describe('removeDemoData', () => {
  test('removes what the demo sent, and nothing else', async () => {
    const { engine } = fixture;
    const environment = (name: string): Record<string, string> => {
      return { 'deployment.environment.name': name };
    };
    await insertResource(engine, 1n, { ...environment('demo'), [DEMO_ATTRIBUTE]: 'host' });
    await insertResource(engine, 2n, { ...environment('shared'), [DEMO_ATTRIBUTE]: 'host' });
    await insertResource(engine, 3n, environment('shared'));
    const row = { timestampNs: BigInt(Date.now()) * 1_000_000n, body: 'x' };
    await insertLogRows(engine, [
      { ...row, recordId: 1n, resourceId: 1n },
      { ...row, recordId: 2n, resourceId: 2n },
      { ...row, recordId: 3n, resourceId: 3n },
    ]);
    for (const name of ['demo', 'shared'])
      await engine.command(
        sql`INSERT INTO changes (Id, Version, Timestamp, Environment) SELECT ${string(name)}, 1, now64(9), ${string(name)}`,
      );
    expect(await removeDemoData(engine)).toEqual({ records: 2, spans: 0, changes: 1 });
    expect(await counted(sql`SELECT count() AS count FROM logs`)).toBe(1);
    expect(await counted(sql`SELECT count() AS count FROM changes`)).toBe(1);
    expect(await counted(sql`SELECT count() AS count FROM resources`)).toBe(1);
    expect(await removeDemoData(engine)).toEqual({ records: 0, spans: 0, changes: 0 });
  });
});

describe('statements', () => {
  const [changes, edges, patterns, logs, , fields] = removalStatements({
    ids: [1n, 2n],
    environments: ['demo'],
  });
  const statements: Readonly<Record<string, Sql | undefined>> = {
    resources: demoResourcesQuery(),
    records: countByResourceQuery('logs', [1n]),
    changes: countChangesQuery(['demo']),
    removeChanges: changes,
    removeEdges: edges,
    removePatterns: patterns,
    removeLogs: logs,
    removeFields: fields,
  };
  const file = new URL('testdata/demo-data.txt', import.meta.url);
  const cases = goldenActuals(file, (name) => {
    const statement = statements[name.trim()];
    return statement ? printSql(statement) : 'there is no such statement';
  });

  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });
});
