/**
 * Sends batches to the server until it has taken them: a few at once, waiting when it is away or busy.
 * The batch id makes a repeated one harmless.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, IngestCall } from '@tendril/api/client';
import type { IngestResponse } from '@tendril/api/ingest';
import { Failure } from '@tendril/model/failure';

/** Pauses between tries: the first, doubled up to the last, unless the server says when. */
const PAUSE_MS_MIN = 200;
const PAUSE_MS_MAX = 10_000;

/** Worth another try; all else will fail again. */
const PASSING: ReadonlySet<string> = new Set([
  'unreachable',
  'overloaded',
  'disk_full',
  'unavailable',
  'engine_away',
  'stopping',
  'timeout',
]);

export interface SenderOptions {
  readonly api: Pick<Client, 'ingest'>;
  readonly signal: AbortSignal;
  /** Gives up on a batch after so long without an answer; 0 tries once. */
  readonly patienceMs: number;
  readonly nowMs: () => number;
  readonly onWait?: (reason: Failure) => void;
}

/** Resolves when the server has the batch on disk. */
export async function sendBatch(
  call: IngestCall,
  { api, signal, patienceMs, nowMs, onWait }: SenderOptions,
): Promise<IngestResponse> {
  const startedMs = nowMs();
  for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2)) {
    try {
      return await api.ingest(call, signal);
    } catch (error) {
      const mayPass = error instanceof Failure && PASSING.has(error.code);
      if (!mayPass || signal.aborted || nowMs() - startedMs >= patienceMs) throw error;
      onWait?.(error);
      await sleep(askedPauseMs(error) ?? pauseMs, undefined, { signal });
    }
  }
}

function askedPauseMs({ params }: Failure): number | undefined {
  const seconds = params['retryAfterSeconds'];
  return typeof seconds === 'number' ? Math.min(PAUSE_MS_MAX, seconds * 1000) : undefined;
}
