/**
 * Live tail that survives a broken connection: it connects again with growing pauses and says so,
 * since what arrived in between was not seen.
 */
import { Failure } from '@tendril/model/failure';
import { eventsOf } from './event-stream.ts';
import { send, unreachable, type HttpOptions } from './http.ts';
import { LOG_TAIL, type LogTailEvent, type LogTailInput } from './log-tail.ts';
import { eventOf, linesOfResponse, type WithoutError } from './stream.ts';

export type ClientTailEvent =
  | WithoutError<LogTailEvent>
  /** The connection broke; the next `ready` event says that it is back. */
  | { readonly kind: 'lost'; readonly reason: Failure };

export interface TailOptions {
  /** Pauses before connecting again: the first, doubled up to the last. */
  readonly pauseMsMin?: number;
  readonly pauseMsMax?: number;
}

const PAUSE_MS_MIN = 500;
const PAUSE_MS_MAX = 5_000;
/** Codes worth another try; anything else (a bad query, no access) will fail again. */
const PASSING: ReadonlySet<string> = new Set(['unreachable', 'unavailable', 'engine_away']);

export async function* tailLogs(
  options: HttpOptions & { readonly tail?: TailOptions },
  { query }: LogTailInput,
  signal?: AbortSignal,
): AsyncGenerator<ClientTailEvent> {
  const { pauseMsMin = PAUSE_MS_MIN, pauseMsMax = PAUSE_MS_MAX } = options.tail ?? {};
  let pauseMs = pauseMsMin;
  let connectedOnce = false;
  const stopped = (): boolean => signal?.aborted === true;
  while (!stopped()) {
    try {
      for await (const event of connection(options, query, signal)) {
        connectedOnce = true;
        pauseMs = pauseMsMin;
        yield event;
      }
    } catch (error) {
      if (stopped()) return;
      const again = connectedOnce && error instanceof Failure && PASSING.has(error.code);
      if (!again) throw error;
      yield { kind: 'lost', reason: error };
    }
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMsMax, pauseMs * 2);
  }
}

async function* connection(
  options: HttpOptions,
  query: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<WithoutError<LogTailEvent>> {
  const response = await send(options, LOG_TAIL, { query: { query }, signal });
  for await (const { data } of eventsOf(linesOfResponse(response, options, signal))) {
    yield eventOf<LogTailEvent>(data);
  }
  throw unreachable(options, new Error('the server ended the tail'));
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
