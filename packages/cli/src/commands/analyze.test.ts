/** `tendril analyze` on files as they lie on disk. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Analysis } from '@tendril/intake/analysis/analysis';
import { reportOf, type AnalysisReport } from '@tendril/intake/analysis/report';
import { formatsWith, knownErrorsOf, loadPacks } from '@tendril/intake/packs/load-packs';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partsOf } from '../analyzing/analyze-parts.ts';
import { analyzeInThreads } from '../analyzing/analyze-threads.ts';
import { EXIT } from '../exit.ts';
import { runCli } from '../testing/run-cli.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tendril-analyze-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const PANIC = [
  'panic: runtime error: index out of range [3] with length 3',
  '',
  'goroutine 1 [running]:',
  'main.deliver(0xc000010000)',
  '\t/app/deliver.go:41 +0x1d',
  'main.main()',
  '\t/app/main.go:10 +0x25',
  'exit status 2',
];

/** Some thousand lines of an IM server with a bad minute in them. */
function serverLog(): string {
  const lines: string[] = [];
  for (let second = 0; second < 1200; second += 1) {
    const time = new Date(Date.UTC(2026, 5, 2, 1, 0, second)).toISOString();
    const isBad = second >= 600 && second < 660;
    lines.push(
      `time=${time} level=info msg="message ${second} delivered" operationID=op${second} cost=${second % 40}ms`,
    );
    if (isBad) {
      lines.push(
        `time=${time} level=error msg="send msg failed: context deadline exceeded" operationID=op${second} errCode=500 cost=5${second % 10}00ms`,
      );
    }
    if (second === 650) lines.push(...PANIC);
  }
  return `${lines.join('\n')}\n`;
}

interface JsonReport extends AnalysisReport {
  readonly failures: readonly (AnalysisReport['failures'][number] & { readonly title: string })[];
}

