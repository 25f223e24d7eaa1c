/**
 * Ends a connection that is dead without saying so: a stream that is silent for long is asked about, and broken
 * when the log has newer lines than it brought, or when nobody answers.
 */
import type { Readable } from 'node:stream';
import { messageOf } from '@tendril/model/failure';
import type { TimedReader } from './timed-reader.ts';

export interface SilenceTiming {
  /** A stream that was silent for so long is asked about. */
  readonly silentMs: number;
  /** For the answer to that, and for the stream to bring what the answer says is there. */
  readonly probeMs: number;
}

export interface SilenceOptions {
  readonly reader: TimedReader;
  readonly stream: Readable;
  readonly timing: SilenceTiming;
  /** Of the log's last line, as `timeOf` gives it; empty when there is none. */
  readonly newestTime: (signal: AbortSignal) => Promise<string>;
}

/** Until `ended`. */
export async function endWhenDead(options: SilenceOptions, ended: AbortSignal): Promise<void> {
  const { reader, stream, timing } = options;
  while (!ended.aborted) {
    const quietMs = reader.isWaiting ? 0 : Date.now() - reader.heardAtMs;
    if (quietMs < timing.silentMs) {
      await waitFor(timing.silentMs - quietMs, ended);
      continue;
    }
    const reason = await whyDead(options, ended);
    if (ended.aborted) return;
    if (reason !== undefined) stream.destroy(new Error(reason));
    reader.heardAtMs = Date.now();
  }
}

async function whyDead(
  { newestTime, reader, timing }: SilenceOptions,
  ended: AbortSignal,
): Promise<string | undefined> {
  const signal = AbortSignal.any([ended, AbortSignal.timeout(timing.probeMs)]);
  try {
    const newest = await newestTime(signal);
    if (newest <= reader.newestTime) return undefined;
    // It may be on its way at this moment.
    const { heardAtMs } = reader;
    await waitFor(timing.probeMs / 4, ended);
    if (reader.heardAtMs > heardAtMs || newest <= reader.newestTime) return undefined;
    return `silent, though the log has lines up to ${newest}Z`;
  } catch (error) {
    return `silent, and whoever sends it does not answer: ${messageOf(error)}`;
  }
}

/** Returns early when the signal is given. */
export async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = (): void => resolve();
  signal.addEventListener('abort', stop, { once: true });
  await promise;
  signal.removeEventListener('abort', stop);
  clearTimeout(timer);
}
