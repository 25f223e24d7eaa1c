import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { runCli } from '../testing/run-cli.ts';
import { startStubServer, type StubServer } from '../testing/stub-server.ts';

let server: StubServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function* input(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function taking(): Promise<string> {
  server = await startStubServer(({ body }) => ({
    body: JSON.stringify({
      accepted: body.split('\n').length,
      rejected: {},
      message: '',
      duplicate: false,
    }),
  }));
  return server.url;
}

const AWAY = 'http://127.0.0.1:9';

describe('tendril pipe', () => {
  test('passes bytes through unchanged and stores the lines', async () => {
    const url = await taking();
    const stdin = input('one\r\ntw', 'o 消', '息\nlast');
    const { code, stdout, stderr } = await runCli(['pipe', '--service', 'api', '--url', url], {
      stdin,
    });
    expect({ code, stdout, stderr }).toEqual({
      code: EXIT.ok,
      stdout: 'one\r\ntwo 消息\nlast',
      stderr: '',
    });
    expect(server?.requests.map(({ body }) => body).join('\n')).toBe('one\ntwo 消息\nlast');
    const query = server?.requests[0]?.query;
    expect(query?.get('service')).toBe('api');
    expect(query?.get('sender')).toBe('pipe');
  });

  test('works the same when the server is away, and says at the end what is missing', async () => {
    const stdin = input('one\ntwo\n');
    const args = ['pipe', '--url', AWAY, '--drain', '0'];
    const { code, stdout, stderr } = await runCli(args, { stdin });
    expect({ code, stdout }).toEqual({ code: EXIT.ok, stdout: 'one\ntwo\n' });
    expect(stderr).toMatch(/2 lines were not stored/);
  });

  test('what does not fit into the buffer passes through and is counted', async () => {
    const line = `${'x'.repeat(999)}\n`;
    const stdin = input(...Array<string>(100).fill(line));
    const args = ['pipe', '--url', AWAY, '--drain', '0', '--buffer', '64KiB', '--json'];
    const { stdout, stderr } = await runCli(args, { stdin });
    expect(stdout).toHaveLength(100 * line.length);
    const report: unknown = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
    expect(report).toEqual({ storedRecords: 0, droppedLines: 100 });
  });

  test('bytes that are no text pass through unchanged too', async () => {
    const url = await taking();
    const bytes = randomBytes(70_000);
    const outputs: Buffer[] = [];
    const { code } = await runCli(['pipe', '--url', url], {
      stdin: input(bytes.subarray(0, 33), bytes.subarray(33)),
      onOutput: (text) => outputs.push(Buffer.from(text)),
    });
    expect(code).toBe(EXIT.ok);
    expect(Buffer.concat(outputs).toString()).toBe(
      bytes.subarray(0, 33).toString() + bytes.subarray(33).toString(),
    );
  });
});
