/**
 * The agent as a process: `npm run bench -- agent`. How many lines a second of one core it takes from a file to
 * the acknowledgement, what it costs while the server is away, and what 200 pods cost that write nothing. The server is
 * one that only counts, in another process's time.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeCluster } from '@tendril/testkit/kubernetes/fake-cluster';
import { kubeConfigOf } from '@tendril/testkit/kubernetes/kube-config-file';
import { writeOpenimFile } from '../analyze/openim-file.ts';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { threadSeconds, usageOf, type Usage } from '../process-usage.ts';
import { CountingServer } from './counting-server.ts';

const COMMAND = resolve(import.meta.dirname, '../../../packages/cli/bin/tendril.js');
const MEGABYTE = 1_000_000;
const LOOK_MS = 200;

export const agent: Benchmark = {
  name: 'agent',
  summary:
    'the agent: lines a second of a core to the acknowledgement; memory while the server is away; idle pods',
  options: {
    what: 'ship,away,pods',
    megabytes: '200',
    awaySeconds: '600',
    linesPerSecond: '5000',
    pods: '200',
    idleSeconds: '30',
  },
  async run(options) {
    const what = (options['what'] ?? '').split(',');
    const folder = await mkdtemp(join(tmpdir(), 'tendril-bench-agent-'));
    try {
      if (what.includes('ship')) await ship(folder, numberOption(options, 'megabytes'));
      if (what.includes('away')) await away(folder, options);
      if (what.includes('pods')) await idlePods(folder, options);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

async function ship(folder: string, megabytes: number): Promise<void> {
  const path = join(folder, 'openim.log');
  await writeOpenimFile(path, megabytes * MEGABYTE);
  const lineCount = (await readFile(path)).reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);
  const server = await CountingServer.start();
  const running = await startAgent(folder, { server: server.url, files: [{ include: [path] }] });
  const startedMs = performance.now();
  const marks = await marksOf(server, running, lineCount);
  const seconds = (performance.now() - startedMs - QUIET_MS) / 1000;
  const { cpuSeconds, peakRssBytes } = await running.stop();
  const linesPerRecord = lineCount / server.records;
  say(
    `ship: ${count(lineCount)} lines, ${count(server.records)} records in ${seconds.toFixed(1)} s, CPU ` +
      `${cpuSeconds.toFixed(1)} s: ${count(lineCount / cpuSeconds)} lines/s of a core with the start, peak ${mb(peakRssBytes)} MB`,
  );
  const [from, to] = [marks[0], marks.at(-1)];
  if (from && to) say(`after the first third: ${steadyText(from, to, linesPerRecord)}`);
  await server.close();
}

/** What had been taken by then, and what that had cost. */
interface Mark {
  readonly records: number;
  readonly cpuSeconds: number;
  readonly threads: ReadonlyMap<string, number>;
}

const QUIET_MS = 3_000;

/** From the first third on, whenever something has come, until nothing does. */
async function marksOf(
  server: CountingServer,
  running: RunningAgent,
  lineCount: number,
): Promise<readonly Mark[]> {
  const marks: Mark[] = [];
  const over = new AbortController();
  const quiet = server.quiet(QUIET_MS).then(() => over.abort());
  while (!over.signal.aborted) {
    await sleep(LOOK_MS);
    const { records } = server;
    if (records < lineCount / 3 || records === marks.at(-1)?.records) continue;
    const { cpuSeconds } = running.usage();
    marks.push({ records, cpuSeconds, threads: running.threads() });
  }
  await quiet;
  return marks;
}

function steadyText(from: Mark, to: Mark, linesPerRecord: number): string {
  const lines = (to.records - from.records) * linesPerRecord;
  const perLine = (seconds: number): string => ((seconds * 1e6) / lines).toFixed(1);
  const threads = [...to.threads]
    .map(([name, seconds]) => [name, perLine(seconds - (from.threads.get(name) ?? 0))] as const)
    .filter(([, microseconds]) => Number(microseconds) > 0)
    .map(([name, microseconds]) => `${name} ${microseconds}`);
  const cpuSeconds = to.cpuSeconds - from.cpuSeconds;
  return `${count(lines / cpuSeconds)} lines/s of a core, ${perLine(cpuSeconds)} µs a line: ${threads.join(', ')}`;
}

