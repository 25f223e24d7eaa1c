import { afterEach, describe, expect, test } from 'vitest';
import { COMMANDS } from './commands/registry.ts';
import { EXIT } from './exit.ts';
import { runCli } from './testing/run-cli.ts';
import { startStubServer, type StubServer } from './testing/stub-server.ts';

let server: StubServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function answering(status: number, problem: object): Promise<string> {
  server = await startStubServer(() => ({
    status,
    contentType: 'application/problem+json',
    body: JSON.stringify({ type: 'about:blank', title: '', status, params: {}, ...problem }),
  }));
  return server.url;
}

describe('tendril', () => {
  test('without a command says what there is', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect(code).toBe(EXIT.usage);
    for (const { name } of COMMANDS) expect(stdout).toContain(`  ${name} `);
    expect(stderr).toBe('');
  });

  test.each([['--help'], ['-h'], ['help']])('%s is help, and no error', async (arg) => {
    const { code, stdout } = await runCli([arg]);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('tendril COMMAND');
  });

  test('tells the server which trace it is run for', async () => {
    const url = await answering(401, { code: 'unauthorized' });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const environment = { TRACEPARENT: traceparent, TRACESTATE: 'vendor=1' };
    await runCli(['status', '--url', url], { environment });
    expect(server?.requests[0]?.headers).toMatchObject({ traceparent, tracestate: 'vendor=1' });
  });

  test('--version is the version', async () => {
    expect(await runCli(['--version'])).toMatchObject({ code: EXIT.ok, stdout: '0.1.0\n' });
  });

  test.each(COMMANDS.filter(({ name }) => name !== 'up'))(
    '$name has help with examples first, in both languages',
    async ({ name, examples }) => {
      for (const lang of ['en', 'zh']) {
        const { code, stdout } = await runCli([name, '--help', '--lang', lang]);
        expect(code).toBe(EXIT.ok);
        const example = stdout.indexOf(examples[0]?.line ?? 'no example');
        expect(example).toBeGreaterThan(0);
        expect(example).toBeLessThan(stdout.indexOf('--json'));
      }
    },
  );

  test.each([
    [['serach'], 'there is no command "serach"; did you mean search?'],
    [['xyzzy'], 'there is no command "xyzzy"'],
    [['search', '--sinse', '1h'], 'there is no flag "--sinse"; did you mean --since?'],
    [['search', '--__proto__', 'x'], 'there is no flag "--__proto__"'],
    [['search', '--since'], 'the flag "--since" needs a value'],
    [['search', '--full=yes'], 'the flag "--full" takes no value'],
    [['search', '--limit', '0'], '--limit must be 1…100000, not "0"'],
    [['search', '--since', 'soon'], '--since must be 15m, 2h, 7d, not "soon"'],
    [['search', '--since', '1h', '--from', 'now-2h'], '--since and --from exclude each other'],
    [['search', '--url', 'localhost:7700'], '--url must be an address'],
    [['search', '--lang', 'fr'], '--lang must be en or zh'],
    [['import'], 'PATH is missing'],
    [['import', 'x', '--zone', 'Mars'], '--zone must be UTC, +08:00, Asia/Shanghai, not "Mars"'],
    [['import', 'x', '--resource', 'novalue'], '--resource must be KEY=VALUE'],
    [['token'], 'create, list, revoke is missing'],
    [['token', 'create'], '--scope is missing'],
    [['token', 'create', '--scope', 'root'], '--scope must be ingest, read, admin'],
    [['pipe', '--buffer', 'lots'], '--buffer must be a size'],
    [['help', 'me'], 'there is no command "me"'],
  ])('%j is a usage error that says what is wrong', async (args, sentence) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toContain(sentence);
    expect(code).toBe(EXIT.usage);
    expect(stdout).toBe('');
  });

  test('says that the server is away, in the language of the reader', async () => {
    const environment = { LANG: 'zh_CN.UTF-8', TENDRIL_URL: 'http://127.0.0.1:9' };
    const { code, stderr } = await runCli(['status'], { environment });
    expect(code).toBe(EXIT.unreachable);
    expect(stderr).toMatch(/^tendril: 连不上服务器 http:\/\/127\.0\.0\.1:9：.*\n服务器在运行吗/);
  });

  test.each([
    [401, 'unauthorized', EXIT.access],
    [403, 'forbidden', EXIT.access],
    [400, 'query_syntax', EXIT.usage],
    [503, 'engine_away', EXIT.error],
  ])('an answer of %i %s ends with exit code %i', async (status, problem, exit) => {
    const url = await answering(status, { code: problem, detail: 'no' });
    expect(await runCli(['search', 'x', '--url', url])).toMatchObject({ code: exit, stdout: '' });
  });

  test('shows where a query is wrong and what to write', async () => {
    const url = await answering(400, {
      code: 'query_syntax',
      detail: 'expected a value, found the end',
      position: { start: 6, end: 8 },
      hint: 'write a level, e.g. level >= warn',
    });
    const { stderr } = await runCli(['search', 'level >=', '--url', url]);
    expect(stderr).toBe(
      'tendril: expected a value, found the end\n  level >=\n        ^^\n  write a level, e.g. level >= warn\n',
    );
  });

  test('a failure cannot act on the terminal', async () => {
    const url = await answering(400, { code: 'query_syntax', detail: 'bad \u001b[2J\nforged' });
    const { stderr } = await runCli(['search', 'x\u001b]0;t\u0007', '--url', url]);
    expect(stderr).toContain('bad ␛[2J␊forged');
    expect(stderr).not.toContain('\u001b');
  });

  test('sends the token of the environment', async () => {
    const url = await answering(401, { code: 'unauthorized', detail: 'no' });
    await runCli(['status', '--url', url], { environment: { TENDRIL_TOKEN: 'tdl_secret' } });
    expect(server?.requests[0]?.headers.authorization).toBe('Bearer tdl_secret');
  });
});
