import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { MemoryBudget } from './memory-budget.ts';

const WAIT_MS = 1_000;

async function isDone(promise: Promise<unknown>): Promise<boolean> {
  return await Promise.race([
    promise.then(() => true),
    Promise.resolve().then(() => Promise.resolve(false)),
  ]);
}

describe('MemoryBudget', () => {
  test('gives up to its limit at once, and the next when bytes come back', async () => {
    const budget = new MemoryBudget({ bytesMax: 100, waitMsMax: WAIT_MS });
    const giveBack = await budget.take(60);
    await budget.take(40);
    const waiting = budget.take(1);
    expect(await isDone(waiting)).toBe(false);
    giveBack();
    giveBack();
    await waiting;
  });

  test('is first come first served: a small one does not pass a large one', async () => {
    const budget = new MemoryBudget({ bytesMax: 100, waitMsMax: WAIT_MS });
    const giveBack = await budget.take(60);
    const large = budget.take(80);
    const small = budget.take(10);
    expect(await isDone(small)).toBe(false);
    giveBack();
    await Promise.all([large, small]);
  });

  test('what is larger than all there is waits until it is alone', async () => {
    const budget = new MemoryBudget({ bytesMax: 100, waitMsMax: WAIT_MS });
    const giveBack = await budget.take(1_000);
    const next = budget.take(1);
    expect(await isDone(next)).toBe(false);
    giveBack();
    await next;
  });

  test('refuses who has waited too long, and lets those behind him go on', async () => {
    vi.useFakeTimers();
    try {
      const budget = new MemoryBudget({ bytesMax: 100, waitMsMax: WAIT_MS });
      await budget.take(60);
      const large = budget.take(80);
      const refused = expect(large).rejects.toMatchObject({ code: 'overloaded' });
      await vi.advanceTimersByTimeAsync(WAIT_MS / 2);
      const small = budget.take(10);
      await vi.advanceTimersByTimeAsync(WAIT_MS / 2);
      await refused;
      await small;
    } finally {
      vi.useRealTimers();
    }
  });

  test('never has more out than its limit, and serves everybody', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 150 })), async (sizes) => {
        const budget = new MemoryBudget({ bytesMax: 100, waitMsMax: WAIT_MS });
        let out = 0;
        await Promise.all(
          sizes.map(async (size) => {
            const giveBack = await budget.take(size);
            out += Math.min(size, 100);
            expect(out).toBeLessThanOrEqual(100);
            await Promise.resolve();
            out -= Math.min(size, 100);
            giveBack();
          }),
        );
      }),
    );
  });
});
