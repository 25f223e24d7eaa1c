/** `tendril analyze` over the pods of a cluster. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeCluster } from '@tendril/testkit/kubernetes/fake-cluster';
import { kubeConfigOf } from '@tendril/testkit/kubernetes/kube-config-file';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { runCli } from '../testing/run-cli.ts';

let cluster: FakeCluster;
let folder: string;

beforeEach(async () => {
  cluster = await FakeCluster.start();
  folder = await mkdtemp(join(tmpdir(), 'tendril-analyze-'));
  await writeFile(join(folder, 'config'), kubeConfigOf(cluster, 'im'));
});
afterEach(async () => {
  await cluster.close();
  await rm(folder, { recursive: true });
});

describe('tendril analyze of pods', () => {
  test('counts the errors of the pods that are meant, under their services', async () => {
    for (const name of ['openim-msggateway-a', 'openim-msggateway-b', 'openim-api-a']) {
      const pod = cluster.add({ namespace: 'im', name, labels: { app: name.slice(0, -2) } });
      for (let line = 0; line < 5; line += 1) {
        pod.write(`2026-06-02 08:00:0${line} ERROR index out of range argIndex=${line}`);
      }
    }
    const args = ['analyze', '-p', 'openim-msggateway', '--since', '3650d', '--json'];
    const environment = { KUBECONFIG: join(folder, 'config') };
    const { code, stderr, stdout } = await runCli(args, { environment });
    expect(code).toBe(EXIT.ok);
    expect(stderr).toContain('reading 2 logs of Kubernetes: fake, im');
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report['records']).toBe(10);
    expect(JSON.stringify(report['services'])).toContain('openim-msggateway');
    expect(stdout).not.toContain('openim-api');
  });

  test('prints what is known by now while it still reads', async () => {
    const pod = cluster.add({ namespace: 'im', name: 'openim-api-a' });
    pod.write('2026-06-02 08:00:00 ERROR index out of range');
    const late = cluster.add({ namespace: 'im', name: 'openim-api-b' });
    late.write('2026-06-02 08:00:01 ERROR of the log that comes late');
    const release = cluster.holdLogsOf(late);
    let isReleased = false;
    const { stdout } = await runCli(['analyze', '--since', '3650d'], {
      environment: { KUBECONFIG: join(folder, 'config') },
      width: 100,
      onOutput: (text) => {
        if (isReleased || !text.includes('index out of range')) return;
        isReleased = true;
        release();
      },
    });
    const [before = '', after = ''] = stdout.split('\u001b[J');
    expect(before).not.toContain('comes late');
    expect(after).toContain('comes late');
  });
});
