/** Against an API server over real sockets that breaks as clusters break. */
import { FakeCluster, type FakePod } from '@tendril/testkit/kubernetes/fake-cluster';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SourceEvent, StreamPlace } from '../origin-lines.ts';
import type { FollowTiming } from './follow-container.ts';
import { followPods, type StartOfLogs } from './follow-pods.ts';
import { KubeApi } from './kube-api.ts';
import type { PodSelection } from './pod-selection.ts';

const TIMING: FollowTiming = { silentMs: 60, probeMs: 400, pauseMs: { min: 2, max: 20 } };
const ALL: StartOfLogs = { withPrevious: true };
const WAIT = { timeout: 20_000, interval: 5 };

let cluster: FakeCluster;

beforeEach(async () => {
  cluster = await FakeCluster.start();
});
afterEach(async () => await cluster.close());

/** What came out, and the places of each batch. */
class Follower {
  readonly texts: string[] = [];
  readonly events: SourceEvent[] = [];
  readonly resources: Map<string, Readonly<Record<string, unknown>>> = new Map();
  readonly places: Map<string, StreamPlace> = new Map();
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;

  constructor(
    selection: PodSelection = { namespaces: undefined },
    { places = [], start = ALL }: { places?: readonly StreamPlace[]; start?: StartOfLogs } = {},
    headers?: () => Promise<Record<string, string>>,
  ) {
    const api = new KubeApi({ url: cluster.url, ...(headers && { headers }) });
    this.done = this.run(
      followPods({
        api,
        selection,
        places,
        start,
        signal: this.stopping.signal,
        onEvent: (event) => this.events.push(event),
        timing: TIMING,
      }),
    ).finally(() => api.close());
  }

  private async run(source: ReturnType<typeof followPods>): Promise<void> {
    for await (const { lines, origin, placeAfter } of source) {
      this.texts.push(...lines.map((line) => line.slice(31)));
      this.resources.set(origin.name, origin.resource);
      const place = placeAfter(lines.length);
      this.places.set(place.id, place);
    }
  }

  async has(count: number): Promise<void> {
    await vi.waitFor(() => expect(this.texts.length).toBeGreaterThanOrEqual(count), WAIT);
  }

  losses(): readonly SourceEvent[] {
    return this.events.filter(({ kind }) => kind === 'possible_loss');
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.done;
  }
}

function numbered(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `line ${from + index}`);
}

