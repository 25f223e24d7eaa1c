import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { runCli } from '../testing/run-cli.ts';
import { startStubServer, type StubServer } from '../testing/stub-server.ts';

const CHANGE = {
  id: 'c1',
  timestamp: '1780390443101000000',
  kind: 'deploy',
  origin: 'reported',
  by: '',
  title: 'deploy 3.8.4\u001b[2J',
  service: 'openim-push',
  instance: 'node-1',
  environment: '',
  before: '3.8.3',
  after: '3.8.4',
  url: '',
};

let server: StubServer;
let changes: readonly object[] = [];

beforeEach(async () => {
  changes = [CHANGE];
  server = await startStubServer(({ method }) => ({
    body: JSON.stringify(method === 'POST' ? CHANGE : { changes, isCut: false }),
  }));
});
afterEach(async () => server.close());

describe('tendril change', () => {
  test('add tells what changed and where', async () => {
    const flags = ['--service', 'openim-push', '--before', '3.8.3', '--after', '3.8.4'];
    const { code, stderr } = await runCli([
      'change',
      'add',
      'deploy 3.8.4',
      ...flags,
      '--url',
      server.url,
    ]);
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: 'noted: deploy 3.8.4␛[2J\n' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      kind: 'deploy',
      title: 'deploy 3.8.4',
      service: 'openim-push',
      before: '3.8.3',
      after: '3.8.4',
    });
  });

  test('a kind that is none is a mistake of usage', async () => {
    const { code, stderr } = await runCli([
      'change',
      'add',
      'x',
      '--kind',
      'party',
      '--url',
      server.url,
    ]);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('deploy, restart, config, scale, other');
  });

  test('list asks for a day, and prints a table or JSON', async () => {
    const table = await runCli(['change', 'list', '--url', server.url, '--lang', 'zh']);
    expect(table.stdout.split('\n')[1]).toContain('部署');
    expect(table.stdout).not.toContain('\u001b[2J');
    expect(server.requests[0]?.query.get('from')).toBe('now-24h');
    const json = await runCli(['change', 'list', '--json', '--url', server.url]);
    expect(JSON.parse(json.stdout)).toEqual(CHANGE);
  });

  test('an empty list is exit code 3', async () => {
    changes = [];
    const { code, stdout } = await runCli(['change', 'list', '--url', server.url]);
    expect({ code, stdout }).toEqual({ code: EXIT.nothingFound, stdout: '' });
  });
});
