import { describe, expect, test } from 'vitest';
import type { LogRecord } from '@tendril/model/log-record';
import type { TailEvent } from '../pipeline.ts';
import { PipelineFixture, send } from '../testing/pipeline-fixture.ts';
import { TextBatch } from '../testing/text-batch.ts';
import { TailHub, type TailHubOptions, type TailSource } from './tail-hub.ts';

const ALL = (): boolean => true;

describe('the live tail', () => {
  test('gives matching records, with their ids, in order', async () => {
    const hub = createHub();
    const events = follow(hub, ({ body }) => body !== 'b');
    hub.prepare(batchOf(['a', 'b', 'c']))();
    expect(await take(events, 2)).toMatchObject([
      { kind: 'record', record: { id: '0100000000070000', body: 'a' } },
      { kind: 'record', record: { id: '0100000000070002', body: 'c' } },
    ]);
  });

  test('begins when it is asked for, not when it is first read', async () => {
    const hub = createHub();
    const events = follow(hub, ALL);
    hub.prepare(batchOf(['a']))();
    expect(await take(events, 1)).toMatchObject([{ record: { body: 'a' } }]);
  });

  test('tells a slow reader how many were left out, and keeps the newest', async () => {
    const hub = createHub({ waitingMax: 3 });
    const slow = follow(hub, ALL);
    const quick = follow(hub, ({ body }) => body === '9');
    for (let index = 0; index < 10; index += 1) hub.prepare(batchOf([String(index)]))();
    expect(await take(slow, 4)).toMatchObject([
      { kind: 'skipped', count: 7 },
      { kind: 'record', record: { body: '7' } },
      { kind: 'record', record: { body: '8' } },
      { kind: 'record', record: { body: '9' } },
    ]);
    expect(await take(quick, 1)).toMatchObject([{ record: { body: '9' } }]);
  });

  test('leaves out what it has no time for, until the next second', async () => {
    let nowMs = 5000;
    const hub = createHub({ budgetMsPerSecond: 10, monotonicMs: () => nowMs });
    const events = follow(hub, () => {
      nowMs += 1;
      return true;
    });
    hub.prepare(batchOf(numbered(100)))();
    hub.prepare(batchOf(numbered(5)))();
    nowMs += 1000;
    hub.prepare(batchOf(['later']))();
    const [skipped, ...records] = await take(events, 34);
    // It looks at the clock every 32 records.
    expect(skipped).toEqual({ kind: 'skipped', count: 68 + 5 });
    expect(records.at(-1)).toMatchObject({ record: { body: 'later' } });
  });

  test('refuses the subscriber past the limit, and has room again when one leaves', async () => {
    const hub = createHub({ subscribersMax: 2 });
    const leave = new AbortController();
    hub.subscribe({ matches: ALL, signal: leave.signal });
    const second = follow(hub, ALL);
    expect(() => follow(hub, ALL)).toThrow(
      expect.objectContaining({ code: 'too_many_subscribers' }),
    );
    leave.abort();
    follow(hub, ALL);
    expect(() => follow(hub, ALL)).toThrow('2 are watching');
    await second.return?.();
    expect(() => follow(hub, ALL)).not.toThrow();
  });

  test('costs nothing while nobody watches', () => {
    const hub = createHub();
    expect(hub.isWatched).toBe(false);
    const leave = new AbortController();
    hub.subscribe({ matches: ALL, signal: leave.signal });
    expect(hub.isWatched).toBe(true);
    leave.abort();
    expect(hub.isWatched).toBe(false);
  });

  test('ends the subscription whose matcher throws, and no other', async () => {
    const hub = createHub();
    const bad = follow(hub, () => {
      throw new Error('no such field');
    });
    const good = follow(hub, ALL);
    hub.prepare(batchOf(['a']))();
    await expect(bad.next()).rejects.toThrow('no such field');
    expect(await take(good, 1)).toMatchObject([{ record: { body: 'a' } }]);
  });

  test('ends when it is closed or left', async () => {
    const hub = createHub();
    const leave = new AbortController();
    const left = hub.subscribe({ matches: ALL, signal: leave.signal })[Symbol.asyncIterator]();
    const waiting = left.next();
    const other = follow(hub, ALL).next();
    leave.abort();
    expect(await waiting).toMatchObject({ done: true });
    hub.close();
    expect(await other).toMatchObject({ done: true });
  });

  test('shows what was committed, and neither delays nor outlives ingest', async () => {
    const fixture = await PipelineFixture.create();
    const pipeline = await fixture.open();
    const never = new AbortController();
    for (let index = 0; index < 200; index += 1) {
      pipeline.tail({ matches: ALL, signal: never.signal });
    }
    expect(() => pipeline.tail({ matches: ALL, signal: never.signal })).toThrow('200 are watching');
    for (const text of numbered(20)) await send(pipeline, [text]);
    await pipeline.flush();
    expect(fixture.engine.texts()).toHaveLength(20);
    await pipeline.close(1000);
    await fixture.remove();
  });
});

function createHub(options: Partial<TailHubOptions> = {}): TailHub {
  const defaults = { subscribersMax: 10, waitingMax: 100, budgetMsPerSecond: 100 };
  return new TailHub({ ...defaults, monotonicMs: () => 0, ...options });
}

function follow(
  hub: TailHub,
  matches: (record: LogRecord) => boolean,
): AsyncIterator<TailEvent, void, void> {
  const { signal } = new AbortController();
  return hub.subscribe({ matches, signal })[Symbol.asyncIterator]();
}

async function take(
  events: AsyncIterator<TailEvent, void, void>,
  count: number,
): Promise<readonly TailEvent[]> {
  const taken: TailEvent[] = [];
  while (taken.length < count) {
    const { value } = await events.next();
    if (value === undefined) break;
    taken.push(value);
  }
  return taken;
}

function batchOf(texts: readonly string[]): TailSource {
  const batch = new TextBatch();
  for (const text of texts) batch.add(text);
  batch.encode({ server: 1, frame: 7, row: 0 });
  return { rowCount: texts.length, record: (row) => batch.record(row) };
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}
