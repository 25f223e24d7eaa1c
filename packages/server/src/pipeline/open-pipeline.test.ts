import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceAccount } from './pipeline.ts';
import { FaultyFiles, systemError } from './testing/faulty-files.ts';
import {
  PATIENT_LIMITS,
  PipelineFixture,
  send,
  TEST_LIMITS,
  type TextPipeline,
} from './testing/pipeline-fixture.ts';
import { isSpareName, parseSegmentName } from './wal/segment-name.ts';

let fixture: PipelineFixture;

beforeEach(async () => {
  fixture = await PipelineFixture.create();
});
afterEach(async () => {
  await fixture.remove();
});

describe('storing', () => {
  test('stores what it acknowledged, in order, and accounts for it', async () => {
    const pipeline = await fixture.open();
    await send(pipeline, ['a', 'b'], { rejected: { malformed: 2 } });
    await send(pipeline, ['c']);
    await pipeline.flush();
    expect(fixture.engine.texts()).toEqual(['a', 'b', 'c']);
    const nothing = { pending: 0, shed: 0, quarantined: 0, dropped: 0, duplicate: 0 };
    const rejected = { malformed: 2 };
    expect(pipeline.accounts()).toEqual([
      {
        source: 'test',
        received: 5,
        stored: 3,
        rejected,
        ...nothing,
        lastSeenMs: expect.any(Number),
        receivedPerSecond: 5 / 60,
      },
    ]);
    await pipeline.close(1000);
  });

  test('leaves nothing of a request whose decoding throws', async () => {
    const pipeline = await fixture.open();
    const decode = (): never => {
      throw new Error('cut short');
    };
    const sent = send(pipeline, ['a']);
    await expect(
      pipeline.ingest({
        source: 'test',
        decode: (sink) => {
          sink.batchForNextRecord().add('half', 0);
          return decode();
        },
      }),
    ).rejects.toThrow('cut short');
    await sent;
    await pipeline.flush();
    expect(fixture.engine.texts()).toEqual(['a']);
    expect(pipeline.accounts()).toMatchObject([{ received: 1, stored: 1 }]);
    await pipeline.close(1000);
  });

  test('cuts a request into frames and stores them all', async () => {
    const pipeline = await fixture.open({ limits: { ...TEST_LIMITS, frameBytes: 100 } });
    const texts = numbered('r', 50);
    await send(pipeline, texts);
    await pipeline.flush();
    expect(fixture.engine.texts()).toEqual(texts);
    expect(new Set(fixture.engine.lines().map(([id]) => id)).size).toBe(50);
    await pipeline.close(1000);
  });

  test('keeps every insert within 50 days', async () => {
    const pipeline = await fixture.open({ limits: PATIENT_LIMITS });
    for (let day = 0; day < 150; day += 1) await send(pipeline, [`day ${day}`], { day });
    await pipeline.flush();
    expect(fixture.engine.texts()).toHaveLength(150);
    const sizes = fixture.engine.inserts.filter(({ table }) => table === 'logs');
    expect(Math.max(...sizes.map(({ rows }) => rows))).toBe(50);
    await pipeline.close(1000);
  });

  test('inserts what records refer to first', async () => {
    const pipeline = await fixture.open();
    for (const text of numbered('r', 20)) {
      await send(pipeline, [text]);
      await pipeline.flush();
    }
    expect(fixture.engine.inserts.map(({ table }) => table)).toEqual(
      numbered('', 20).flatMap(() => ['resources', 'logs']),
    );
    await pipeline.close(1000);
  });

  test('removes a segment when all of it is stored', async () => {
    const limits = { ...PATIENT_LIMITS, segmentBytesMax: 1000 };
    const pipeline = await fixture.open({ limits });
    for (const text of numbered('r', 30)) await send(pipeline, [text.padEnd(100)]);
    expect((await segments()).length).toBeGreaterThan(5);
    await pipeline.flush();
    await pipeline.close(1000);
    expect((await segments()).length).toBeLessThanOrEqual(1);
  });

  test('writes over segments that are not needed any more, and takes nothing of theirs for its own', async () => {
    const limits = { ...PATIENT_LIMITS, segmentBytesMax: 3000 };
    const first = await fixture.open({ limits });
    const stored = numbered('stored ', 60);
    for (const text of stored) await send(first, [text.padEnd(100)]);
    await first.flush();
    await first.close(1000);
    expect(await spares()).toHaveLength(2);
    const second = await fixture.open({ limits });
    expect(await spares()).toHaveLength(1);
    await send(second, ['after']);
    await second.close(0);
    const third = await fixture.open();
    const clean = { pendingRecords: 1, quarantinedFrames: 0, unknown: 0, tornBytes: 0 };
    expect(third.replayed).toMatchObject(clean);
    await third.flush();
    expect(fixture.engine.texts().map((text) => text.trim())).toEqual([...stored, 'after']);
    await third.close(1000);
  });
});

