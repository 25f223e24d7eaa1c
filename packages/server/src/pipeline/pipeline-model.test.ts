/**
 * Random histories of requests, failing disks, engines that come and go, searches and power losses,
 * against a model: what was acknowledged is stored once, nothing else is, and the accounts are exact.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InsertTarget } from './feed/inserter.ts';
import { FaultyFiles, systemError } from './testing/faulty-files.ts';
import {
  PipelineFixture,
  send,
  TEST_LIMITS,
  type TextPipeline,
} from './testing/pipeline-fixture.ts';

type Step =
  | { readonly kind: 'send'; readonly records: number; readonly rejected: number }
  | { readonly kind: 'retryAll' }
  | { readonly kind: 'reject' }
  | { readonly kind: 'flush' }
  | { readonly kind: 'engine'; readonly isAway: boolean }
  /** The answers of the next inserts get lost. */
  | { readonly kind: 'loseAnswers'; readonly count: number }
  | { readonly kind: 'failSync' }
  | { readonly kind: 'failWrite' }
  | { readonly kind: 'settle' }
  /** Power loss; in the middle of a round: after its write, before it is synced. */
  | { readonly kind: 'crash'; readonly kept: number; readonly isMidRound: boolean }
  | { readonly kind: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      records: fc.integer({ min: 0, max: 12 }),
      rejected: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'retryAll' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reject' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'flush' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('engine' as const), isAway: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('loseAnswers' as const),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'failSync' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'failWrite' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'settle' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      kept: fc.constantFrom(0, 0.3, 0.9, 1),
      isMidRound: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

const LIMITS = {
  ...TEST_LIMITS,
  frameBytes: 150,
  segmentBytesMax: 1200,
  feedMemoryFramesMax: 6,
  insert: { ...TEST_LIMITS.insert, recordsMax: 20 },
};

interface Request {
  readonly id: string;
  readonly texts: readonly string[];
  readonly rejected: number;
  isAcknowledged: boolean;
}

/** A run of the server, and what the model knows beside it. */
class History {
  readonly #fixture: PipelineFixture;
  readonly #requests: Request[] = [];
  readonly #sending = new Set<Promise<unknown>>();
  #pipeline: Promise<TextPipeline> | undefined;
  #files = new FaultyFiles({ syncs: false });
  #counted = 0;

  constructor(fixture: PipelineFixture) {
    this.#fixture = fixture;
  }

  async apply(step: Step): Promise<void> {
    switch (step.kind) {
      case 'send':
        this.#sendNew(step.records, step.rejected);
        return;
      case 'retryAll':
        for (const request of this.#requests.slice(-10)) void this.#send(request);
        return;
      case 'reject':
        (await this.#running()).countRejected('model', 'too_large', 1);
        this.#counted += 1;
        return;
      case 'flush':
        if (!this.#fixture.engine.isAway) await (await this.#running()).flush();
        return;
      case 'engine':
        this.#fixture.engine.isAway = step.isAway;
        return;
      case 'loseAnswers':
        this.#loseAnswers(step.count);
        return;
      case 'failSync':
        this.#failNext('sync');
        return;
      case 'failWrite':
        this.#failNext('write');
        return;
      case 'settle':
        await Promise.allSettled(this.#sending);
        return;
      case 'crash':
        await (step.isMidRound ? this.#crashMidRound(step.kept) : this.#crash(step.kept));
        return;
      case 'restart':
        await this.#stop();
        return;
    }
  }

  async start(): Promise<void> {
    await this.#running();
  }

  /** Everything is sent again until it is acknowledged, and fed; then all must add up. */
  async check(): Promise<void> {
    this.#fixture.engine.isAway = false;
    this.#fixture.engine.afterInsert = async () => undefined;
    this.#files.before = async () => undefined;
    await Promise.allSettled(this.#sending);
    await this.#checkStored(this.#requests.filter(({ isAcknowledged }) => isAcknowledged));
    for (const request of this.#requests) await this.#send(request);
    await this.#checkStored(this.#requests);
    expect(this.#texts()).toHaveLength(this.#requests.flatMap(({ texts }) => texts).length);
    await this.#stop();
    await this.#checkStored(this.#requests);
    await (await this.#running()).close(0);
  }

  async #checkStored(atLeast: readonly Request[]): Promise<void> {
    const pipeline = await this.#running();
    await pipeline.flush();
    const stored = this.#texts();
    const issued = new Set(this.#requests.flatMap(({ texts }) => texts));
    expect(new Set(stored).size).toBe(stored.length);
    expect(stored.filter((text) => !issued.has(text))).toEqual([]);
    const known = new Set(stored);
    expect(atLeast.flatMap(({ texts }) => texts).filter((text) => !known.has(text))).toEqual([]);
    this.#checkAccounts(pipeline, stored.length, atLeast);
  }

  #checkAccounts(pipeline: TextPipeline, stored: number, atLeast: readonly Request[]): void {
    const account = pipeline.accounts().find(({ source }) => source === 'model');
    if (account === undefined) {
      expect(atLeast).toEqual([]);
      return;
    }
    const { received, pending, rejected, quarantined, duplicate } = account;
    const malformed = rejected['malformed'] ?? 0;
    const tooLarge = rejected['too_large'] ?? 0;
    expect(account.stored).toBe(stored);
    expect({ pending, quarantined }).toEqual({ pending: 0, quarantined: 0 });
    expect(received).toBe(stored + malformed + tooLarge + duplicate);
    const sure = atLeast.reduce((sum, request) => sum + request.rejected, 0);
    const all = this.#requests.reduce((sum, request) => sum + request.rejected, 0);
    expect(malformed).toBeGreaterThanOrEqual(sure);
    expect(malformed).toBeLessThanOrEqual(all);
    // No request waits for these: those of the last second before a crash may be missing.
    expect(tooLarge).toBeLessThanOrEqual(this.#counted);
  }

  #texts(): readonly string[] {
    return this.#fixture.engine.texts();
  }

  #sendNew(records: number, rejected: number): void {
    const number = this.#requests.length;
    const texts = Array.from({ length: records }, (_, index) => `${number}-${index}`);
    const request = { id: `request ${number}`, texts, rejected, isAcknowledged: false };
    this.#requests.push(request);
    void this.#send(request);
  }

  #send(request: Request): Promise<void> {
    const sent = this.#sendOnce(request).finally(() => this.#sending.delete(sent));
    this.#sending.add(sent);
    return sent;
  }

  async #sendOnce(request: Request): Promise<void> {
    const { id, texts, rejected } = request;
    const options = { source: 'model', requestId: id, rejected: { malformed: rejected } };
    const pipeline = await this.#running();
    try {
      const outcome = await send(pipeline, texts, options);
      expect(outcome).toMatchObject({ accepted: texts.length, rejected: { malformed: rejected } });
      request.isAcknowledged = true;
    } catch (error) {
      // The sender does not know; it may try again.
      expect(error).toMatchObject({
        code: expect.stringMatching(/write_failed|disk_full|stopping/),
      });
    }
  }

  async #running(): Promise<TextPipeline> {
    this.#pipeline ??= this.#open();
    return await this.#pipeline;
  }

  async #open(): Promise<TextPipeline> {
    const files = new FaultyFiles({ syncs: false });
    files.before = this.#files.before;
    this.#files = files;
    const engine = engineOfOneRun(this.#fixture.engine, files);
    return await this.#fixture.open({ files, engine, limits: LIMITS });
  }

  async #crash(fractionKept: number): Promise<void> {
    const pipeline = await this.#running();
    await this.#files.crash(fractionKept);
    await Promise.allSettled(this.#sending);
    await pipeline.close(0);
    this.#pipeline = undefined;
    await this.start();
  }

  async #crashMidRound(fractionKept: number): Promise<void> {
    await Promise.allSettled(this.#sending);
    const { promise: isOff, reject: turnOff } = Promise.withResolvers<void>();
    const { promise: isWritten, resolve: noteWritten } = Promise.withResolvers<void>();
    this.#files.before = async (operation, path) => {
      if (operation !== 'sync' || !path.endsWith('.wal')) return;
      noteWritten();
      await isOff;
    };
    this.#sendNew(12, 1);
    await isWritten;
    // Before the round learns of it, so that it cannot tidy up.
    const crashed = this.#crash(fractionKept);
    turnOff(new Error('the machine is off'));
    this.#files.before = async () => undefined;
    await crashed;
  }

  async #stop(): Promise<void> {
    const pipeline = await this.#running();
    await pipeline.close(0);
    await Promise.allSettled(this.#sending);
    this.#pipeline = undefined;
    await this.start();
  }

  #loseAnswers(count: number): void {
    let left = count;
    this.#fixture.engine.afterInsert = async () => {
      left -= 1;
      if (left >= 0) throw new Error('connection reset');
    };
  }

  #failNext(operation: 'sync' | 'write'): void {
    let isDone = false;
    this.#files.before = async (current, path) => {
      // Nor can what was written be taken back.
      if (current === 'truncate') throw systemError('EIO');
      if (current !== operation || isDone || !path.endsWith('.wal')) return;
      isDone = true;
      throw systemError(operation === 'sync' ? 'EIO' : 'ENOSPC');
    };
  }
}

/** A server that is off inserts nothing more. */
function engineOfOneRun(engine: InsertTarget, files: FaultyFiles): InsertTarget {
  return {
    insertNative: async (insert) => {
      if (files.isDead) throw new Error('the machine is off');
      await engine.insertNative(insert);
    },
  };
}

describe('any history of the pipeline', () => {
  test('keeps what was acknowledged once, and its accounts exact', async () => {
    const histories = fc.array(step, { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        const fixture = await PipelineFixture.create();
        try {
          const history = new History(fixture);
          await history.start();
          for (const next of steps) await history.apply(next);
          await history.check();
        } finally {
          await fixture.remove();
        }
      }),
      { numRuns: 150, endOnFailure: false },
    );
  }, 120_000);
});
