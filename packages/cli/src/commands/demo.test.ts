import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { runCli } from '../testing/run-cli.ts';
import { startStubServer, type StubServer } from '../testing/stub-server.ts';

let server: StubServer;
let removed = { records: 1, spans: 2, changes: 0 };

beforeEach(async () => {
  server = await startStubServer(() => ({ body: JSON.stringify(removed) }));
});
afterEach(async () => server.close());

describe('tendril demo', () => {
  test('faults are listed in the language of the reader', async () => {
    const { stdout } = await runCli(['demo', 'faults', '--lang', 'zh']);
    expect(stdout).toContain('bad-deploy');
    expect(stdout).toContain('连接池');
    const json = await runCli(['demo', 'faults', '--json']);
    const names = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).name);
    expect(names.length).toBeGreaterThan(20);
    expect(new Set(names).size).toBe(names.length);
  });

  test('a fault that is none is a mistake of usage', async () => {
    const { code, stderr } = await runCli(['demo', '--fault', 'gremlins']);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('bad-deploy');
  });

  test('without a server it says so', async () => {
    const { code } = await runCli(['demo', '--url', 'http://127.0.0.1:1']);
    expect(code).toBe(EXIT.unreachable);
  });

  test('--remove says what went; nothing is exit code 3', async () => {
    const some = await runCli(['demo', '--remove', '--url', server.url]);
    expect(some).toMatchObject({ code: EXIT.ok, stderr: 'removed 1 record, 2 spans, 0 changes\n' });
    expect(server.requests[0]).toMatchObject({ method: 'DELETE', path: '/api/v1/demo' });
    removed = { records: 0, spans: 0, changes: 0 };
    const none = await runCli(['demo', '--remove', '--url', server.url]);
    expect(none.code).toBe(EXIT.nothingFound);
  });
});