describe('a restart', () => {
  test('feeds what was pending', async () => {
    fixture.engine.isAway = true;
    const first = await fixture.open({ limits: PATIENT_LIMITS });
    await send(first, ['a', 'b']);
    await first.close(0);
    fixture.engine.isAway = false;
    const second = await fixture.open();
    expect(second.replayed).toMatchObject({ pendingRecords: 2, quarantinedFrames: 0 });
    await second.flush();
    expect(fixture.engine.texts()).toEqual(['a', 'b']);
    expect(second.accounts()).toMatchObject([{ received: 2, stored: 2, pending: 0 }]);
    await second.close(1000);
  });

  test('repeats an insert whose answer got lost as it was, so that nothing is doubled', async () => {
    const first = await fixture.open({ limits: PATIENT_LIMITS });
    await send(first, ['a']);
    await send(first, ['b']);
    fixture.engine.afterInsert = async ({ table }) => {
      if (table === 'logs') throw new Error('connection reset');
    };
    await expect(first.flush(AbortSignal.timeout(50))).rejects.toThrow();
    await send(first, ['c']);
    await first.close(0);
    fixture.engine.afterInsert = async () => undefined;
    const second = await fixture.open();
    await second.flush();
    expect(fixture.engine.texts()).toEqual(['a', 'b', 'c']);
    expect(second.accounts()).toMatchObject([{ received: 3, stored: 3 }]);
    await second.close(1000);
  });

  test('never uses a frame number twice, even when the WAL was deleted', async () => {
    const first = await fixture.open();
    await send(first, ['a']);
    await first.flush();
    await first.close(1000);
    await fixture.remove();
    const second = await fixture.open({ nowMs: () => Date.now() + 1000 });
    await send(second, ['b']);
    await second.flush();
    expect(new Set(fixture.engine.lines().map(([id]) => id)).size).toBe(2);
    await second.close(1000);
  });
});

