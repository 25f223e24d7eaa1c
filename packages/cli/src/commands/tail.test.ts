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

async function serve(...events: readonly { readonly kind: string }[]): Promise<string> {
  server = await startStubServer(() => ({
    contentType: 'text/event-stream',
    body: events
      .map((event) => `event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`)
      .join(''),
  }));
  return server.url;
}

const record = (body: string): { kind: string } =>
  ({ kind: 'record', record: sampleRecord({ body }) }) as { kind: string };

describe('tendril tail', () => {
  test('prints what arrives and stops after --lines', async () => {
    const url = await serve({ kind: 'ready' }, record('one'), record('two'), record('three'));
    const { code, stdout } = await runCli(['tail', 'level >= warn', '--lines', '2', '--url', url]);
    expect(code).toBe(EXIT.ok);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(server?.requests[0]?.query.get('query')).toBe('level >= warn');
  });

  test('says what was left out, once that it is cut off and when it is back', async () => {
    const url = await serve({ kind: 'ready' }, record('x'), { kind: 'skipped', count: 7 } as {
      kind: string;
    });
    const { stdout, stderr } = await runCli(['tail', '-n', '2', '--json', '--url', url]);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(stderr).toMatch(/7 records left out.*\nconnection lost .*\nconnected again/);
  });

  test('an interrupt ends it with 130', async () => {
    const url = await serve({ kind: 'ready' }, record('x'));
    const stopping = new AbortController();
    const { code } = await runCli(['tail', '--url', url], {
      signal: stopping.signal,
      onOutput: () => stopping.abort(),
    });
    expect(code).toBe(EXIT.interrupted);
  });
});
