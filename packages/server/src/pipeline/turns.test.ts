import { beforeEach, describe, expect, test } from 'vitest';
import { Turns } from './turns.ts';

/** More than a round has. */
const LONG_MS = 10;

let nowMs: number;
let rounds: (() => void)[];
let turns: Turns;
let order: string[];

beforeEach(() => {
  nowMs = 0;
  rounds = [];
  order = [];
  turns = new Turns({ nowMs: () => nowMs, later: (run) => rounds.push(run) });
});

function take(source: string, durationMs: number): Promise<void> {
  return turns.run(source, async () => {
    order.push(source);
    nowMs += durationMs;
    await Promise.resolve();
  });
}

function nextRound(): void {
  const run = rounds.shift();
  expect(run).toBeDefined();
  run?.();
}

describe('turns', () => {
  test('nobody waits while there is time', async () => {
    await Promise.all(Array.from({ length: 3 }, async () => take('a', 0.5)));
    expect(order).toEqual(['a', 'a', 'a']);
  });

  test('a source that has taken next to nothing does not wait behind another one', async () => {
    const many = Array.from({ length: 50 }, async () => take('noisy', LONG_MS));
    const quiet = take('quiet', 1);
    expect(order).toEqual(['noisy', 'quiet']);
    await quiet;
    while (rounds.length > 0) nextRound();
    await Promise.all(many);
    expect(order).toHaveLength(51);
  });

  test('sources get the same time, however long their requests are', async () => {
    const all = [
      ...Array.from({ length: 20 }, async () => take('long', LONG_MS)),
      ...Array.from({ length: 100 }, async () => take('short', LONG_MS / 5)),
    ];
    while (order.length < 60) nextRound();
    const shorts = order.filter((source) => source === 'short').length;
    expect(shorts / (order.length - shorts)).toBeCloseTo(5, 0);
    while (rounds.length > 0) nextRound();
    await Promise.all(all);
  });

  test('what was taken is forgotten', async () => {
    await take('noisy', LONG_MS);
    nowMs += 1_000;
    await Promise.all([take('noisy', 1), take('noisy', 1)]);
    expect(order).toHaveLength(3);
  });

  test('requests of a source keep their order', async () => {
    const done: number[] = [];
    const all = Array.from({ length: 20 }, async (_, number) =>
      turns.run('a', async () => {
        nowMs += LONG_MS;
        done.push(number);
        await Promise.resolve();
      }),
    );
    while (rounds.length > 0) nextRound();
    await Promise.all(all);
    expect(done).toEqual(Array.from({ length: 20 }, (_, number) => number));
  });

  test('what one throws is its own', async () => {
    const first = take('a', LONG_MS);
    const broken = turns.run('a', async () => {
      await Promise.resolve();
      throw new Error('broken');
    });
    const after = take('a', 1);
    while (rounds.length > 0) nextRound();
    await expect(broken).rejects.toThrow('broken');
    await first;
    await after;
    expect(order).toEqual(['a', 'a']);
  });

  test('more than the queue takes are told to come again', async () => {
    const begun = take('a', LONG_MS);
    const waiting = Array.from({ length: 16_384 }, async () => take('a', 0));
    await expect(take('a', 0)).rejects.toMatchObject({ code: 'overloaded' });
    while (rounds.length > 0) nextRound();
    await Promise.all([begun, ...waiting]);
  });
});