describe('a repeated request', () => {
  test('is answered as the first one was, while that is under way', async () => {
    const pipeline = await fixture.open();
    const rejected = { malformed: 1 };
    const requests = [1, 2, 3].map(() => send(pipeline, ['a'], { requestId: 'x', rejected }));
    const outcomes = await Promise.all(requests);
    expect(outcomes.map(({ duplicate }) => duplicate)).toEqual([false, true, true]);
    expect(outcomes[2]).toMatchObject({ accepted: 1, rejected });
    await pipeline.flush();
    expect(fixture.engine.texts()).toEqual(['a']);
    expect(pipeline.accounts()).toMatchObject([{ received: 6, stored: 1, rejected, duplicate: 4 }]);
    await pipeline.close(1000);
  });

  test('fails as the first one does, and may then be sent again', async () => {
    const files = new FaultyFiles();
    const pipeline = await fixture.open({ files });
    files.before = async (operation) => {
      if (operation === 'sync') throw systemError('EIO');
    };
    const requests = [1, 2].map(() => send(pipeline, ['a'], { requestId: 'x' }));
    const outcomes = await Promise.allSettled(requests);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    files.before = async () => undefined;
    expect(await send(pipeline, ['a'], { requestId: 'x' })).toMatchObject({ duplicate: false });
    await pipeline.flush();
    expect(fixture.engine.texts()).toEqual(['a']);
    await pipeline.close(1000);
  });

  test('is known after a restart, also when its segment is gone', async () => {
    const limits = { ...TEST_LIMITS, segmentBytesMax: 1 };
    const first = await fixture.open({ limits });
    await send(first, ['a'], { requestId: 'x' });
    await send(first, ['b'], { requestId: 'y' });
    await first.flush();
    await first.close(1000);
    const second = await fixture.open({ limits });
    const ids = (await readdir(fixture.walDir)).filter((name) => name.endsWith('.ids'));
    expect(ids).toHaveLength(1);
    expect(await send(second, ['a'], { requestId: 'x' })).toMatchObject({ duplicate: true });
    await second.close(1000);
    const third = await fixture.open({ limits });
    expect(await send(third, ['a'], { requestId: 'x' })).toMatchObject({ duplicate: true });
    await third.flush();
    expect(fixture.engine.texts()).toEqual(['a', 'b']);
    expect(third.accounts()).toMatchObject([{ received: 4, stored: 2, duplicate: 2 }]);
    await third.close(1000);
  });

  test('is new after ten minutes', async () => {
    let nowMs = Date.now();
    const pipeline = await fixture.open({ nowMs: () => nowMs });
    await send(pipeline, ['a'], { requestId: 'x' });
    nowMs += 10 * 60_000;
    expect(await send(pipeline, ['b'], { requestId: 'x' })).toMatchObject({ duplicate: true });
    nowMs += 1;
    expect(await send(pipeline, ['c'], { requestId: 'x' })).toMatchObject({ duplicate: false });
    await pipeline.close(1000);
  });

  test('is told apart by its source', async () => {
    const pipeline = await fixture.open();
    await send(pipeline, ['a'], { requestId: 'x', source: 'one' });
    const other = await send(pipeline, ['b'], { requestId: 'x', source: 'two' });
    expect(other.duplicate).toBe(false);
    await pipeline.close(1000);
  });
});

