import { afterEach, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { runCli } from '../testing/run-cli.ts';
import { sampleRecord } from '../testing/sample-record.ts';
import { startStubServer, type StubServer } from '../testing/stub-server.ts';

let server: StubServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const COST = { elapsedMs: 3.4, rowsRead: 1000, bytesRead: 9, statements: 1 };

interface Page {
  readonly bodies: readonly string[];
  readonly next?: string;
  readonly partial?: object;
}

async function serve(...pages: readonly Page[]): Promise<string> {
  let page = 0;
  server = await startStubServer(() => {
    const { bodies, next = null, partial = null } = pages[page] ?? { bodies: [] };
    page += 1;
    const range = { from: '1780390000000000000', to: '1780390900000000000' };
    const events = [
      ...bodies.map((body) => ({ kind: 'row', record: sampleRecord({ body }) })),
      { kind: 'progress', elapsedMs: 1, rowsRead: 1, bytesRead: 1, searchedTo: range.from },
      { kind: 'summary', range, partial, cost: COST, counts: { rows: bodies.length }, next },
    ];
    return {
      contentType: 'application/x-ndjson',
      body: events.map((event) => `${JSON.stringify(event)}\n`).join(''),
    };
  });
  return server.url;
}

function asked(index = 0): unknown {
  const request: unknown = JSON.parse(server?.requests[index]?.body ?? 'null');
  return request;
}

async function serveTable(partial: object | null = null): Promise<string> {
  server = await startStubServer(() => {
    const range = { from: '1780390000000000000', to: '1780390900000000000' };
    const columns = [
      { name: 'service', type: 'text', field: 'service.name' },
      { name: 'records', type: 'integer' },
      { name: 'p95', type: 'duration' },
      { name: 'share', type: 'number' },
    ];
    const rows = [
      ['连接\u001b[31m', 12, 1_500_000_000, 1 / 3],
      ['', 3, null, 2],
    ];
    const events = [
      { kind: 'columns', columns },
      ...rows.map((cells) => ({ kind: 'cells', cells })),
      { kind: 'summary', range, partial, cost: COST, counts: { rows: 2 }, next: null },
    ];
    return {
      contentType: 'application/x-ndjson',
      body: events.map((event) => `${JSON.stringify(event)}\n`).join(''),
    };
  });
  return server.url;
}

describe('tables of pipes', () => {
  const query = '* | stats count() as records by service | limit 500';

  test('are aligned, with Chinese in them and nothing that a terminal obeys', async () => {
    const { code, stdout } = await runCli(['search', query, '--url', await serveTable()]);
    expect(stdout).toBe(
      [
        'service    records   p95     share',
        '连接␛[31m       12  1.5s  0.333333',
        '-                3     -         2',
        '',
      ].join('\n'),
    );
    expect(code).toBe(EXIT.ok);
    expect(asked()).toMatchObject({ query, limit: 10_000 });
  });

  test('are objects with --json, and say when they are not whole', async () => {
    const partial = { reason: 'rows', searchedTo: '1780390900000000000' };
    const url = await serveTable(partial);
    const { code, stdout, stderr } = await runCli(['search', query, '--json', '--url', url]);
    expect(stdout.split('\n')[1]).toBe('{"service":"","records":3,"p95":null,"share":2}');
    expect(code).toBe(EXIT.partial);
    expect(stderr).toContain('more rows than an answer may have');
  });
});

describe('tendril search', () => {
  test('prints the newest record last', async () => {
    const url = await serve({ bodies: ['newest', 'older'] });
    const { code, stdout, stderr } = await runCli([
      'search',
      'level:error',
      'x',
      '--since',
      '2h',
      '--url',
      url,
    ]);
    expect(stdout.split('\n').map((line) => /older|newest/.exec(line)?.[0])).toEqual([
      'older',
      'newest',
      undefined,
    ]);
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
    expect(asked()).toEqual({ query: 'level:error x', from: 'now-2h', limit: 100 });
  });

  test('--newest-first prints them as they come', async () => {
    const url = await serve({ bodies: ['newest', 'older'] });
    const { stdout } = await runCli(['search', '--newest-first', '--url', url]);
    expect(stdout.indexOf('newest')).toBeLessThan(stdout.indexOf('older'));
  });

  test('follows the cursor until the limit', async () => {
    const url = await serve(
      { bodies: Array<string>(10_000).fill('x'), next: 'c1' },
      { bodies: ['y', 'z'], next: 'c2' },
    );
    const { stdout } = await runCli(['search', '--limit', '10002', '--json', '--url', url]);
    expect(stdout.trimEnd().split('\n')).toHaveLength(10_002);
    expect(asked(1)).toEqual({ query: '', limit: 2, cursor: 'c1' });
    expect(server?.requests).toHaveLength(2);
  });

  test('nothing found is exit code 3 and the range that was searched', async () => {
    const url = await serve({ bodies: [] });
    const { code, stdout, stderr } = await runCli(['search', '--url', url]);
    expect({ code, stdout }).toEqual({ code: EXIT.nothingFound, stdout: '' });
    expect(stderr).toMatch(/nothing found from 2026-.* to 2026-/);
  });

  test('a partial answer is exit code 4 and says why', async () => {
    const partial = { reason: 'time', searchedTo: '1780390443101000000' };
    const url = await serve({ bodies: ['x'], partial, next: 'more' });
    const { code, stderr } = await runCli(['search', '--url', url]);
    expect(code).toBe(EXIT.partial);
    expect(stderr).toContain('partial: the time limit was reached');
  });

  test('--json prints records as they are, one to a line', async () => {
    const url = await serve({ bodies: ['one\ntwo\u009b'] });
    const { stdout } = await runCli(['search', '--json', '--url', url]);
    expect(stdout).toContain('\\u009b');
    expect(JSON.parse(stdout)).toEqual(sampleRecord({ body: 'one\ntwo\u009b' }));
  });

  test('--fields prints those, by any name the query language takes', async () => {
    const url = await serve({ bodies: ['a\tb\n'] });
    const args = ['search', '--fields', 'level, service,message,code,nothing', '--url', url];
    expect((await runCli(args)).stdout).toBe('ERROR\topenim-msggateway\ta␉b␊\t500\t-\n');
  });

  test('--fields with --json keeps the names and types', async () => {
    const url = await serve({ bodies: ['b'] });
    const { stdout } = await runCli([
      'search',
      '--json',
      '--fields',
      'message,code,nothing',
      '--url',
      url,
    ]);
    expect(JSON.parse(stdout)).toEqual({ message: 'b', code: 500, nothing: null });
  });

  test('on a terminal a line at the end says what it cost and that there is more', async () => {
    const url = await serve({ bodies: ['x'], next: 'c' });
    const { stderr } = await runCli(['search', '-n', '1', '--url', url], {
      width: 80,
      environment: { NO_COLOR: '1' },
    });
    expect(stderr).toBe('1 record · 3 ms · 1,000 rows read · older ones not shown: --limit N\n');
  });
});
