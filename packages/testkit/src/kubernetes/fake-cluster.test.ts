/** The fake cluster is one that the real kubectl takes for a cluster. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPeerMissing, runPeer } from '../debian-peer.ts';
import { FakeCluster, type FakePod } from './fake-cluster.ts';
import { kubeConfigOf } from './kube-config-file.ts';

const KUBECTL = '/usr/bin/kubectl';

let cluster: FakeCluster;
let folder: string;
let pod: FakePod;

beforeAll(async () => {
  cluster = await FakeCluster.start();
  folder = await mkdtemp(join(tmpdir(), 'tendril-kubectl-'));
  await writeFile(join(folder, 'config'), kubeConfigOf(cluster, 'im'));
  pod = cluster.add({ namespace: 'im', name: 'api-1', labels: { app: 'api' } });
  cluster.add({ namespace: 'im', name: 'push-1', labels: { app: 'push' } }).write('of push');
  pod.write('before the restart');
  pod.restart();
  for (const text of ['one', 'two', 'three']) pod.write(text, { afterNs: 2_000_000_000n });
});

afterAll(async () => {
  await cluster.close();
  await rm(folder, { recursive: true });
});

async function kubectl(...args: string[]): Promise<string> {
  return await runPeer(KUBECTL, args, environment());
}

function environment(): Record<string, string> {
  return { KUBECONFIG: join(folder, 'config'), HOME: folder };
}

describe.skipIf(isPeerMissing(KUBECTL))('kubectl', () => {
  test('lists pods', async () => {
    expect(await kubectl('get', 'pods', '-l', 'app=api', '-o', 'name')).toBe('pod/api-1\n');
    expect(await kubectl('get', 'pods', '-A')).toMatch(/im +api-1[^]*im +push-1/);
  });

  test('reads logs: whole, of the run before, the last lines, since a time, by label', async () => {
    expect(await kubectl('logs', 'api-1')).toBe('one\ntwo\nthree\n');
    expect(await kubectl('logs', 'api-1', '--previous')).toBe('before the restart\n');
    expect(await kubectl('logs', 'api-1', '--tail=1')).toBe('three\n');
    const [, , last = ''] = (await kubectl('logs', 'api-1', '--timestamps')).split('\n');
    const [time = ''] = last.split(' ');
    expect(await kubectl('logs', 'api-1', `--since-time=${time}`)).toContain('three\n');
    expect(await kubectl('logs', '-l', 'app=push', '--prefix')).toBe('[pod/push-1/app] of push\n');
  });

  test('follows a log', async () => {
    const args = ['logs', '-f', 'api-1', '--tail=0'];
    const child = spawn(KUBECTL, args, {
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const followed = cluster.logRequests;
    while (cluster.logRequests === followed)
      await new Promise((resolve) => void setImmediate(resolve));
    pod.write('while it follows');
    const [chunk] = await child.stdout.take(1).toArray();
    child.kill();
    expect(String(chunk)).toBe('while it follows\n');
  });
});