describe('an engine', () => {
  test('that is away stops nothing until the WAL is full', async () => {
    fixture.engine.isAway = true;
    const limits = { ...TEST_LIMITS, walBytesMax: 20_000, segmentBytesMax: 2000 };
    const pipeline = await fixture.open({ limits });
    const sent: string[] = [];
    const failure = await sendUntilRefused(pipeline, sent);
    expect(failure).toMatchObject({ code: 'overloaded', params: { retryAfterSeconds: 5 } });
    expect(sent.length).toBeGreaterThan(10);
    expect(pipeline.status()).toMatchObject({ refusing: 'wal_full', pendingRecords: sent.length });
    fixture.engine.isAway = false;
    await pipeline.flush();
    expect(fixture.engine.texts()).toEqual(sent);
    await expect.poll(() => pipeline.status().refusing).toBe(undefined);
    await send(pipeline, ['again']);
    await pipeline.close(1000);
  });

  test('that was away gets more than fits in memory, in order', async () => {
    fixture.engine.isAway = true;
    const limits = { ...TEST_LIMITS, feedMemoryFramesMax: 3, segmentBytesMax: 2000 };
    const pipeline = await fixture.open({ limits });
    const texts = numbered('r', 200);
    for (const text of texts.slice(0, 100)) await send(pipeline, [text]);
    fixture.engine.isAway = false;
    for (const text of texts.slice(100)) await send(pipeline, [text]);
    await pipeline.flush();
    expect(fixture.engine.texts()).toEqual(texts);
    await pipeline.close(1000);
  });

  test('that refuses one frame costs that frame only', async () => {
    fixture.engine.refused = 'bad';
    const pipeline = await fixture.open({ limits: PATIENT_LIMITS });
    const texts = numbered('r', 40).map((text, index) => (index === 17 ? 'bad' : text));
    for (const text of texts) await send(pipeline, [text]);
    await pipeline.flush();
    expect(fixture.engine.texts().toSorted()).toEqual(
      texts.filter((text) => text !== 'bad').toSorted(),
    );
    expect(fixture.engine.rows('resources')).toHaveLength(40);
    expect(pipeline.accounts()).toMatchObject([{ received: 40, stored: 39, quarantined: 1 }]);
    expect(pipeline.status().quarantinedFrames).toBe(1);
    const kept = await readdir(join(fixture.dataDir, 'quarantine'));
    expect(kept.filter((name) => name.endsWith('-logs.bin'))).toHaveLength(1);
    await pipeline.close(1000);
  });

  test('that one frame breaks every time goes on with the others', async () => {
    fixture.engine.beforeInsert = async ({ blocks }) => {
      if (Buffer.concat(blocks).includes('poison')) throw new Error('socket hang up');
    };
    const limits = { ...TEST_LIMITS, insert: { ...TEST_LIMITS.insert, recordsMax: 10 } };
    const pipeline = await fixture.open({ limits });
    const texts = numbered('r', 60).map((text, index) => (index === 3 ? 'poison' : text));
    for (const text of texts) await send(pipeline, [text]);
    // What comes later shows that the engine works.
    const flushed = pipeline.flush().then(() => 'flushed');
    const sendMore = async (): Promise<string> => {
      await send(pipeline, ['later']);
      return 'sent';
    };
    while ((await Promise.race([flushed, sendMore()])) === 'sent');
    await sendMore();
    await pipeline.flush();
    const stored = new Set(fixture.engine.texts());
    expect(texts.filter((text) => !stored.has(text))).toEqual(['poison']);
    expect(pipeline.accounts()).toMatchObject([{ quarantined: 1, pending: 0 }]);
    await pipeline.close(1000);
  });

  test('gets searches in one insert', async () => {
    const limits = { ...PATIENT_LIMITS, feed: { ...PATIENT_LIMITS.feed, forcedEveryMs: 800 } };
    const pipeline = await fixture.open({ limits });
    await send(pipeline, ['a']);
    await pipeline.flush();
    await send(pipeline, ['b']);
    const early = pipeline.flush();
    await send(pipeline, ['c']);
    await Promise.all([early, pipeline.flush(), pipeline.flush()]);
    expect(fixture.engine.texts()).toEqual(['a', 'b', 'c']);
    expect(fixture.engine.inserts.filter(({ table }) => table === 'logs')).toHaveLength(2);
    await pipeline.close(1000);
  });

  test('that is away lets a search give up', async () => {
    fixture.engine.isAway = true;
    const pipeline = await fixture.open();
    await send(pipeline, ['a']);
    const abort = new AbortController();
    const flushed = pipeline.flush(abort.signal);
    abort.abort(new Error('gone'));
    await expect(flushed).rejects.toThrow('gone');
    await pipeline.close(0);
  });
});

