/** The process is killed at moments of its life, and the sender tries again. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { KillablePipeline } from './testing/killable-pipeline.ts';
import { PipelineFixture } from './testing/pipeline-fixture.ts';

// Each start of a process takes a second on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let fixture: PipelineFixture;

beforeEach(async () => {
  fixture = await PipelineFixture.create();
});
afterEach(async () => {
  await fixture.remove();
});

describe('a kill', () => {
  test('between the WAL and the acknowledgement stores the repeated request once', async () => {
    const request = { kind: 'send', requestId: 'x', texts: ['a', 'b'] } as const;
    const first = await KillablePipeline.start(fixture.dataDir, fixture.engine);
    first.tell({ kind: 'hold' });
    first.tell(request);
    await first.next('held');
    await first.kill();
    const second = await KillablePipeline.start(fixture.dataDir, fixture.engine);
    const answer = second.next('acknowledged');
    second.tell(request);
    expect(await answer).toMatchObject({ requestId: 'x', duplicate: true });
    const flushed = second.next('flushed');
    second.tell({ kind: 'flush' });
    const { accounts } = await flushed;
    await second.kill();
    expect(fixture.engine.texts()).toEqual(['a', 'b']);
    expect(accounts).toMatchObject([{ received: 4, stored: 2, duplicate: 2, pending: 0 }]);
  });

  test('at any moment loses nothing that was acknowledged, and doubles nothing', async () => {
    const sender = new RetryingSender(fixture, 400);
    // After so many acknowledgements; sending and inserting go on around each.
    for (const acknowledgements of [1, 60, 7, 33, 90, 2]) {
      await sender.runAndKill(acknowledgements);
    }
    await sender.finish();
    const texts = fixture.engine.texts();
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.toSorted()).toEqual(sender.texts().toSorted());
  });
});

/** Keeps some requests under way, and sends those again that were not answered before a kill. */
class RetryingSender {
  readonly #fixture: PipelineFixture;
  readonly #waiting: Map<string, readonly string[]>;
  readonly #all: readonly string[];
  readonly #underWay = new Set<string>();

  constructor(fixture: PipelineFixture, requests: number) {
    this.#fixture = fixture;
    this.#waiting = new Map(
      Array.from({ length: requests }, (_, index) => [
        `request ${index}`,
        Array.from({ length: 1 + (index % 9) }, (_, row) => `${index}-${row}`),
      ]),
    );
    this.#all = [...this.#waiting.values()].flat();
  }

  texts(): readonly string[] {
    return this.#all;
  }

  async runAndKill(acknowledgements: number): Promise<void> {
    const pipeline = await this.#run(acknowledgements);
    await pipeline.kill();
  }

  async finish(): Promise<void> {
    const pipeline = await this.#run(this.#waiting.size);
    const flushed = pipeline.next('flushed');
    pipeline.tell({ kind: 'flush' });
    await flushed;
    await pipeline.kill();
  }

  async #run(acknowledgements: number): Promise<KillablePipeline> {
    const { dataDir, engine } = this.#fixture;
    const pipeline = await KillablePipeline.start(dataDir, engine);
    this.#underWay.clear();
    let left = acknowledgements;
    const { promise, resolve } = Promise.withResolvers<void>();
    pipeline.onMessage = (message) => {
      if (message.kind !== 'acknowledged') return;
      this.#waiting.delete(message.requestId);
      this.#underWay.delete(message.requestId);
      left -= 1;
      if (left === 0) resolve();
      this.#fill(pipeline);
    };
    this.#fill(pipeline);
    await promise;
    return pipeline;
  }

  #fill(pipeline: KillablePipeline): void {
    for (const [requestId, texts] of this.#waiting) {
      if (this.#underWay.size >= 6) return;
      if (this.#underWay.has(requestId)) continue;
      this.#underWay.add(requestId);
      pipeline.tell({ kind: 'send', requestId, texts });
    }
  }
}
