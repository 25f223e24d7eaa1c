/** Lines of a source that goes on, with a sign when none have come for a while. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Lines of one record are written at once; after this long the record is complete. */
const QUIET_MS = 300;

/** Undefined stands for quiet; said once until something comes again. */
export async function* withQuiet<T>(batches: AsyncIterable<T>): AsyncGenerator<T | undefined> {
  const iterator = batches[Symbol.asyncIterator]();
  try {
    for (let next = iterator.next(); ; next = iterator.next()) {
      if (await isQuiet(next)) yield undefined;
      const result = await next;
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}

async function isQuiet(next: Promise<unknown>): Promise<boolean> {
  const waiting = new AbortController();
  const quiet = sleep(QUIET_MS, true, { signal: waiting.signal }).catch(() => false);
  const arrived = next.then(
    () => false,
    () => false,
  );
  const result = await Promise.race([quiet, arrived]);
  waiting.abort();
  return result;
}
