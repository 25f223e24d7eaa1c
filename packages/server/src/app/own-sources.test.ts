/** A server that collects from everything at once: files, a journal, an engine, a cluster and a node's pod files. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectorListSchema } from '@tendril/api/collectors';
import { isPeerMissing } from '@tendril/testkit/debian-peer';
import { FakeEngine } from '@tendril/testkit/docker/fake-engine';
import { JOURNAL_REMOTE, writeJournal } from '@tendril/testkit/journal-folder';
import { FakeCluster } from '@tendril/testkit/kubernetes/fake-cluster';
import { kubeConfigOf } from '@tendril/testkit/kubernetes/kube-config-file';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

interface Found {
  readonly body: string;
  readonly serviceName: string;
  readonly resource: Readonly<Record<string, unknown>>;
}

let folder: string;
let cluster: FakeCluster;
let engine: FakeEngine;
let server: ServerFixture;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tendril-own-sources-'));
  cluster = await FakeCluster.start();
  engine = await FakeEngine.start(join(folder, 'docker.sock'));
  await writeFile(join(folder, 'kubeconfig'), kubeConfigOf(cluster, 'im'));
  vi.stubEnv('KUBECONFIG', join(folder, 'kubeconfig'));
});

afterAll(async () => {
  await server?.close();
  await cluster.close();
  await engine.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function found(): Promise<readonly Found[]> {
  const response = await fetch(`${server.server.url}/api/v1/logs/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from: '2026-01-01', to: 'now+1h', query: '*', limit: 100 }),
  });
  const events = (await response.text()).split('\n').filter(Boolean);
  return events
    .map((line) => JSON.parse(line) as { readonly record?: Found })
    .flatMap(({ record }) => record ?? []);
}

/** Kind, name's end and lines of what is said to be collected and well. */
async function collected(): Promise<readonly string[]> {
  const response = await fetch(`${server.server.url}/api/v1/collectors`);
  const { collectors } = collectorListSchema.parse(await response.json());
  return collectors
    .flatMap(({ sources }) => sources)
    .filter(({ lastLineAt, state }) => state === 'open' && lastLineAt !== null)
    .map(({ kind, lines, name }) => `${kind} ${name.split('/').at(-1)} ${lines}`);
}

const SOURCES = [
  'docker redis 1',
  'files app.log 1',
  'journald journald im.service 1',
  'kubernetes app 1',
  'kubernetes app 1',
];

describe.skipIf(isPeerMissing(JOURNAL_REMOTE))('own sources', { timeout: 60_000 }, () => {
  test('are stored under what they are of', async () => {
    const time = new Date().toISOString();
    const line = (text: string): string => `${time} ERROR ${text}`;
    await writeFile(join(folder, 'app.log'), `${line('of a file')}\n`);
    const journal = join(folder, 'journal');
    await mkdir(journal);
    const entry = { MESSAGE: line('of a unit'), _SYSTEMD_UNIT: 'im.service', _HOSTNAME: 'node-7' };
    await writeJournal(journal, [entry], Date.now());
    engine.add({ name: 'redis' }).write(line('of a container'));
    const pod = cluster.add({ namespace: 'im', name: 'push-1', labels: { app: 'push' } });
    pod.write(line('of a pod'));
    const onNode = cluster.add({ namespace: 'im', name: 'api-1', labels: { app: 'api' } });
    const logs = join(folder, 'pods', `im_api-1_${onNode.uid}`, 'app');
    await mkdir(logs, { recursive: true });
    const cri = `${time.slice(0, -1)}000000Z stderr F ${line('of a pod file')}\n`;
    await writeFile(join(logs, '0.log'), cri);
    const sources = {
      files: [{ include: [join(folder, 'app.log')], service: 'app', resource: { site: 'north' } }],
      journald: [{ directory: journal, units: ['im.service'] }],
      docker: [{ socket: engine.socketPath }],
      kubernetes: [
        { namespaces: ['im'], pods: 'push-*' },
        { from: 'files', folder: join(folder, 'pods'), pods: 'api', node: 'node-1' },
      ],
    };
    await writeFile(join(folder, 'sources.yaml'), JSON.stringify(sources));
    server = await startServerFixture({ sources: join(folder, 'sources.yaml') });
    await vi.waitFor(async () => expect((await found()).length).toBe(5), {
      timeout: 40_000,
      interval: 200,
    });
    const byBody = new Map((await found()).map((record) => [record.body, record]));
    expect(byBody.get('of a file')).toMatchObject({
      serviceName: 'app',
      resource: { site: 'north' },
    });
    const unit = { 'systemd.unit': 'im.service', 'host.name': 'node-7' };
    expect(byBody.get('of a unit')?.resource).toMatchObject(unit);
    expect(byBody.get('of a container')?.resource).toMatchObject({ 'container.name': 'redis' });
    expect(byBody.get('of a pod')).toMatchObject({
      serviceName: 'push',
      resource: { 'k8s.pod.name': 'push-1', 'k8s.node.name': 'node-1' },
    });
    expect(byBody.get('of a pod file')).toMatchObject({
      serviceName: 'api',
      resource: { 'k8s.pod.name': 'api-1', 'container.image.name': 'registry.example/app:1.2' },
    });
    await vi.waitFor(async () => expect((await collected()).toSorted()).toEqual(SOURCES), {
      timeout: 40_000,
      interval: 200,
    });
  });
});