describe('analyze', () => {
  test('names the error, when it peaked, the operations, what was slow and what is new', async () => {
    const path = join(folder, 'server.log');
    await writeFile(path, serverLog());
    const { code, stdout } = await runCli(['analyze', path, '--json']);
    expect(code).toBe(EXIT.ok);
    const report = JSON.parse(stdout) as JsonReport;
    expect(report.records).toBe(1261);
    expect(report.levels).toMatchObject({ error: 60, info: 1200 });
    expect(report.operations).toHaveLength(60);
    expect(report.newPatterns[0]).toMatchObject({
      template: 'send msg failed: context deadline exceeded',
      count: 60,
    });
    expect(report.durations[0]?.name).toContain('send msg failed');
    expect(report.durations[0]?.p50Ms).toBeGreaterThan(5_000);
    expect(report.stacks[0]).toMatchObject({ count: 1, title: PANIC[0] });
    expect(report.errors.peakMs).toBeGreaterThanOrEqual(Date.UTC(2026, 5, 2, 1, 10));
  });

  test('says it to people in their language', async () => {
    const path = join(folder, 'server.log');
    await writeFile(path, serverLog());
    const args = ['analyze', path, '--zone', 'Asia/Shanghai', '--rows', '3'];
    const english = await runCli(args);
    expect(english.stdout).toContain(
      '1,261 records · 2026-06-02 09:00:00 – 09:19:59 Asia/Shanghai',
    );
    expect(english.stdout).toContain('operations with errors  60');
    expect(english.stdout).toContain('… 57 more: --rows N');
    const chinese = await runCli([...args, '--lang', 'zh']);
    expect(chinese.stdout).toContain('出错的操作  60');
  });

  test('dates what spans days and years, and counts errors that state no time', async () => {
    const path = join(folder, 'years.log');
    const timed = Array.from({ length: 12 }, (_, minute) => {
      const time = new Date(Date.UTC(2025, 5, 24, 14, minute)).toISOString();
      return [`time=${time} level=info msg="one of many"`, `time=${time} level=info msg="two"`];
    });
    const later = 'time=2026-11-21T22:35:00Z level=warn msg="disk almost full"';
    await writeFile(path, [...timed.flat(), later, later, PANIC[0], ''].join('\n'));
    const { stdout } = await runCli(['analyze', path, '--zone', 'UTC']);
    expect(stdout).toMatch(/^errors +1$/m);
    expect(stdout).toContain('2026-11-21 22:35  disk almost full');
    expect(stdout).toContain('2025-06-24 14:11 – 2026-11-21 22:35  nothing for 515.3 d');
    expect(stdout).not.toContain('nothing for 59 s');
  });

  test('finds why a build failed', async () => {
    const log = [
      'go: downloading github.com/openimsdk/tools v0.0.50',
      'go: github.com/openimsdk/tools@v0.0.50: Get "https://proxy.golang.org/x": dial tcp 142.250.1.1:443: i/o timeout',
      'make: *** [build] Error 1',
    ].join('\n');
    const { stdout } = await runCli(['analyze', '-', '--json'], { stdin: stdinOf(log) });
    const { failures } = JSON.parse(stdout) as JsonReport;
    expect(failures.length).toBeGreaterThan(0);
  });

  test('names the step that failed, its exit code, and what both mean', async () => {
    const log = [
      '2024-05-11T08:00:07.0000000Z ##[group]Run make build',
      '2024-05-11T08:00:08.0000000Z sh: 1: mage: not found',
      '2024-05-11T08:00:09.0000000Z make: *** [Makefile:85: build] Error 127',
      '2024-05-11T08:00:09.1000000Z ##[error]Process completed with exit code 2.',
      '2024-05-11T08:00:09.2000000Z mongo exited with code 137',
    ].join('\n');
    const args = ['analyze', '-', '--zone', 'UTC'];
    const english = await runCli(args, { stdin: stdinOf(log) });
    expect(english.stdout).toContain('✗ Run make build  08:00:07 – 08:00:09');
    expect(english.stdout).toMatch(/exit code {3}127 {2}NOT_FOUND: The command was not found/);
    expect(english.stdout).toContain('Makefile:85: build');
    expect(english.stdout).toContain('Program is not installed');
    expect(english.stdout).toContain('SIGKILL');
    const chinese = await runCli([...args, '--lang', 'zh'], { stdin: stdinOf(log) });
    expect(chinese.stdout).toContain('失败的步骤');
    expect(chinese.stdout).toContain('127  NOT_FOUND: 找不到命令');
  });

  test('counts requests over time and how long they took, also where only a message says it', async () => {
    const lines = Array.from({ length: 40 }, (_, second) => {
      const status = second === 30 ? 502 : 200;
      const time = `2026-06-02 09:00:${String(second).padStart(2, '0')}`;
      return `${time} INFO [api] 10.0.0.${second % 3} - GET /api/users/${second}/avatar ${status} response_time=${second + 1}ms`;
    });
    const { stdout } = await runCli(['analyze', '-', '--json', '--zone', 'UTC'], {
      stdin: stdinOf(lines.join('\n')),
    });
    const { access, allDurations, durations } = JSON.parse(stdout) as JsonReport;
    expect(access).toMatchObject({
      requests: 40,
      statuses: [
        ['200', 39],
        ['502', 1],
      ],
      paths: [['GET /api/users/*/avatar', 40]],
      failedPaths: [['GET /api/users/*/avatar 502', 1]],
      times: { count: 40 },
      failedTimes: { count: 1, peakMs: Date.UTC(2026, 5, 2, 9, 0, 30) },
    });
    expect(access?.clients.map(([name]) => name)).toContain('10.0.0.1');
    expect(allDurations).toMatchObject({ count: 40, meanMs: 20.5, maxMs: 40 });
    expect(durations[0]?.name).toBe('GET /api/users/*/avatar');
  });

  test('takes no time for years without records', async () => {
    const lines = ['1999-01-01 00:00:00 ERROR disk full', '2026-06-02 09:00:00 ERROR disk full'];
    const { stdout } = await runCli(['analyze', '-', '--json', '--zone', 'UTC'], {
      stdin: stdinOf(lines.join('\n')),
    });
    expect((JSON.parse(stdout) as JsonReport).errors).toMatchObject({ count: 2, peakRatio: 1 });
  });

  test('shows no secret', async () => {
    const lines = Array.from(
      { length: 20 },
      (_, index) =>
        `2026-06-02T01:00:${10 + index}Z ERROR login failed password=hunter2secret user=u${index}`,
    );
    const { stdout } = await runCli(['analyze', '-', '--json'], {
      stdin: stdinOf(lines.join('\n')),
    });
    expect(stdout).toContain('login failed');
    expect(stdout).not.toContain('hunter2');
  });

  test('says when there is nothing, and goes on after a file that cannot be read', async () => {
    const nothing = await runCli(['analyze', '-'], { stdin: stdinOf('\n\n') });
    expect(nothing.code).toBe(EXIT.nothingFound);
    const binary = join(folder, 'core.dump');
    await writeFile(binary, Buffer.alloc(4096));
    const path = join(folder, 'server.log');
    await writeFile(path, serverLog());
    const mixed = await runCli(['analyze', binary, path]);
    expect(mixed.code).toBe(EXIT.partial);
    expect(mixed.stderr).toContain('core.dump');
    expect(mixed.stdout).toContain('1,261 records');
  });
});

