/** Live tail: the pipeline's records that match, as server-sent events. */
import { LOG_TAIL, logTailRequestSchema, type LogTailEvent } from '@tendril/api/log-tail';
import type { RecordMatcher } from '@tendril/query/match';
import { CANARY_SERVICE } from '../canary/canary-record.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { sseResponse } from './event-response.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { logProblem, type Mount } from './mount.ts';
import { queryInput } from './request-input.ts';

export function mountLogTail(
  mount: Mount,
  { reader, pipeline, logger, closing }: HttpDependencies,
): void {
  mount(LOG_TAIL, async ({ url, signal: left }) => {
    const signal = AbortSignal.any([left, closing]);
    const { query } = queryInput(url, logTailRequestSchema);
    const matches = await reader.tailMatcher(query, signal);
    return await sseResponse({
      open: (leaving) => tailEvents(pipeline, matches, leaving),
      signal,
      onError: (error) => logProblem(error, LOG_TAIL, logger),
    });
  });
}

async function* tailEvents(
  pipeline: Pipeline,
  matches: RecordMatcher,
  signal: AbortSignal,
): AsyncGenerator<LogTailEvent> {
  // Our own canaries are of a day in 2000, which hides them from searches but not from here.
  const events = pipeline.tail({
    matches: (record) => record.serviceName !== CANARY_SERVICE && matches(record),
    signal,
  });
  yield { kind: 'ready' };
  yield* events;
}
