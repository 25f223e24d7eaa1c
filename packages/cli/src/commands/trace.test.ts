import { afterEach, beforeAll, afterAll, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { runCli } from '../testing/run-cli.ts';
import { sampleRecord } from '../testing/sample-record.ts';
import { sampleSpan } from '../testing/sample-span.ts';
import { startStubServer, type StubServer } from '../testing/stub-server.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const START = 1_780_390_443_101_000_000n;
const COST = { elapsedMs: 3.4, rowsRead: 1000, bytesRead: 9, statements: 1 };
const SUMMARY = {
  kind: 'summary',
  range: { from: '1', to: '2' },
  partial: null,
  cost: COST,
  counts: { rows: 1 },
  next: null,
};

let server: StubServer | undefined;
const zone = process.env['TZ'];

beforeAll(() => {
  process.env['TZ'] = 'Asia/Shanghai';
});
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const SPANS = [
  sampleSpan({ spanId: 'a1', durationNs: '12000000', status: 'error', statusMessage: 'refused' }),
  sampleSpan({
    spanId: 'a2',
    parentSpanId: 'a1',
    name: '发送消息\u001b[2J',
    serviceName: 'openim-msg',
    timestamp: String(START + 6_000_000n),
    durationNs: '6000000',
  }),
];
const RECORDS = [
  sampleRecord({ spanId: 'a2', body: 'rpc call failed\nsecond line' }),
  sampleRecord({ spanId: '', body: 'somewhere in the trace', severityNumber: 9 }),
];

async function serve(spans = SPANS): Promise<string> {
  server = await startStubServer(({ path }) => {
    if (spans.length === 0) {
      const problem = { type: 'about:blank', title: 'Not Found', status: 404, code: 'not_found' };
      const body = JSON.stringify({ ...problem, detail: 'there is no trace', params: {} });
      return { status: 404, contentType: 'application/problem+json', body };
    }
    const rows = path.endsWith('/records')
      ? RECORDS.map((record) => ({ kind: 'row', record }))
      : spans.map((span) => ({ kind: 'row', span }));
    const lines = [...rows, SUMMARY].map((event) => `${JSON.stringify(event)}\n`);
    return { contentType: 'application/x-ndjson', body: lines.join('') };
  });
  return server.url;
}

describe('tendril trace', () => {
  test('draws the tree with its records', async () => {
    const url = await serve();
    const { code, stdout } = await runCli(['trace', TRACE_ID, '--url', url]);
    expect(stdout).toBe(
      [
        TRACE_ID,
        '2026-06-02T16:54:03.101+08:00  12.0ms  2 spans · 2 services · 1 error',
        '━━━━━━━━━━━━━━━━━━━━━━━━    12.0ms  openim-api  POST /msg/send_msg ✗ refused',
        '            ━━━━━━━━━━━━    6.00ms    openim-msg  发送消息␛[2J',
        `${' '.repeat(40)}· 16:54:03.101 E rpc call failed␊second line`,
        'records of the trace that name no span of it',
        `${' '.repeat(38)}· 16:54:03.101 I somewhere in the trace`,
        '',
      ].join('\n'),
    );
    expect(code).toBe(EXIT.ok);
  });

  test('fits a terminal', async () => {
    const url = await serve();
    const { stdout } = await runCli(['trace', TRACE_ID, '--url', url], {
      width: 100,
      environment: { NO_COLOR: '1' },
    });
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('prints spans and records as JSON', async () => {
    const url = await serve();
    const { stdout } = await runCli(['trace', TRACE_ID, '--json', '--url', url]);
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual([
      'span',
      'span',
      'record',
      'record',
    ]);
  });

  test('says when there is no such trace', async () => {
    const url = await serve([]);
    const { code, stderr } = await runCli(['trace', 'dead', '--url', url]);
    expect(code).toBe(EXIT.nothingFound);
    expect(stderr).toContain('nothing found');
  });

  test('wants one id', async () => {
    expect((await runCli(['trace'])).code).toBe(EXIT.usage);
  });
});

describe('tendril search kind:span', () => {
  test('asks for spans, and prints the newest last', async () => {
    const url = await serve();
    const run = await runCli(['search', 'kind:span', 'duration > 1ms', '--url', url]);
    expect(run.stdout.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/openim-msg +6\.00ms {2}server {2}发送消息␛\[2J {2}trace=0af/),
      expect.stringMatching(/openim-api +12\.0ms {2}server {2}POST \/msg\/send_msg ✗ refused/),
    ]);
    expect(server?.requests[0]).toMatchObject({ path: '/api/v1/spans/search' });
    expect(JSON.parse(server?.requests[0]?.body ?? '')).toMatchObject({ query: 'duration > 1ms' });
    expect(run.code).toBe(EXIT.ok);
  });
});
