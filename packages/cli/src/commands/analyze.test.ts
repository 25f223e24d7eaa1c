/** `tendril analyze` on files as they lie on disk. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Analysis } from '@tendril/intake/analysis/analysis';
import { reportOf, type AnalysisReport } from '@tendril/intake/analysis/report';
import { formatsWith, knownErrorsOf, loadPacks } from '@tendril/intake/packs/load-packs';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linesOfPart, partsOf } from '../analyzing/analyze-parts.ts';
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
  test('count what one pass counts, wherever the file is cut', { timeout: 60_000 }, async () => {
    const path = join(folder, 'large.log');
    await writeFile(path, serverLog());
    const packs = loadPacks();
    const formats = formatsWith(packs);
    const key = Buffer.alloc(32, 7);
    const newAnalysis = (): Analysis =>
      new Analysis({ known: knownErrorsOf(packs), redactor: createRedactor({ key }) });
    const parts = await partsOf(path, formats, 10_000);
    expect(parts.length).toBeGreaterThan(10);
    let lines = 0;
    for (const part of parts) {
      for await (const batch of linesOfPart(part, new AbortController().signal)) {
        lines += batch.lines.length;
      }
    }
    expect(lines).toBe(serverLog().trimEnd().split('\n').length);
    const threaded = newAnalysis();
    await analyzeInThreads({
      parts,
      settings: {
        origin: { hostZone: 'UTC' },
        packFolders: [],
        redactionKey: key,
        sinceMs: undefined,
      },
      signal: new AbortController().signal,
      onState: (state) => threaded.absorb(state),
      onRead: () => undefined,
      onUnreadable: (where, reason) => expect.fail(`${where}: ${reason}`),
    });
    const { stdout } = await runCli(['analyze', path, '--json', '--zone', 'UTC']);
    const whole = JSON.parse(stdout) as JsonReport;
    const report = JSON.parse(JSON.stringify(reportOf(threaded))) as AnalysisReport;
    expect(summaryOf(report)).toEqual(summaryOf(whole));
  });
});

async function* stdinOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function summaryOf(report: AnalysisReport): object {
  const { errors, firstMs, joined, lastMs, levels, lines, operations, patterns, records, stacks } =
    report;
  return {
    records,
    lines,
    joined,
    levels,
    firstMs,
    lastMs,
    errors,
    operations: operations.map(({ operationId }) => operationId).toSorted(),
    patterns: patterns.map(({ count, template }) => `${count} ${template}`).toSorted(),
    stacks: stacks.map(({ count, title }) => `${count} ${title}`),
  };
}
