import { idTestKey, idTestsOf } from '@tendril/query/absent-ids';
import { fieldCatalogue } from '@tendril/query/catalogue';
import { readQuery } from '@tendril/query/check';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { insertLogRows, startLogsFixture } from '@tendril/testkit/logs-fixture';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AbsentIds } from './absent-ids.ts';
import { READ_LIMITS, ReadBudget } from './read-budget.ts';

const TIME_NS = 1_780_390_443_101_000_000n;
const RANGE = { fromNs: TIME_NS, toNs: TIME_NS + 1_000n };
const MANY_ROWS = { rowsWithin: () => ({ inRange: 5_000_000, inDays: 5_000_000 }) };

let fixture: EngineFixture;

beforeAll(async () => {
  fixture = await startLogsFixture();
  await insertLogRows(fixture.engine, [
    { timestampNs: TIME_NS + 1n, recordId: 1n, serviceName: 'gateway', operationId: 'op1' },
    { timestampNs: TIME_NS + 5_000n, recordId: 2n, serviceName: 'push', operationId: 'op2' },
  ]);
});
afterAll(async () => fixture.close());

async function absentOf(text: string, rows = MANY_ROWS): Promise<readonly string[]> {
  const query = readQuery(text, { catalogue: fieldCatalogue([]), nowNs: TIME_NS });
  const budget = new ReadBudget(READ_LIMITS, () => performance.now());
  const ids = new AbsentIds(fixture.engine, rows);
  const absent = await ids.lookUp(query, RANGE, { budget, signal: new AbortController().signal });
  const asked = idTestsOf(query).map(idTestKey);
  return asked.filter((key) => !absent.has(key));
}

test('only values that a record of the range has are left', async () => {
  expect(await absentOf('timeout')).toEqual([]);
  expect(await absentOf('op1')).toEqual(['["OperationId","op1"]']);
  expect(await absentOf('op2')).toEqual([]);
  expect(await absentOf('gateway and not push')).toEqual(['["ServiceName","gateway"]']);
});

test('of few rows nothing is asked', async () => {
  const few = { rowsWithin: () => ({ inRange: 1_000, inDays: 1_000 }) };
  expect(await absentOf('timeout', few)).toHaveLength(5);
});
