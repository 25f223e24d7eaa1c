/** What the log page asks a whole server for: queries of the requirement, downloads, saved views. */
import { zstdDecompressSync } from 'node:zlib';
import { createClient, type Client } from '@tendril/api/client';
import type { LogSearchEvent } from '@tendril/api/log-search';
import { Failure } from '@tendril/model/failure';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const LINES: readonly Readonly<Record<string, unknown>>[] = [
  line('error', 'msg-server', '数据库连接失败：10.0.0.7', { user_id: '12345' }),
  line('warn', 'msg-server', '请求超时', { user_id: '12345' }),
  line('info', 'openim-api', '我们正在使用的版本', {}),
  line('error', 'openim-api', '=HYPERLINK("http://evil","x"), said "he"\nand \u001b[31mred', {
    note: '@SUM(A1)',
    'a,b"c': -5,
  }),
  line('info', 'openim-api', 'cost: 15ms', { big: '9007199254740993' }),
];

function line(
  level: string,
  service: string,
  message: string,
  fields: object,
): Readonly<Record<string, unknown>> {
  return { level, service, message, ...fields };
}

let fixture: ServerFixture;
let client: Client;

beforeAll(async () => {
  fixture = await startServerFixture();
  client = createClient({ baseUrl: fixture.server.url });
  const body = LINES.map((record) => JSON.stringify(record)).join('\n');
  const { accepted } = await client.ingest({ body });
  expect(accepted).toBe(LINES.length);
}, 60_000);

afterAll(() => fixture.close());

async function bodiesOf(query: string): Promise<readonly string[]> {
  const events: LogSearchEvent[] = [];
  for await (const event of client.searchLogs({ query, from: 'now-1d' })) events.push(event);
  return events.flatMap((event) => (event.kind === 'row' ? [event.record.body] : []));
}

async function download(request: Parameters<Client['exportLogs']>[0]): Promise<string> {
  const response = await client.exportLogs({ from: 'now-1d', ...request });
  return await response.text();
}

describe('queries of the requirement', () => {
  test.each([
    ['level: "error" AND service_name: "msg-server"', ['数据库连接失败：10.0.0.7']],
    ['message: "*连接失败*" OR message: "*超时*"', ['请求超时', '数据库连接失败：10.0.0.7']],
    ['user_id: "12345" AND level: "error"', ['数据库连接失败：10.0.0.7']],
    ['我们', ['我们正在使用的版本']],
    ['message: 我们', ['我们正在使用的版本']],
  ])('%s', async (query, bodies) => {
    expect((await bodiesOf(query)).toSorted()).toEqual(bodies.toSorted());
  });

  test('make tables of pipes', async () => {
    const events: LogSearchEvent[] = [];
    const query = '* | stats count() as n by service | sort service';
    for await (const event of client.searchLogs({ query, from: 'now-1d', sql: true }))
      events.push(event);
    expect(events.flatMap((event) => (event.kind === 'cells' ? [event.cells] : []))).toEqual([
      ['msg-server', 2],
      ['openim-api', 3],
    ]);
    expect(events[0]).toMatchObject({ kind: 'columns', columns: [{ name: 'service' }, {}] });
    expect(events.at(-1)).toMatchObject({ kind: 'summary', counts: { rows: 2 }, partial: null });
  });

  test('are counted in the histogram by what stands before the pipes', async () => {
    let records = 0;
    const query = 'level:error | where service:openim-api | stats count()';
    for await (const event of client.logHistogram({ query, from: 'now-1d' })) {
      if (event.kind === 'summary') records = event.counts.records;
    }
    expect(records).toBe(1);
  });
});

