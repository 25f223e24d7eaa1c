import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { runCli } from '../testing/run-cli.ts';
import { startStubServer, type StubServer } from '../testing/stub-server.ts';

const TOKEN = {
  id: '4f2c',
  name: 'collectors\u001b[2J',
  scopes: ['ingest'],
  createdAt: '2026-06-02T09:00:00Z',
  expiresAt: null,
  origin: 'api',
};

let server: StubServer;
let tokens: readonly object[] = [TOKEN];

beforeEach(async () => {
  tokens = [TOKEN];
  server = await startStubServer(({ method }) => {
    if (method === 'POST') return { body: JSON.stringify({ ...TOKEN, token: 'tdl_secret' }) };
    if (method === 'DELETE') return { status: 204, body: '' };
    return { body: JSON.stringify({ tokens }) };
  });
});
afterEach(async () => server.close());

describe('tendril token', () => {
  test('create prints the token alone, so that a script can take it', async () => {
    const args = [
      'token',
      'create',
      '--scope',
      'ingest',
      '--scope',
      'read',
      '--expires',
      '90d',
      '--url',
      server.url,
    ];
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stdout }).toEqual({ code: EXIT.ok, stdout: 'tdl_secret\n' });
    expect(stderr).toContain('not shown again');
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      name: 'cli',
      scopes: ['ingest', 'read'],
      expiresAt: 'now+90d',
    });
  });

  test('list is a table, or JSON', async () => {
    const { stdout } = await runCli(['token', 'list', '--url', server.url]);
    expect(stdout.split('\n')[1]).toBe('4f2c  collectors␛[2J  ingest  2026-06-02T09:00:00Z  never');
    const json = await runCli(['token', 'list', '--json', '--url', server.url]);
    expect(JSON.parse(json.stdout)).toEqual(TOKEN);
  });

  test('an empty list is exit code 3', async () => {
    tokens = [];
    expect(await runCli(['token', 'list', '--url', server.url])).toMatchObject({
      code: EXIT.nothingFound,
      stdout: '',
    });
  });

  test('revoke names the token', async () => {
    const { code, stderr } = await runCli(['token', 'revoke', '4f2c', '--url', server.url]);
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: 'revoked 4f2c\n' });
    expect(server.requests[0]).toMatchObject({ method: 'DELETE', path: '/api/v1/tokens/4f2c' });
  });
});
