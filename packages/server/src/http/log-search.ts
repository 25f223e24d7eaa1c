/** Search and histogram: streams of the read side. */
import { LOG_CHANGES, logChangesRequestSchema } from '@tendril/api/log-changes';
import { LOG_EXPLAIN, logExplainRequestSchema } from '@tendril/api/log-explain';
import { LOG_HISTOGRAM, logHistogramRequestSchema } from '@tendril/api/log-histogram';
import { LOG_SEARCH, logSearchRequestSchema } from '@tendril/api/log-search';
import { logChanges } from '../logs/changes.ts';
import { explainLogs } from '../logs/explain.ts';
import { logHistogram } from '../logs/histogram.ts';
import { searchLogs } from '../logs/search.ts';
import { ndjsonResponse } from './event-response.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import { logProblem, type Mount } from './mount.ts';
import { jsonInput } from './request-input.ts';

export function mountLogSearch(mount: Mount, { reader, logger }: HttpDependencies): void {
  mount(LOG_SEARCH, async ({ request, signal }) => {
    const input = await jsonInput(request, logSearchRequestSchema);
    return await ndjsonResponse({
      open: (leaving) => searchLogs(reader, input, leaving),
      signal,
      onError: (error) => logProblem(error, LOG_SEARCH, logger),
    });
  });
  mount(LOG_HISTOGRAM, async ({ request, signal }) => {
    const input = await jsonInput(request, logHistogramRequestSchema);
    return await ndjsonResponse({
      open: (leaving) => logHistogram(reader, input, leaving),
      signal,
      onError: (error) => logProblem(error, LOG_HISTOGRAM, logger),
    });
  });
  mount(LOG_EXPLAIN, async ({ request, signal }) => {
    const input = await jsonInput(request, logExplainRequestSchema);
    return jsonResponse(await explainLogs(reader, input, signal));
  });
  mount(LOG_CHANGES, async ({ request, signal }) => {
    const input = await jsonInput(request, logChangesRequestSchema);
    return jsonResponse(await logChanges(reader, input, signal));
  });
}
