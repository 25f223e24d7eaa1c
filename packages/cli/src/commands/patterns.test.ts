import type { LogPattern, LogPatternsResponse } from '@tendril/api/log-patterns';
import { afterEach, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { runCli } from '../testing/run-cli.ts';
import { startStubServer, type StubServer } from '../testing/stub-server.ts';

let server: StubServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const FAILED: LogPattern = {
  patternId: '00000000000000ab',
  template: 'send msg failed: <*>',
  count: 1160,
  share: 0.096,
  before: 3,
  firstSeen: '1780390441000000000',
  lastSeen: '1780390442000000000',
  trend: [0, 0, 8, 1],
  levels: { info: 2, error: 1158 },
  services: [
    { name: 'openim-rpc-msg', count: 1000 },
    { name: 'openim-push', count: 160 },
  ],
  examples: ['send msg failed: context deadline exceeded\u001b[2J'],
};
const CHINESE: LogPattern = {
  ...FAILED,
  template: '用户 <*> 登录失败',
  count: 7,
  share: 0.001,
  trend: [1, 0, 0, 0],
  levels: {},
  services: [],
  examples: [],
};

async function serve(patterns: readonly LogPattern[], more: object = {}): Promise<string> {
  const answer: LogPatternsResponse = {
    range: { from: '1780390000000000000', to: '1780390900000000000' },
    compared: null,
    patterns,
    total: patterns.length,
    records: 12_000,
    trend: { from: '1780390000000000000', width: '60000000000', buckets: 4 },
    partial: null,
    cost: { elapsedMs: 3, rowsRead: 9, bytesRead: 9, statements: 2 },
    ...more,
  };
  server = await startStubServer(() => ({
    contentType: 'application/json',
    body: JSON.stringify(answer),
  }));
  return server.url;
}

function asked(): Record<string, string> {
  return Object.fromEntries(server?.requests[0]?.query ?? []);
}

describe('tendril patterns', () => {
  test('aligns counts, shares, trends, severities, services and patterns', async () => {
    const url = await serve([FAILED, CHINESE]);
    const { code, stdout } = await runCli([
      'patterns',
      'level:error',
      '--since',
      '2h',
      '--url',
      url,
    ]);
    expect(stdout).toBe(
      [
        'count  share  trend     services           pattern',
        '1,160   9.6%  ▁▁█▂   E  openim-rpc-msg +1  send msg failed: <*>',
        '    7   0.1%  █▁▁▁   ·  -                  用户 <*> 登录失败',
        '',
      ].join('\n'),
    );
    expect(code).toBe(EXIT.ok);
    expect(asked()).toMatchObject({
      query: 'level:error',
      from: 'now-2h',
      show: 'all',
      limit: '50',
    });
  });

  test('asks for what is new since the time before', async () => {
    const url = await serve([FAILED]);
    const { stdout } = await runCli(['patterns', '--new', '--url', url]);
    expect(stdout).toMatch(/^count {2}first .*trend/);
    expect(asked()).toMatchObject({ show: 'new', compare: 'before' });
  });

  test('counts what has vanished by how often it was there', async () => {
    const url = await serve([{ ...FAILED, count: 0 }]);
    const { stdout } = await runCli([
      'patterns',
      '--vanished',
      '--compare',
      'now-1d',
      '--url',
      url,
    ]);
    expect(stdout).toMatch(/^count {2}last .*\n {4}3 {2}2026/);
    expect(asked()).toMatchObject({ show: 'vanished', compare: 'now-1d' });
  });

  test('shows ids and examples when asked, and nothing that a terminal obeys', async () => {
    const url = await serve([FAILED]);
    const { stdout } = await runCli(['patterns', '--examples', '--url', url]);
    expect(stdout).toContain('    patternId:00000000000000ab\n    send msg failed: context');
    expect(stdout).not.toContain('\u001b');
  });

  test('prints one object a line as JSON', async () => {
    const url = await serve([FAILED, CHINESE]);
    const { stdout } = await runCli(['patterns', '--json', '--url', url]);
    const [first] = stdout.trimEnd().split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({ patternId: FAILED.patternId, count: 1160 });
  });

  test('says when there is nothing, and when the answer is not whole', async () => {
    const nothing = await runCli(['patterns', '--url', await serve([])]);
    expect(nothing).toMatchObject({ code: EXIT.nothingFound, stdout: '' });
    await server?.close();
    const cut = { partial: { reason: 'time', searchedTo: '1780390900000000000' } };
    expect(await runCli(['patterns', '--url', await serve([], cut)])).toMatchObject({
      code: EXIT.partial,
    });
  });

  test('--new and --vanished exclude each other', async () => {
    expect(await runCli(['patterns', '--new', '--vanished'])).toMatchObject({ code: EXIT.usage });
  });
});