describe('followPods', () => {
  test('gives each line once, with what the pod is', async () => {
    const pod = cluster.add({
      namespace: 'im',
      name: 'openim-push-5d4f8c7b9-x2x',
      labels: { app: 'openim-push' },
      deployment: 'openim-push',
    });
    pod.write('before');
    const follower = new Follower({ namespaces: ['im'] });
    await follower.has(1);
    pod.write('after');
    await follower.has(2);
    await follower.stop();
    expect(follower.texts).toEqual(['before', 'after']);
    expect(follower.resources.get('im/openim-push-5d4f8c7b9-x2x/app')).toMatchObject({
      'service.name': 'openim-push',
      'k8s.namespace.name': 'im',
      'k8s.pod.name': 'openim-push-5d4f8c7b9-x2x',
      'k8s.container.name': 'app',
      'k8s.deployment.name': 'openim-push',
      'k8s.node.name': 'node-1',
      'k8s.container.restart_count': 0,
      'container.image.name': 'registry.example/app:1.2',
    });
  });

  test('takes the pods that are meant: by namespace, name, label and container', async () => {
    const meant = { namespace: 'im', labels: { tier: 'back' }, containers: ['app', 'proxy'] };
    cluster.add({ ...meant, name: 'wasm-1' }).write('yes');
    cluster.add({ ...meant, name: 'other' }).write('other name');
    cluster.add({ ...meant, name: 'wasm-2', namespace: 'dev' }).write('other namespace');
    cluster.add({ ...meant, name: 'wasm-3', labels: { tier: 'front' } }).write('other label');
    cluster.add({ ...meant, name: 'wasm-4' }).write('other container', { container: 'proxy' });
    const follower = new Follower({
      namespaces: ['im'],
      pattern: 'wasm',
      labelSelector: 'tier=back',
      container: '^app$',
    });
    await follower.has(1);
    cluster.add({ ...meant, name: 'wasm-5' }).write('a new one');
    await follower.has(2);
    await follower.stop();
    expect(follower.texts).toEqual(['yes', 'a new one']);
  });

  test('goes on from its places after it was stopped', async () => {
    const pod = cluster.add({ namespace: 'im', name: 'api' });
    for (const text of numbered(0, 50)) pod.write(text, { afterNs: 0n });
    const first = new Follower();
    await first.has(50);
    await first.stop();
    for (const text of numbered(50, 50)) pod.write(text, { afterNs: 1n });
    const second = new Follower({ namespaces: undefined }, { places: [...first.places.values()] });
    await second.has(50);
    await second.stop();
    expect(second.texts).toEqual(numbered(50, 50));
    expect(second.losses()).toEqual([]);
  });

  test('begins with the run before a restart, or without it', async () => {
    const pod = cluster.add({ namespace: 'im', name: 'api' });
    pod.write('before the crash');
    pod.restart();
    pod.write('after it');
    const whole = new Follower();
    await whole.has(2);
    await whole.stop();
    const current = new Follower({ namespaces: undefined }, { start: { withPrevious: false } });
    await current.has(1);
    await current.stop();
    expect(whole.texts).toEqual(['before the crash', 'after it']);
    expect(current.texts).toEqual(['after it']);
  });

  test('a stream that died without a word is noticed and opened again', async () => {
    const pod = cluster.add({ namespace: 'im', name: 'api' });
    cluster.faults.isHanging = true;
    const follower = new Follower();
    await vi.waitFor(() => expect(cluster.logRequests).toBe(1), WAIT);
    pod.write('written while nothing came');
    cluster.faults.isHanging = false;
    await follower.has(1);
    await follower.stop();
    expect(follower.texts).toEqual(['written while nothing came']);
    expect(follower.events.map(({ detail }) => detail).join()).toContain('silent');
  });

  test('a log that was rotated before it was read is told as a possible loss', async () => {
    const pod = cluster.add({ namespace: 'im', name: 'api' });
    pod.write('read');
    const follower = new Follower();
    await follower.has(1);
    cluster.faults.refuse.push(...Array.from({ length: 20 }, () => 500));
    cluster.cut();
    pod.write('rotated away');
    pod.rotate();
    pod.write('in the new file');
    await follower.has(2);
    await follower.stop();
    expect(follower.texts).toEqual(['read', 'in the new file']);
    expect(follower.losses()).toHaveLength(1);
  });

  test('asks with the token that is valid now', async () => {
    cluster.faults.token = 'first';
    let token = 'first';
    const pod = cluster.add({ namespace: 'im', name: 'api' });
    pod.write('with the first');
    const follower = new Follower({ namespaces: undefined }, {}, async () => ({
      authorization: `Bearer ${token}`,
    }));
    await follower.has(1);
    cluster.faults.token = 'second';
    cluster.cut();
    await vi.waitFor(
      () => expect(follower.events.some(({ detail }) => detail.includes('401'))).toBe(true),
      WAIT,
    );
    token = 'second';
    pod.write('with the second');
    await follower.has(2);
    await follower.stop();
    expect(follower.texts).toEqual(['with the first', 'with the second']);
  });

  test('a pod of the same name is another pod', async () => {
    const first = cluster.add({ namespace: 'im', name: 'mongo-0' });
    first.write('of the first');
    const follower = new Follower();
    await follower.has(1);
    cluster.remove(first);
    cluster.add({ namespace: 'im', name: 'mongo-0' }).write('of the second');
    await follower.has(2);
    await follower.stop();
    expect(follower.texts).toEqual(['of the first', 'of the second']);
    expect(follower.losses()).toEqual([]);
  });

  type Step =
    | { readonly kind: 'write'; readonly count: number; readonly afterNs: bigint }
    | { readonly kind: 'cut' | 'end' | 'expire' | 'hang' | 'restart' | 'rotate' | 'pod' | 'stop' }
    | { readonly kind: 'refuse'; readonly statuses: readonly number[] };

  const STEP: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('write' as const),
        count: fc.integer({ min: 1, max: 40 }),
        afterNs: fc.constantFrom(0n, 1n, 40_000_000n, 1_500_000_000n),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constantFrom('cut', 'end', 'expire', 'hang', 'restart', 'rotate', 'pod', 'stop'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('refuse' as const),
        statuses: fc.array(fc.constantFrom(429, 500, 503), { minLength: 1, maxLength: 4 }),
      }),
    },
  );

  test('loses and doubles nothing, whatever is cut', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 5, maxLength: 60 }), async (steps) => {
        const run = new Run();
        for (const step of steps) await run.take(step);
        await run.end();
      }),
      { numRuns: 60 },
    );
  });

  class Run {
    private readonly pods: FakePod[] = [];
    private readonly written: string[][] = [];
    private readonly restarted: Set<FakePod> = new Set();
    private readonly read: string[] = [];
    private readonly losses: SourceEvent[] = [];
    private places: Map<string, StreamPlace> = new Map();
    private follower: Follower | undefined;
    private readonly namespace = `run-${Math.random().toString(36).slice(2)}`;

    async take(step: Step): Promise<void> {
      if (this.pods.length === 0) this.addPod();
      this.follower ??= this.start();
      switch (step.kind) {
        case 'write':
          this.write(step.count, step.afterNs);
          return;
        case 'cut':
          cluster.cut();
          return;
        case 'end':
          cluster.endAll();
          return;
        case 'expire':
          cluster.expireVersions();
          return;
        case 'hang':
          await this.hang();
          return;
        case 'restart':
          await this.restart();
          return;
        case 'rotate':
          // What is not read by then is lost by the rotation itself.
          await this.allRead();
          for (const pod of this.pods) pod.rotate('app', 20);
          return;
        case 'pod':
          if (this.pods.length < 6) this.addPod();
          return;
        case 'stop':
          await this.stop();
          return;
        case 'refuse':
          cluster.faults.refuse.push(...step.statuses);
          return;
        default:
          step satisfies never;
      }
    }

    async end(): Promise<void> {
      this.follower ??= this.start();
      await this.allRead();
      await this.stop();
      cluster.faults.refuse.length = 0;
      for (const pod of this.pods) cluster.remove(pod);
      for (const [index, lines] of this.written.entries()) {
        expect(this.read.filter((line) => line.startsWith(`${index}:`))).toEqual(lines);
      }
      expect(this.losses).toEqual([]);
    }

    private start(): Follower {
      const places = [...this.places.values()];
      return new Follower({ namespaces: [this.namespace] }, { places });
    }

    private async stop(): Promise<void> {
      const { follower } = this;
      if (!follower) return;
      await follower.stop();
      this.read.push(...follower.texts);
      this.losses.push(...follower.losses());
      this.places = new Map([...this.places, ...follower.places]);
      this.follower = undefined;
    }

    private addPod(): void {
      const name = `pod-${this.pods.length}`;
      this.pods.push(cluster.add({ namespace: this.namespace, name }));
      this.written.push([]);
    }

    private write(count: number, afterNs: bigint): void {
      for (let line = 0; line < count; line += 1) {
        const index = line % this.pods.length;
        const own = this.written[index] ?? [];
        const text = `${index}:${own.length}`;
        own.push(text);
        this.pods[index]?.write(text, { afterNs });
      }
    }

    private async hang(): Promise<void> {
      cluster.faults.isHanging = true;
      cluster.cut();
      this.write(3, 1n);
      cluster.faults.isHanging = false;
      await this.allRead();
    }

    /** One run before the current one is kept: the one before that must be read by then. */
    private async restart(): Promise<void> {
      const [pod] = this.pods;
      if (!pod) return;
      if (this.restarted.has(pod)) await this.allRead();
      this.restarted.add(pod);
      pod.restart();
      // Once it is read, so was what the run before wrote.
      this.write(1, 1n);
    }

    private async allRead(): Promise<void> {
      const expected = this.written.flat().length;
      await vi.waitFor(
        () => expect(this.read.length + (this.follower?.texts.length ?? 0)).toBe(expected),
        WAIT,
      );
    }
  }
});
