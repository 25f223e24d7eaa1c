/** `list` and `monitor` against a cluster over real sockets. */
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeCluster } from '@tendril/testkit/kubernetes/fake-cluster';
import { kubeConfigOf } from '@tendril/testkit/kubernetes/kube-config-file';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { runCli, type CliRun } from '../testing/run-cli.ts';

let cluster: FakeCluster;
let folder: string;

beforeEach(async () => {
  cluster = await FakeCluster.start();
  folder = await mkdtemp(join(tmpdir(), 'tendril-monitor-'));
  await writeFile(join(folder, 'config'), kubeConfigOf(cluster, 'im'));
});

afterEach(async () => {
  await cluster.close();
  await rm(folder, { recursive: true });
});

function environment(): Record<string, string> {
  return { KUBECONFIG: join(folder, 'config') };
}

/** Until so many lines came; `onLine` is told how many there are. */
async function monitor(
  args: readonly string[],
  lineCount: number,
  onLine: (count: number) => void = () => undefined,
): Promise<CliRun & { readonly lines: readonly string[] }> {
  const stopping = new AbortController();
  let count = 0;
  const run = await runCli(['monitor', ...args], {
    environment: environment(),
    signal: stopping.signal,
    onOutput: (text) => {
      count += text.split('\n').length - 1;
      if (count >= lineCount) stopping.abort();
      else onLine(count);
    },
  });
  return { ...run, lines: run.stdout.split('\n').slice(0, -1) };
}

describe('tendril list', () => {
  test('shows the pods of the namespace of the context, as a table and as JSON', async () => {
    cluster.add({ namespace: 'im', name: 'openim-push-1', containers: ['app', 'proxy'] });
    cluster.add({ namespace: 'dev', name: 'other' });
    const table = await runCli(['list'], { environment: environment() });
    expect(table.stdout).toMatch(/^namespace +pod +containers/);
    expect(table.stdout).toMatch(/im +openim-push-1 +app proxy +Running +0/);
    expect(table.stdout).not.toContain('other');
    const all = await runCli(['list', '-A', '--json'], { environment: environment() });
    const rows = all.stdout.trim().split('\n');
    expect(rows.map((row) => (JSON.parse(row) as { pod: string }).pod)).toEqual([
      'other',
      'openim-push-1',
    ]);
  });

  test('takes its flags before its name too', async () => {
    cluster.add({ namespace: 'dev', name: 'openim-push-1' });
    const args = ['-n', 'dev', '-p', 'push', 'list'];
    const { code, stdout } = await runCli(args, { environment: environment() });
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('openim-push-1');
  });

  test('says what there is when nothing is meant', async () => {
    cluster.add({ namespace: 'im', name: 'openim-push-1' });
    const name = await runCli(['list', '-p', 'wasm'], { environment: environment() });
    expect(name.code).toBe(EXIT.nothingFound);
    expect(name.stderr).toContain('openim-push-1');
    const namespace = await runCli(['list', '-n', 'prod'], { environment: environment() });
    expect(namespace.stderr).toContain('namespaces with pods: im');
  });

  test('says who refuses and why', async () => {
    cluster.faults.token = 'other';
    const refused = await runCli(['list'], { environment: environment() });
    expect(refused.code).toBe(EXIT.access);
    expect(refused.stderr).toContain('401');
    const none = await runCli(['list', '-n', 'im'], { environment: { HOME: folder } });
    expect(none.code).toBe(EXIT.error);
    expect(none.stderr).toContain('kubeconfig');
  });
});