describe('an export', () => {
  test('is CSV that no spreadsheet runs', async () => {
    const text = await download({
      query: 'level:error and service:openim-api',
      columns: 'level,body,note,"a,b""c"',
    });
    expect(text).toBe(
      'level,body,note,"a,b""c"\r\n' +
        `error,"'=HYPERLINK(""http://evil"",""x""), said ""he""\nand \u001b[31mred",'@SUM(A1),-5\r\n`,
    );
  });

  test('has the usual columns when none are named', async () => {
    const text = await download({ query: '超时' });
    const [head = '', row = ''] = text.split('\r\n');
    expect(head).toBe('timestamp,level,service.name,operationId,traceId,body');
    expect(row).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z,warn,msg-server,,,请求超时$/);
  });

  test('is records as NDJSON, and as text without commands for a terminal', async () => {
    const lines = (await download({ format: 'ndjson', query: 'level:info' })).trimEnd().split('\n');
    const records = lines.map((text) => JSON.parse(text) as { readonly body: string });
    expect(records.map(({ body }) => body).toSorted()).toEqual([
      'cost: 15ms',
      '我们正在使用的版本',
    ]);
    const text = await download({ format: 'txt', query: 'said' });
    expect(text).toMatch(/Z error openim-api =HYPERLINK.*\nand ␛\[31mred\n$/i);
  });

  test('is a table of pipes', async () => {
    const query = '* | stats count() as n by level | sort level desc';
    expect(await download({ query })).toBe('level,n\r\nerror,2\r\nwarn,1\r\ninfo,2\r\n');
    expect(await download({ query, format: 'ndjson' })).toBe(
      '{"level":"error","n":2}\n{"level":"warn","n":1}\n{"level":"info","n":2}\n',
    );
    expect(await download({ query, format: 'txt', limit: 2 })).toBe(
      'level\tn\nerror\t2\nwarn\t1\n',
    );
  });

  test('takes the whole range page by page, or so many', { timeout: 60_000 }, async () => {
    const lines = Array.from({ length: 10_050 }, (_unused, index) =>
      JSON.stringify({ service: 'paged', message: `line ${index}` }),
    );
    await client.ingest({ body: lines.join('\n') });
    const query = 'service:paged';
    const all = await download({ query, columns: 'body' });
    expect(new Set(all.trimEnd().split('\r\n')).size).toBe(10_051);
    const some = await download({ query, columns: 'body', limit: 10_001 });
    expect(all.startsWith(some)).toBe(true);
    expect(some.split('\r\n')).toHaveLength(10_003);
    const sorted = await download({ query: `${query} | sort body desc | limit 2`, format: 'txt' });
    expect(sorted.match(/line \d+/g)).toEqual(['line 9999', 'line 9998']);
  });

  test('as Parquet, whole records or the columns of a table', async () => {
    const line = JSON.stringify({ service: 'parquet', level: 'error', message: '超时', n: 7 });
    await client.ingest({ body: line });
    const rowsOf = async (query: string): Promise<readonly Record<string, unknown>[]> => {
      const response = await client.exportLogs({ from: 'now-1d', query, format: 'parquet' });
      expect(response.headers.get('content-type')).toBe('application/vnd.apache.parquet');
      const decompress = (bytes: Uint8Array): Uint8Array => zstdDecompressSync(bytes);
      const file = await response.arrayBuffer();
      return await parquetReadObjects({ file, compressors: { ZSTD: decompress } });
    };
    const [record] = await rowsOf('service:parquet');
    expect(record).toMatchObject({ serviceName: 'parquet', severityNumber: 17n, body: '超时' });
    expect(JSON.parse(String(record?.['attributes']))).toEqual({ n: 7 });
    expect(record?.['timestamp']).toBeInstanceOf(Date);
    const table = 'service:parquet | stats count() as records by level, body';
    expect(await rowsOf(table)).toEqual([{ level: 'error', body: '超时', records: 1n }]);
    expect(await rowsOf('service:nobody')).toEqual([]);
  });

  test('has a name that is safe and means the same', async () => {
    const response = await client.exportLogs({
      from: 'now-1d',
      filename: '../../"错误"\r\nSet-Cookie: x/日志',
    });
    await response.text();
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="_.._______Set-Cookie__x___.csv"; ' +
        `filename*=UTF-8''${encodeURIComponent('_.._\u005f错误___Set-Cookie_ x_日志.csv')}`,
    );
  });

  test('tells what is wrong with its query before it begins', async () => {
    await expect(download({ query: '* | stat' })).rejects.toMatchObject({
      code: 'query_unknown_pipe',
    });
    await expect(download({ query: 'red | around 5' })).rejects.toMatchObject({
      code: 'query_pipe_unfit',
    });
  });

  test('is not begun for a page of another site', async () => {
    const response = await fetch(client.exportUrl({}), {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(response.status).toBe(403);
  });
});

describe('an explanation', () => {
  test('has the statement, the one spelling and what would be read', async () => {
    const found = await client.explainLogs({
      query: 'LEVEL:error   AND 超时 | STATS count()',
      from: 'now-1d',
    });
    expect(found.query).toBe('LEVEL:error and 超时 | stats count()');
    expect(found.shape).toBe('table');
    expect(found.sql).toContain('FROM logs');
    expect(found.estimate.rows).toBeGreaterThanOrEqual(0);
    expect(found.plan.join('\n')).toContain('ReadFromMergeTree');
    expect((await client.explainLogs({ query: 'x' })).shape).toBe('records');
  });
});

describe('saved views', () => {
  test('are kept, changed once for each version, and deleted', async () => {
    const content = {
      name: '慢请求',
      query: 'duration > 1s | top 5 service',
      columns: ['timestamp', 'body'],
      range: { from: 'now-1h', to: 'now' },
      tags: ['oncall'],
    };
    const view = await client.createView(content);
    expect(view).toMatchObject({ ...content, description: '', version: 1 });
    const other = await client.createView({ name: 'a' });
    expect((await client.listViews()).views.map(({ name }) => name)).toEqual(['a', '慢请求']);
    const { id, version } = view;
    const changed = { ...content, description: 'd', range: null, version };
    expect(await client.replaceView(id, changed)).toMatchObject({ version: 2, range: null });
    await expect(client.replaceView(id, changed)).rejects.toMatchObject({ code: 'view_changed' });
    expect(await client.view(id)).toMatchObject({ description: 'd', version: 2 });
    await client.deleteView(id);
    await expect(client.view(id)).rejects.toMatchObject({ code: 'not_found' });
    expect((await client.listViews()).views).toEqual([other]);
  });

  test('are refused when they are none', async () => {
    await expect(client.createView({ name: ' ' })).rejects.toBeInstanceOf(Failure);
    await expect(client.createView({ name: 'x'.repeat(201) })).rejects.toMatchObject({
      code: 'bad_request',
    });
    await expect(client.deleteView('no-such')).rejects.toMatchObject({ code: 'not_found' });
  });
});
