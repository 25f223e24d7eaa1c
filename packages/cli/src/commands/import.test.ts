import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { BATCH_LINES_MAX } from '../shipping/line-batches.ts';
import { runCli, type CliOptions, type CliRun } from '../testing/run-cli.ts';
import {
  startStubServer,
  type StubAnswer,
  type StubRequest,
  type StubServer,
} from '../testing/stub-server.ts';

let directory: string;
let server: StubServer;
/** By batch id, as a server that stores each once. */
let stored: Map<string, StubRequest>;
let refuse: (request: StubRequest) => StubAnswer | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tendril-import-'));
  mkdirSync(join(directory, 'logs'));
  stored = new Map();
  refuse = () => undefined;
  server = await startStubServer((request) => {
    const refused = refuse(request);
    if (refused) return refused;
    const id = String(request.headers['tendril-batch-id']);
    const duplicate = stored.has(id);
    stored.set(id, request);
    const accepted = request.body.split('\n').length;
    return { body: JSON.stringify({ accepted, rejected: {}, message: '', duplicate }) };
  });
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

async function importing(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const environment = { TENDRIL_URL: server.url, XDG_STATE_HOME: join(directory, 'state') };
  return await runCli(['import', ...args], { environment, ...options });
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, 'logs', name);
  writeFileSync(path, content);
  return path;
}

function storedLines(): string[] {
  return [...stored.values()].flatMap(({ body }) => body.split('\n'));
}

function problem(status: number, code: string, params = {}): StubAnswer {
  const body = JSON.stringify({ type: '', title: '', status, code, detail: code, params });
  return { status, contentType: 'application/problem+json', body };
}

const lines = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `2026-06-02 09:14:03 INFO line ${index}`);

describe('tendril import', () => {
  test('sends every line of files, directories and compressed files once', async () => {
    file('a.log', `${lines(3).join('\n')}\n`);
    file('b.log.gz', gzipSync('zipped one\nzipped two\n'));
    const { code, stdout, stderr } = await importing([join(directory, 'logs'), '--json']);
    expect(stderr).toBe('');
    expect(code).toBe(EXIT.ok);
    expect(JSON.parse(stdout)).toMatchObject({ files: 2, records: 5, skipped: [] });
    expect(storedLines().toSorted()).toEqual([...lines(3), 'zipped one', 'zipped two']);
  });

  test('says what is known of the lines: file, zone, time of writing, flags', async () => {
    const path = file('a b.log', 'x\n');
    await importing([
      path,
      '--service',
      'api',
      '--env',
      'prod',
      '--resource',
      'team=im,core',
      '--zone',
      '+08:00',
    ]);
    const query = server.requests[0]?.query;
    expect(Object.fromEntries(query ?? [])).toMatchObject({
      service: 'api',
      environment: 'prod',
      zone: '+08:00',
      sender: 'import',
      resource: `log.file.path=${encodeURIComponent(path)},team=im%2Ccore`,
    });
    expect(Date.parse(query?.get('asOf') ?? '')).toBeGreaterThan(Date.UTC(2020));
  });

  test('run again it sends nothing, then only what was added', async () => {
    const path = file('a.log', 'one\ntwo\n');
    await importing([path]);
    const again = await importing([path]);
    expect(again.stderr).toContain('1 file was imported before');
    expect(storedLines()).toEqual(['one', 'two']);
    appendFileSync(path, 'three\n');
    await importing([path]);
    expect(storedLines()).toEqual(['one', 'two', 'three']);
  });

  test('--restart imports everything again', async () => {
    const path = file('a.log', 'one\n');
    await importing([path]);
    await importing([path, '--restart']);
    expect(storedLines()).toEqual(['one', 'one']);
  });

  test('broken off in the middle it goes on without a gap and without a double', async () => {
    const all = lines(BATCH_LINES_MAX * 6 + 7);
    const path = file('a.log', all.join('\n'));
    let requests = 0;
    refuse = () => {
      requests += 1;
      return requests > 3 ? problem(400, 'malformed') : undefined;
    };
    expect((await importing([path])).code).toBe(EXIT.error);
    expect(storedLines().length).toBeLessThan(all.length);
    refuse = () => undefined;
    expect((await importing([path])).code).toBe(EXIT.ok);
    expect(storedLines().toSorted()).toEqual(all.toSorted());
  });

  test('an interrupt stops it, and the same command goes on', async () => {
    const all = lines(BATCH_LINES_MAX * 4);
    const path = file('a.log', all.join('\n'));
    const stopping = new AbortController();
    refuse = () => {
      if (stored.size === 1) stopping.abort();
      return undefined;
    };
    const { code, stderr } = await importing([path, '--parallel', '1'], {
      signal: stopping.signal,
    });
    expect(code).toBe(EXIT.interrupted);
    expect(stderr).toContain('interrupted');
    await importing([path]);
    expect(new Set(storedLines())).toEqual(new Set(all));
  });

  test('tries again with the same id when the server is busy', async () => {
    const path = file('a.log', 'one\n');
    refuse = () =>
      server.requests.length < 3 ? problem(503, 'overloaded', { retryAfterSeconds: 0 }) : undefined;
    expect((await importing([path])).code).toBe(EXIT.ok);
    const ids = server.requests.map(({ headers }) => headers['tendril-batch-id']);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  test('never cuts a record between two requests', async () => {
    const trace = [
      '2026-06-02 09:14:03 ERROR failed',
      ...Array<string>(20).fill('\tat com.acme.Im.send'),
    ];
    const all = [...lines(BATCH_LINES_MAX - 5), ...trace, ...lines(9)];
    await importing([file('a.log', all.join('\n'))]);
    const [first] = [...stored.values()].toSorted((a, b) => b.body.length - a.body.length);
    expect(first?.body.endsWith('\tat com.acme.Im.send')).toBe(true);
    expect(storedLines()).toHaveLength(all.length);
  });

  test('reads standard input', async () => {
    async function* stdin(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('one\nt');
      yield Buffer.from('wo\n');
    }
    const { code, stderr } = await importing(['-', '--service', 'x'], { stdin: stdin() });
    expect(code).toBe(EXIT.ok);
    expect(storedLines()).toEqual(['one', 'two']);
    expect(stderr).toMatch(/^imported 2 records from 1 file \(8 B\) in /);
  });

  test('a file that cannot be read does not keep the others out', async () => {
    file('a.bin', Buffer.from([0, 1, 2]));
    file('b.log', 'one\n');
    const { code, stderr } = await importing([join(directory, 'logs')]);
    expect(code).toBe(EXIT.partial);
    expect(stderr).toMatch(/skipped .*a\.bin: .* is not text/);
    expect(storedLines()).toEqual(['one']);
  });

  test('what the server rejects is said, and partial', async () => {
    refuse = () => ({
      body: JSON.stringify({
        accepted: 1,
        rejected: { too_large: 2 },
        message: 'too big',
        duplicate: false,
      }),
    });
    const { code, stderr } = await importing([file('a.log', 'one\n')]);
    expect(code).toBe(EXIT.partial);
    expect(stderr).toContain('2 rejected (too_large): too big');
  });

  test('on a terminal shows how far it is, on one line', async () => {
    const path = file('a.log', lines(BATCH_LINES_MAX * 2).join('\n'));
    const { stderr } = await importing([path], { width: 60 });
    expect(stderr).toContain('\r\u001b[Kimporting  file 1 of 1  ');
    expect(stderr).toContain('\r\u001b[Kimported 10,000 records');
  });
});
