import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { runCli } from '../testing/run-cli.ts';
import { startStubServer, type StubServer } from '../testing/stub-server.ts';

let server: StubServer | undefined;
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tendril-export-'));
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

async function serve(body: string): Promise<string> {
  server = await startStubServer(() => ({ contentType: 'text/csv', body }));
  return server.url;
}

describe('tendril export', () => {
  test('writes a file whose name says the format', async () => {
    const url = await serve('a,b\r\n1,2\r\n');
    const file = join(directory, 'x.csv');
    const { code, stderr } = await runCli(
      ['export', 'level:error', '--since', '1d', '--columns', 'a, b', '--output', file].concat([
        '--url',
        url,
      ]),
    );
    expect(code).toBe(EXIT.ok);
    expect(readFileSync(file, 'utf8')).toBe('a,b\r\n1,2\r\n');
    expect(stderr).toContain('x.csv');
    expect(Object.fromEntries(server?.requests[0]?.query ?? [])).toEqual({
      query: 'level:error',
      from: 'now-1d',
      format: 'csv',
      columns: 'a,b',
    });
  });

  test('says on a terminal how far it is', async () => {
    const url = await serve('a,b\r\n1,2\r\n');
    const file = join(directory, 'x.parquet');
    const args = ['export', '--output', file, '--url', url];
    const { stderr } = await runCli(args, { width: 100 });
    expect(stderr).toMatch(/10 B so far, .+ a second/);
    expect(server?.requests[0]?.query.get('format')).toBe('parquet');
    expect((await runCli(args)).stderr).not.toContain('so far');
  });

  test('leaves nothing behind when the answer breaks off', async () => {
    const broken = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/csv' });
      response.write('a,b\r\n', () => response.destroy());
    });
    await new Promise<void>((resolve) => {
      broken.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
    const file = join(directory, 'x.csv');
    const { code, stderr } = await runCli(['export', '--output', file, '--url', url]);
    expect(code).toBe(EXIT.error);
    expect(stderr).toContain('what came is not whole');
    expect(readdirSync(directory)).toEqual([]);
    await new Promise((resolve) => {
      broken.close(resolve);
    });
  });

  test('goes to other programs, as text unless told', async () => {
    const url = await serve('{"a":1}\n');
    const { stdout } = await runCli(['export', '--json', '--url', url]);
    expect(stdout).toBe('{"a":1}\n');
    await runCli(['export', '--url', url]);
    expect(server?.requests.map(({ query }) => query.get('format'))).toEqual(['ndjson', 'txt']);
    const { code } = await runCli(['export', '--format', 'xml', '--url', url]);
    expect(code).toBe(EXIT.usage);
  });
});
