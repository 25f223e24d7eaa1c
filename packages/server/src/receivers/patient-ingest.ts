/** Ingest for protocols that make a sender wait by not reading from it. */
import { setTimeout } from 'node:timers/promises';
import { Failure } from '@tendril/model/failure';
import type { IngestOutcome, IngestRequest, Pipeline } from '../pipeline/pipeline.ts';
import { statusOf } from './failure-status.ts';

/** Tries until the records are stored. Throws what no waiting helps against, and when `signal` fires. */
export async function ingestPatiently(
  pipeline: Pipeline,
  request: IngestRequest,
  signal: AbortSignal,
): Promise<IngestOutcome> {
  for (;;) {
    try {
      return await pipeline.ingestLogs(request);
    } catch (error) {
      const { retryAfterSeconds } = statusOf(error);
      const isFinal = !(error instanceof Failure) || error.code === 'stopping';
      if (retryAfterSeconds === undefined || isFinal || signal.aborted) throw error;
      await setTimeout(retryAfterSeconds * 1000, undefined, { signal });
    }
  }
}