describe('a disk', () => {
  test('whose sync fails costs the round, and nothing else', async () => {
    const files = new FaultyFiles();
    const first = await fixture.open({ files, limits: PATIENT_LIMITS });
    await send(first, ['a']);
    let failures = 1;
    files.before = async (operation) => {
      if (operation === 'sync' && failures-- > 0) throw systemError('EIO');
    };
    await expect(send(first, ['lost'])).rejects.toMatchObject({ code: 'write_failed' });
    await send(first, ['b']);
    expect(await segments()).toHaveLength(2);
    await first.flush();
    await first.close(1000);
    const second = await fixture.open();
    await second.flush();
    expect(fixture.engine.texts()).toEqual(['a', 'b']);
    expect(second.accounts()).toMatchObject([{ received: 2, stored: 2 }]);
    await second.close(1000);
  });

  test('that is failing when the server stops: refused records do not come back', async () => {
    fixture.engine.isAway = true;
    const files = new FaultyFiles();
    const first = await fixture.open({ files, limits: PATIENT_LIMITS });
    await send(first, ['a']);
    let failures = 1;
    files.before = async (operation) => {
      if (operation === 'sync' && failures-- > 0) throw systemError('EIO');
    };
    await expect(send(first, ['x'], { requestId: '1' })).rejects.toThrow();
    await send(first, ['x'], { requestId: '1' });
    await first.close(0);
    fixture.engine.isAway = false;
    const second = await fixture.open();
    await second.flush();
    expect(fixture.engine.texts()).toEqual(['a', 'x']);
    await second.close(1000);
  });

  test('that is full refuses before the write and takes requests again by itself', async () => {
    let freeBytes = 1000;
    const limits = {
      ...TEST_LIMITS,
      disk: { usedFractionMax: 0.92, freeBytesMin: 1000 },
      diskLookEveryMs: 1,
    };
    const measureDisk = async (): Promise<{ freeBytes: number; usedFraction: number }> => ({
      freeBytes,
      usedFraction: 0.5,
    });
    const pipeline = await fixture.open({ limits, measureDisk });
    await send(pipeline, ['a']).catch(() => undefined);
    freeBytes = 999;
    await expect.poll(() => pipeline.status().refusing).toBe('disk_full');
    const params = { retryAfterSeconds: 10 };
    await expect(send(pipeline, ['b'])).rejects.toMatchObject({ code: 'disk_full', params });
    freeBytes = 1_000_000;
    await expect.poll(() => pipeline.status().refusing).toBe(undefined);
    await send(pipeline, ['c']);
    await pipeline.close(1000);
  });

  test('that is full in the middle of a write says so', async () => {
    const files = new FaultyFiles();
    const pipeline = await fixture.open({ files });
    files.before = async (operation) => {
      if (operation === 'write') throw systemError('ENOSPC');
    };
    await expect(send(pipeline, ['a'])).rejects.toMatchObject({ code: 'disk_full' });
    files.before = async () => undefined;
    await send(pipeline, ['b']);
    await pipeline.flush();
    expect(fixture.engine.texts()).toEqual(['b']);
    await pipeline.close(1000);
  });

  test('that stalls makes requests wait up to a limit', async () => {
    const files = new FaultyFiles();
    const pipeline = await fixture.open({
      files,
      limits: { ...TEST_LIMITS, waitingBytesMax: 500 },
    });
    const { promise: stall, resolve: goOn } = Promise.withResolvers<void>();
    files.before = () => stall;
    const texts = numbered('r', 30);
    const waiting = texts.map((text) => send(pipeline, [text]));
    const outcomes = Promise.allSettled(waiting);
    await expect(waiting.at(-1)).rejects.toMatchObject({ code: 'overloaded' });
    goOn();
    const results = await outcomes;
    await pipeline.flush();
    expect(fixture.engine.texts()).toEqual(
      texts.filter((_, index) => results[index]?.status === 'fulfilled'),
    );
    await pipeline.close(1000);
  });
});

describe('accounts', () => {
  test('count what a receiver refused, and keep it over a restart', async () => {
    const first = await fixture.open();
    first.countRejected('syslog-udp', 'too_large', 3);
    first.countRejected('syslog-udp', 'overloaded', 2);
    await first.close(1000);
    const second = await fixture.open();
    const expected: Partial<SourceAccount> = { received: 5, rejected: { too_large: 3 }, shed: 2 };
    expect(second.accounts()).toMatchObject([{ source: 'syslog-udp', ...expected }]);
    await second.close(1000);
  });

  test('put sources past the 64th under "other"', async () => {
    const pipeline = await fixture.open();
    for (const source of numbered('s', 66)) await send(pipeline, ['a'], { source });
    await pipeline.flush();
    const sources = pipeline.accounts().map(({ source }) => source);
    expect(sources).toHaveLength(65);
    expect(pipeline.accounts().find(({ source }) => source === 'other')?.received).toBe(2);
    await pipeline.close(1000);
  });
});

async function segments(): Promise<readonly string[]> {
  return (await readdir(fixture.walDir)).filter((name) => parseSegmentName(name) !== undefined);
}

async function spares(): Promise<readonly string[]> {
  return (await readdir(fixture.walDir)).filter(isSpareName);
}

function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

async function sendUntilRefused(pipeline: TextPipeline, sent: string[]): Promise<unknown> {
  for (;;) {
    const text = `r${sent.length}`;
    try {
      await send(pipeline, [text]);
    } catch (error) {
      return error;
    }
    sent.push(text);
  }
}