describe('tendril monitor', () => {
  test('prints the lines of all pods in the order of their times, then what comes', async () => {
    const pods = ['a', 'b', 'c'].map((name) => cluster.add({ namespace: 'im', name }));
    for (let line = 0; line < 9; line += 1) pods[line % 3]?.write(`line ${line}`);
    let isWritten = false;
    const { code, lines } = await monitor([], 10, (count) => {
      if (count < 9 || isWritten) return;
      isWritten = true;
      pods[1]?.write('line 9');
    });
    expect(code).toBe(EXIT.interrupted);
    const numbers = lines.map((line) => /line (\d+)/.exec(line)?.[1]);
    expect(numbers).toEqual(Array.from({ length: 10 }, (_, index) => String(index)));
    expect(lines[1]).toContain('  b/app  ');
  });

  test('prints what a query finds, escaped, as raw lines or JSON', async () => {
    const pod = cluster.add({ namespace: 'im', name: 'a' });
    pod.write('2026-06-02 08:00:00 INFO all is well');
    pod.write('2026-06-02 08:00:01 ERROR index out of range \u001b]0;title\u0007 argIndex=1');
    const args = ['-q', '"index out of range"'];
    const raw = await monitor([...args, '-o', 'raw'], 1);
    expect(raw.lines).toEqual([
      '2026-06-02 08:00:01 ERROR index out of range ␛]0;title␇ argIndex=1',
    ]);
    const json = await monitor([...args, '--json'], 1);
    expect(JSON.parse(json.lines[0] ?? '')).toMatchObject({ log: 'a/app', severityText: 'ERROR' });
  });

  test('follows files that are named', async () => {
    const path = join(folder, 'api.log');
    await writeFile(path, 'old\n');
    const stopping = new AbortController();
    const writing = setInterval(() => void appendFile(path, 'new\n'), 20);
    const { stdout } = await runCli(['monitor', path, '-o', 'raw', '--tail', '9999'], {
      signal: stopping.signal,
      onOutput: () => stopping.abort(),
    });
    clearInterval(writing);
    // With the last lines that were there.
    expect(stdout).toMatch(/^old\n(new\n)*$/);
  });

  test('begins a file with what is newer than a time', async () => {
    const path = join(folder, 'timed.log');
    const lines = ['08:00:00 first', '09:00:00 second', '10:00:00 third'];
    await writeFile(path, lines.map((line) => `2026-06-02T${line.replace(' ', 'Z ')}\n`).join(''));
    const stopping = new AbortController();
    const args = ['monitor', path, '-o', 'raw', '--since', '2026-06-02T09:00:00Z'];
    const { stdout } = await runCli(args, {
      signal: stopping.signal,
      onOutput: (text) => text.includes('third') && stopping.abort(),
    });
    expect(stdout).toBe('2026-06-02T09:00:00Z second\n2026-06-02T10:00:00Z third\n');
  });

  test('says what is wrong with its flags', async () => {
    const output = await runCli(['monitor', '-o', 'yaml'], { environment: environment() });
    expect(output.code).toBe(EXIT.usage);
    cluster.add({ namespace: 'im', name: 'a' });
    const pattern = await runCli(['monitor', '-p', '('], { environment: environment() });
    expect(pattern.code).toBe(EXIT.usage);
  });
});

describe('tendril export of pods', () => {
  test('writes their lines with their names, as text or NDJSON', async () => {
    cluster.add({ namespace: 'im', name: 'a' }).write('of a');
    cluster.add({ namespace: 'im', name: 'b' }).write('of b');
    const text = await runCli(['export', '-n', 'im', '-t', '3650d'], {
      environment: environment(),
    });
    expect(text.code).toBe(EXIT.ok);
    expect(text.stdout).toMatch(/^im\/a\/app  \S+Z of a\nim\/b\/app  \S+Z of b\n$/);
    expect(text.stderr).toContain('2 lines of 2 logs');
    const file = join(folder, 'logs.ndjson');
    await runCli(['export', '-p', 'b', '--output', file], { environment: environment() });
    const [line = ''] = (await readFile(file, 'utf8')).split('\n');
    expect(JSON.parse(line)).toMatchObject({ log: 'im/b/app', resource: { 'k8s.pod.name': 'b' } });
  });
});
