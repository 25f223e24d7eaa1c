/** Lines in over HTTP, and at once found, counted, listed and tailed, through the whole server. */
import { createClient, type Client } from '@tendril/api/client';
import type { LogRecord } from '@tendril/model/log-record';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let fixture: ServerFixture;
let client: Client;
const RANGE = { from: 'now-1h', to: 'now+1m' };

beforeAll(async () => {
  fixture = await startServerFixture();
  client = createClient({ baseUrl: fixture.server.url });
});
afterAll(() => fixture.close());

async function found(query: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const event of client.searchLogs({ ...RANGE, query })) {
    if (event.kind === 'row') records.push(event.record);
  }
  return records;
}

async function ingest(lines: readonly object[], batchId?: string): Promise<void> {
  const body = lines.map((line) => JSON.stringify(line)).join('\n');
  await client.ingest({ body, service: 'gateway', ...(batchId !== undefined && { batchId }) });
}

describe('what was acknowledged', () => {
  test('is found by the next search, with everything it said', async () => {
    const attributes = {
      status: 500,
      error: 'refused',
      'error.type': 'net',
      ok: true,
      tags: ['a', 'b'],
    };
    await ingest([
      { level: 'error', msg: 'login failed 登录失败', operationID: 'op-1', ...attributes },
    ]);
    const [record, ...others] = await found('operationID:op-1');
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      body: 'login failed 登录失败',
      severityNumber: 17,
      serviceName: 'gateway',
      operationId: 'op-1',
      resource: { 'service.name': 'gateway' },
      attributes,
    });
    expect(await found('登录')).toHaveLength(1);
    expect(await found('status>=500 and error.type:net')).toHaveLength(1);
    const { id = '', timestamp = '' } = record ?? {};
    expect(await client.logRecord({ id, timestamp })).toEqual(record);
  });

  test('is stored once however often its batch is sent', async () => {
    const lines = [{ msg: 'once', operationID: 'op-2' }];
    await ingest(lines, 'batch-2');
    await ingest(lines, 'batch-2');
    expect(await found('operationID:op-2')).toHaveLength(1);
  });

  test('is counted, listed and tailed', async () => {
    const leaving = new AbortController();
    const tail = client.tailLogs({ query: 'tailed' }, leaving.signal)[Symbol.asyncIterator]();
    expect(await tail.next()).toMatchObject({ value: { kind: 'ready' } });
    await ingest([
      { msg: 'tailed', colour: 'red' },
      { msg: 'other', colour: 'blue' },
    ]);
    expect(await tail.next()).toMatchObject({ value: { record: { body: 'tailed' } } });
    leaving.abort();
    expect(await tail.next()).toMatchObject({ done: true });
    const { values } = await client.logFieldValues({ ...RANGE, field: 'colour' });
    expect(values).toEqual([
      { value: 'blue', count: 1 },
      { value: 'red', count: 1 },
    ]);
    const { fields } = await client.logFields(RANGE);
    expect(fields.map(({ name }) => name)).toContain('colour');
    const { facets } = await client.logFacets(RANGE);
    expect(facets.map(({ name }) => name)).toContain('colour');
  });
});