describe('threads', () => {
  // Lines that joining, formats and known errors tell apart, and panics over the places where files are cut.
  const logs: Readonly<Record<string, () => string>> = { server: serverLog, mixed: mixedLog };
  test.each(Object.keys(logs))(
    'report of the %s log what one thread reports, whatever their number and the size of parts',
    { timeout: 60_000 },
    async (name) => {
      const path = join(folder, `${name}.log`);
      await writeFile(path, logs[name]?.() ?? '');
      const whole = await reportInParts(path, { partBytes: Infinity, threads: 1 });
      expect(whole.parts).toBe(1);
      for (const [partBytes, threads] of [
        [9_001, 1],
        [9_001, 3],
        [40_000, 2],
      ] as const) {
        const { parts, report } = await reportInParts(path, { partBytes, threads });
        expect(parts).toBeGreaterThan(3);
        expect(report).toEqual(whole.report);
      }
    },
  );

  test('read a log whole where lines depend on those before', async () => {
    const path = join(folder, 'build.log');
    const formats = formatsWith(loadPacks());
    await writeFile(path, 'Run make\ngcc -c a.c\n'.repeat(5_000));
    expect(await partsOf(path, formats, 9_001)).toHaveLength(1);
    await writeFile(path, '2026-06-02T09:14:03.1010000Z Run make\n'.repeat(3_000));
    expect(await partsOf(path, formats, 9_001)).toHaveLength(1);
  });
});

async function reportInParts(
  path: string,
  { partBytes, threads }: { readonly partBytes: number; readonly threads: number },
): Promise<{ readonly parts: number; readonly report: AnalysisReport }> {
  const packs = loadPacks();
  const redactionKey = Buffer.alloc(32, 7);
  const redactor = createRedactor({ key: redactionKey });
  const analysis = new Analysis({ known: knownErrorsOf(packs), redactor });
  const parts = await partsOf(path, formatsWith(packs), partBytes);
  await analyzeInThreads({
    parts,
    threads,
    settings: { origin: { hostZone: 'UTC' }, packFolders: [], redactionKey, sinceMs: undefined },
    signal: new AbortController().signal,
    onFound: (_part, { state, unreadable }) => {
      expect(unreadable).toBe('');
      analysis.absorb(state);
    },
    onRead: () => undefined,
  });
  return { parts: parts.length, report: reportOf(analysis) };
}

/** What stands between each other on a machine with many programs. */
function mixedLog(): string {
  const lines: string[] = [];
  for (let record = 0; record < 2_500; record += 1) {
    const at = new Date(Date.UTC(2026, 5, 2, 1, 0, record));
    const kind = MIXED[((record * 7919) % 101) % MIXED.length];
    lines.push(...(kind?.(at.toISOString(), record) ?? []));
  }
  return `${lines.join('\n')}\n`;
}

const MIXED: readonly ((time: string, n: number) => readonly string[])[] = [
  (time, n) => {
    const [day, clock] = [time.slice(0, 10), time.slice(11, 23)];
    return [
      `${day} ${clock}\t\u001b[31mERROR\u001b[0m\t[PID:7]\topenim-rpc-msg\t[v3.8.3\n]\t[server/logger.go:19]\trpc failed\t{"operationID": "op${n % 40}", "error": "1004 RecordNotFoundError", "cost": "${(n % 900) / 10}ms"}`,
    ];
  },
  (time) => [`${time}  WARN gateway::session: slow client peer=10.0.0.7`],
  (time, n) => [
    `{"level":"error","time":"${time}","msg":"dial tcp 10.0.0.${n % 9}:6379: connect: connection refused","caller":"a.go:3"}`,
  ],
  (time) => [`[${time.slice(0, 19).replace('T', ' ')}] worker started`, ...PANIC],
  (_time, n) => [
    `Jun  2 09:14:0${n % 9} host-3 sshd[71]: Failed password for root from 10.0.1.7 port ${n % 60_000} ssh2`,
  ],
  (time, n) => [
    `10.0.0.7 - - [02/Jun/2026:${time.slice(11, 19)} +0000] "GET /users/${n % 99} HTTP/1.1" ${n % 3 === 0 ? 502 : 200} 71 "-" "curl/8"`,
  ],
];

async function* stdinOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