async function away(folder: string, options: Readonly<Record<string, string>>): Promise<void> {
  const awaySeconds = numberOption(options, 'awaySeconds');
  const perSecond = numberOption(options, 'linesPerSecond');
  const path = join(folder, 'away.log');
  await writeFile(path, '');
  const server = await CountingServer.start();
  const running = await startAgent(folder, { server: server.url, files: [{ include: [path] }] });
  await server.pause();
  let written = 0;
  for (let second = 0; second < awaySeconds; second += 1) {
    const startedMs = performance.now();
    const lines = Array.from({ length: perSecond }, (_, index) => {
      const time = new Date().toISOString();
      return `${time} ERROR message ${written + index} not delivered to userID=u${index} after 3 tries cost=12ms\n`;
    });
    await appendFile(path, lines.join(''));
    written += perSecond;
    await sleep(Math.max(0, 1000 - (performance.now() - startedMs)));
  }
  const rssAway = running.usage().rssBytes;
  await server.resume();
  await server.quiet(35_000);
  const { peakRssBytes } = await running.stop();
  say(
    `away: ${count(written)} lines over ${awaySeconds} s, ${count(server.records)} records taken after it, ` +
      `${count(written - server.records)} missing; RSS ${mb(rssAway)} MB, peak ${mb(peakRssBytes)} MB`,
  );
  await server.close();
}

async function idlePods(folder: string, options: Readonly<Record<string, string>>): Promise<void> {
  const pods = numberOption(options, 'pods');
  const idleSeconds = numberOption(options, 'idleSeconds');
  const cluster = await FakeCluster.start();
  for (let index = 0; index < pods; index += 1) {
    cluster.add({ namespace: 'im', name: `pod-${index}` }).write('ready');
  }
  const kubeConfig = join(folder, 'kubeconfig');
  await writeFile(kubeConfig, kubeConfigOf(cluster, 'im'));
  const server = await CountingServer.start();
  const config = { server: server.url, kubernetes: [{ namespaces: ['im'] }] };
  const running = await startAgent(folder, config, { KUBECONFIG: kubeConfig });
  await server.quiet(5_000);
  const { logRequests } = cluster;
  const before = running.usage();
  await sleep(idleSeconds * 1000);
  const after = running.usage();
  const share = (after.cpuSeconds - before.cpuSeconds) / idleSeconds;
  say(
    `pods: ${count(logRequests)} streams, idle for ${idleSeconds} s: ${(share * 100).toFixed(1)} % of a core, ` +
      `RSS ${mb(after.rssBytes)} MB`,
  );
  await running.stop();
  await server.close();
  await cluster.close();
}

interface RunningAgent {
  usage(): Usage;
  threads(): ReadonlyMap<string, number>;
  stop(): Promise<Usage>;
}

async function startAgent(
  folder: string,
  config: object,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningAgent> {
  const configPath = join(folder, 'agent.yaml');
  const dataDir = await mkdtemp(join(folder, 'data-'));
  await writeFile(configPath, JSON.stringify({ ...config, dataDir }));
  const child = spawn(
    process.execPath,
    ['--conditions=source', COMMAND, 'agent', '--config', configPath],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      // As the unit of systemd has it.
      env: { ...process.env, MALLOC_ARENA_MAX: '1', ...environment },
    },
  );
  await said(child);
  const usage = (): Usage => usageOf(child.pid ?? 0);
  return {
    usage,
    threads: () => threadSeconds(child.pid ?? 0),
    async stop() {
      const last = usage();
      const { promise, resolve: ended } = Promise.withResolvers<void>();
      child.once('exit', () => ended());
      child.kill('SIGTERM');
      await promise;
      return last;
    },
  };
}

/** Its first words; the rest is of no interest. */
async function said(child: ChildProcess): Promise<void> {
  const { promise, resolve: heard } = Promise.withResolvers<void>();
  child.stderr?.once('data', () => heard());
  await promise;
  child.stderr?.resume();
  await sleep(LOOK_MS);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function mb(bytes: number): number {
  return Math.round(bytes / MEGABYTE);
}
