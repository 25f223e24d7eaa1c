import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli, type CliOptions } from '../testing/run-cli.ts';

interface Parsed {
  readonly code: number;
  readonly records: readonly Readonly<Record<string, unknown>>[];
  readonly stderr: string;
}

function recordOf(line: string): Readonly<Record<string, unknown>> {
  const record: Readonly<Record<string, unknown>> = JSON.parse(line);
  return record;
}

async function parsed(args: readonly string[], options: CliOptions = {}): Promise<Parsed> {
  const { code, stdout, stderr } = await runCli(['parse', ...args], options);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { code, records: lines.map(recordOf), stderr };
}

async function* chunksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe('tendril parse', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tendril-parse-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function fileOf(name: string, text: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  test('prints what would be stored, how it was read, and the line as it was', async () => {
    const path = fileOf(
      'mixed.log',
      [
        '2026-06-02T09:14:03.1Z stderr F {"level":"error","msg":"failed","service":"push","n":12345678901234567890}',
        '2026-06-02 09:14:03 WARN slow',
        '\tat com.acme.Im.send(Im.java:42)',
        '',
      ].join('\n'),
    );
    const { code, records, stderr } = await parsed([path, '--zone', '+08:00', '--service', 'api']);
    expect(code).toBe(0);
    expect(records).toMatchObject([
      {
        id: '',
        timestamp: '1780391643100000000',
        severityNumber: 17,
        body: 'failed',
        serviceName: 'push',
        attributes: { 'log.iostream': 'stderr', n: '12345678901234567890' },
        format: 'json',
        transports: ['cri'],
        physicalLines: 1,
        line: expect.stringMatching(/^2026-06-02T09:14:03\.1Z stderr F \{/),
        assumed: [],
      },
      {
        timestamp: '1780362843000000000',
        body: 'slow\n\tat com.acme.Im.send(Im.java:42)',
        serviceName: 'api',
        format: 'text',
        transports: [],
        physicalLines: 2,
        line: '2026-06-02 09:14:03 WARN slow\n\tat com.acme.Im.send(Im.java:42)',
        assumed: ['zone'],
      },
    ]);
    expect(stderr).toContain('2 records from 3 lines of 1 source');
    expect(stderr).toContain('taken in +08:00');
  });

  test('hides secrets, in the line as well', async () => {
    const { records } = await parsed(['-'], { stdin: chunksOf('{"password":"hunter2hunter2"}\n') });
    expect(records).toHaveLength(1);
    expect(JSON.stringify(records)).not.toContain('hunter2');
  });

  test('a format that is given takes the place of detection', async () => {
    const path = fileOf('json.log', '{"level":"info","msg":"x"}\n');
    expect((await parsed([path])).records).toMatchObject([{ format: 'json' }]);
    const text = await parsed([path, '--format', 'text']);
    expect(text.records).toMatchObject([{ format: 'text', body: '{"level":"info","msg":"x"}' }]);
  });

  test('an unknown format is a mistake that names those there are', async () => {
    const { code, stderr } = await parsed(['x', '--format', 'nonsense']);
    expect(code).toBe(2);
    expect(stderr).toContain('openim');
    expect((await parsed([])).code).toBe(2);
  });

  test('what is not text is skipped, and nothing found says so', async () => {
    const binary = fileOf('binary', new Uint8Array([0, 1, 2, 0]));
    const text = fileOf('one.log', 'x\n');
    const both = await parsed([binary, text]);
    expect(both).toMatchObject({ code: 4, records: [{ body: 'x' }] });
    expect(both.stderr).toContain('skipped');
    expect((await parsed([fileOf('empty.log', '')])).code).toBe(3);
  });

  test('a record of a source that goes on is printed when nothing more comes', async () => {
    const seen = Promise.withResolvers<void>();
    async function* stdin(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('2026-06-02 09:14:03 ERROR failed\n\tat f\n');
      await seen.promise;
      yield Buffer.from('\tat g\n');
    }
    const { records } = await parsed(['-'], {
      stdin: stdin(),
      onOutput: (text) => {
        if (text.includes('failed')) seen.resolve();
      },
    });
    expect(records).toMatchObject([{ physicalLines: 2 }, { body: '\tat g' }]);
  });

  test('tells when a clock is wrong', async () => {
    const lines = [1, 2, 3].map(
      (n) => `2026-06-02T01:14:0${n}.1Z stdout F 2026-06-02 09:14:0${n} x`,
    );
    const path = fileOf('late.log', lines.join('\n'));
    expect((await parsed([path, '--zone', 'UTC'])).stderr).toContain('28,799.9 s ahead of');
    // Without a zone the transport's time tells it.
    const told = await parsed([path]);
    expect(told.stderr).not.toContain('clock');
    expect(told.records).toMatchObject([{ timestamp: '1780362841000000000' }, {}, {}]);
  });
});
