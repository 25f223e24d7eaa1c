/** Against an engine on a real socket. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeEngine } from '@tendril/testkit/docker/fake-engine';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Unwrapper } from '../../transport/unwrapper.ts';
import type { SourceEvent, StreamPlace } from '../origin-lines.ts';
import { DockerApi, dockerTarget } from './docker-api.ts';
import { followDocker, type DockerTiming } from './follow-containers.ts';

const TIMING: DockerTiming = {
  silentMs: 60,
  probeMs: 400,
  pauseMs: { min: 2, max: 20 },
  listEveryMs: 50,
};
const WAIT = { timeout: 20_000, interval: 5 };

let folder: string;
let engine: FakeEngine;
let number = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tendril-docker-'));
});
afterAll(async () => await rm(folder, { recursive: true }));
beforeEach(async () => {
  number += 1;
  engine = await FakeEngine.start(join(folder, `${number}.sock`));
});
afterEach(async () => await engine.close());

class Follower {
  readonly lines: string[] = [];
  readonly events: SourceEvent[] = [];
  readonly resources: Map<string, Readonly<Record<string, unknown>>> = new Map();
  readonly places: Map<string, StreamPlace> = new Map();
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;

  constructor(
    places: readonly StreamPlace[] = [],
    isMeant: (name: string) => boolean = () => true,
  ) {
    const api = new DockerApi(dockerTarget(`unix://${engine.socketPath}`));
    const options = { api, places, start: {}, signal: this.stopping.signal, timing: TIMING };
    this.done = this.run(
      followDocker({
        ...options,
        isMeant: ({ name }) => isMeant(name),
        onEvent: (event) => this.events.push(event),
      }),
    ).finally(() => api.close());
  }

  private async run(source: ReturnType<typeof followDocker>): Promise<void> {
    for await (const { lines, origin, placeAfter } of source) {
      this.lines.push(...lines);
      this.resources.set(origin.name, origin.resource);
      const place = placeAfter(lines.length);
      this.places.set(place.id, place);
    }
  }

  get texts(): readonly string[] {
    return this.lines.map((line) => new Unwrapper().unwrap(line)?.wrapped.text ?? line);
  }

  async has(count: number): Promise<void> {
    await vi.waitFor(() => expect(this.lines.length).toBeGreaterThanOrEqual(count), WAIT);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.done;
  }
}

describe('followDocker', () => {
  test('keeps outputs apart and parts of long lines marked', async () => {
    const container = engine.add({
      name: 'im-api-1',
      labels: { 'com.docker.compose.service': 'api', 'com.docker.compose.project': 'im' },
    });
    container.write('out');
    container.write('err', { output: 2 });
    container.write('first half, ', { isPartial: true });
    container.write('second half');
    const follower = new Follower();
    await follower.has(4);
    await follower.stop();
    expect(follower.lines.map((line) => line.slice(31))).toEqual([
      'stdout F out',
      'stderr F err',
      'stdout P first half, ',
      'stdout F second half',
    ]);
    expect(follower.resources.get('im-api-1')).toMatchObject({
      'service.name': 'api',
      'service.namespace': 'im',
      'container.name': 'im-api-1',
      'container.image.name': 'im-api-1:1.0',
    });
  });

  test('reads containers with a terminal, whose stream has no frames', async () => {
    const container = engine.add({ name: 'shell', hasTerminal: true });
    container.write('$ ls');
    const follower = new Follower();
    await follower.has(1);
    container.write('done');
    await follower.has(2);
    await follower.stop();
    expect(follower.texts).toEqual(['$ ls', 'done']);
  });

  test('a container whose log cannot be read is told of once', async () => {
    const silent = engine.add({ name: 'silent', hasNoLog: true });
    const container = engine.add({ name: 'api' });
    const follower = new Follower();
    container.write('one');
    await follower.has(1);
    silent.stop();
    silent.start();
    container.stop();
    container.start();
    container.write('two');
    await follower.has(2);
    engine.remove(silent);
    const told = (): readonly string[] =>
      follower.events.filter(({ path }) => path === 'silent').map(({ kind }) => kind);
    await vi.waitFor(() => expect(told()).toEqual(['opened', 'unreadable', 'closed']), WAIT);
    await follower.stop();
  });

  test('takes the containers that are meant, and none that asks to be left out', async () => {
    engine.add({ name: 'api' }).write('meant');
    engine.add({ name: 'db' }).write('not meant');
    engine.add({ name: 'api-2', labels: { 'tendril.collect': 'false' } }).write('left out');
    const follower = new Follower([], (name) => name.startsWith('api'));
    await follower.has(1);
    engine.add({ name: 'api-3' }).write('new');
    await follower.has(2);
    await follower.stop();
    expect(follower.texts).toEqual(['meant', 'new']);
  });

  type Step =
    | { readonly kind: 'write'; readonly count: number; readonly afterNs: bigint }
    | { readonly kind: 'cut' }
    | { readonly kind: 'stop' }
    | { readonly kind: 'restart' }
    | { readonly kind: 'container' };

  const STEP: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      kind: fc.constant('write' as const),
      count: fc.integer({ min: 1, max: 30 }),
      afterNs: fc.constantFrom(0n, 1n, 40_000_000n, 1_500_000_000n),
    }),
    fc.constantFrom<Step>(
      { kind: 'cut' },
      { kind: 'stop' },
      { kind: 'restart' },
      { kind: 'container' },
    ),
  );

  test('loses and doubles nothing over restarts and cuts', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 4, maxLength: 40 }), async (steps) => {
        const containers = [engine.add({ name: 'first' })];
        const written: string[] = [];
        const read: string[] = [];
        const places = new Map<string, StreamPlace>();
        const losses: SourceEvent[] = [];
        let follower: Follower | undefined;
        const stop = async (): Promise<void> => {
          await follower?.stop();
          read.push(...(follower?.texts ?? []));
          for (const [id, place] of follower?.places ?? []) places.set(id, place);
          losses.push(...(follower?.events ?? []).filter(({ kind }) => kind === 'possible_loss'));
          follower = undefined;
        };
        for (const step of steps) {
          follower ??= new Follower([...places.values()]);
          if (step.kind === 'cut') engine.cut();
          else if (step.kind === 'stop') await stop();
          else if (step.kind === 'container') containers.push(engine.add({ name: 'another' }));
          else if (step.kind === 'restart') {
            containers[0]?.stop();
            containers[0]?.start();
          } else {
            for (let line = 0; line < step.count; line += 1) {
              const text = `line ${written.length}`;
              written.push(text);
              containers[line % containers.length]?.write(text, { afterNs: step.afterNs });
            }
          }
        }
        follower ??= new Follower([...places.values()]);
        const own = follower;
        await vi.waitFor(
          () => expect(read.length + own.lines.length).toBeGreaterThanOrEqual(written.length),
          WAIT,
        );
        await stop();
        for (const container of containers) engine.remove(container);
        expect(read.toSorted(byNumber)).toEqual(written);
        expect(losses).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

function byNumber(left: string, right: string): number {
  return Number(left.slice(5)) - Number(right.slice(5));
}
