/** Spans and traces: searches, single traces, and what they say of services. */
import { logFieldsRequestSchema } from '@tendril/api/log-fields';
import { logSearchRequestSchema } from '@tendril/api/log-search';
import { SPAN_FIELDS_LIST, SPAN_SEARCH } from '@tendril/api/span-search';
import { TRACE_SEARCH, traceSearchRequestSchema } from '@tendril/api/trace-search';
import {
  TRACE_DEPENDENCIES,
  TRACE_OPERATIONS,
  traceOperationsRequestSchema,
  TRACE_SERIES,
  traceSeriesRequestSchema,
  TRACE_SERVICES,
  traceServicesRequestSchema,
} from '@tendril/api/trace-services';
import { TRACE_MAP_HISTORY, traceMapHistoryRequestSchema } from '@tendril/api/trace-map-history';
import { TRACE_OUTLINE } from '@tendril/api/trace-outline';
import { TRACE, TRACE_OTLP, TRACE_RECORDS, traceRecordsRequestSchema } from '@tendril/api/trace';
import { logFields } from '../logs/field-list.ts';
import { traceDependencies } from '../traces/dependencies.ts';
import { traceMapHistory } from '../traces/map-history.ts';
import { traceOperations, traceSeries, traceServices } from '../traces/service-calls.ts';
import { searchSpans } from '../traces/span-search.ts';
import { traceOutline } from '../traces/trace-outline.ts';
import { traceOtlp } from '../traces/trace-otlp.ts';
import { traceRecords } from '../traces/trace-records.ts';
import { searchTraces } from '../traces/trace-search.ts';
import { traceSpans } from '../traces/trace-spans.ts';
import { downloadResponse, safeFilename } from './download-response.ts';
import { ndjsonResponse } from './event-response.ts';
import { refuseForeignLinks } from './foreign-links.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import { logProblem, type Mount } from './mount.ts';
import { jsonInput, queryInput } from './request-input.ts';

export function mountTraces(mount: Mount, dependencies: HttpDependencies): void {
  mountSearches(mount, dependencies);
  mountServices(mount, dependencies);
  mountTrace(mount, dependencies);
}

function mountSearches(mount: Mount, { spanReader, logger }: HttpDependencies): void {
  mount(SPAN_SEARCH, async ({ request, signal }) => {
    const input = await jsonInput(request, logSearchRequestSchema);
    return await ndjsonResponse({
      open: (leaving) => searchSpans(spanReader, input, leaving),
      signal,
      onError: (error) => logProblem(error, SPAN_SEARCH, logger),
    });
  });
  mount(TRACE_SEARCH, async ({ request, signal }) => {
    const input = await jsonInput(request, traceSearchRequestSchema);
    return await ndjsonResponse({
      open: (leaving) => searchTraces(spanReader, input, leaving),
      signal,
      onError: (error) => logProblem(error, TRACE_SEARCH, logger),
    });
  });
  mount(SPAN_FIELDS_LIST, async ({ url, signal }) =>
    jsonResponse(await logFields(spanReader, queryInput(url, logFieldsRequestSchema), signal)),
  );
}

// Before the traces by id, whose path these would fit too.
function mountServices(mount: Mount, { spanReader }: HttpDependencies): void {
  mount(TRACE_SERVICES, async ({ url, signal }) => {
    const input = queryInput(url, traceServicesRequestSchema);
    return jsonResponse(await traceServices(spanReader, input, signal));
  });
  mount(TRACE_OPERATIONS, async ({ url, signal }) => {
    const input = queryInput(url, traceOperationsRequestSchema);
    return jsonResponse(await traceOperations(spanReader, input, signal));
  });
  mount(TRACE_DEPENDENCIES, async ({ url, signal }) => {
    const input = queryInput(url, traceServicesRequestSchema);
    return jsonResponse(await traceDependencies(spanReader, input, signal));
  });
  mount(TRACE_SERIES, async ({ url, signal }) => {
    const input = queryInput(url, traceSeriesRequestSchema);
    return jsonResponse(await traceSeries(spanReader, input, signal));
  });
  mount(TRACE_MAP_HISTORY, async ({ url, signal }) => {
    const input = queryInput(url, traceMapHistoryRequestSchema);
    return jsonResponse(await traceMapHistory(spanReader, input, signal));
  });
}

function mountTrace(mount: Mount, { reader, spanReader, logger }: HttpDependencies): void {
  mount(TRACE, async ({ parameter, signal }) =>
    ndjsonResponse({
      open: (leaving) => traceSpans(spanReader, parameter('traceId'), leaving),
      signal,
      onError: (error) => logProblem(error, TRACE, logger),
    }),
  );
  mount(TRACE_OUTLINE, async ({ parameter, signal }) =>
    ndjsonResponse({
      open: (leaving) => traceOutline(spanReader, parameter('traceId'), leaving),
      signal,
      onError: (error) => logProblem(error, TRACE_OUTLINE, logger),
    }),
  );
  mount(TRACE_OTLP, async ({ request, parameter, signal }) => {
    refuseForeignLinks(request);
    const traceId = parameter('traceId');
    return await downloadResponse({
      open: (leaving) => traceOtlp(spanReader, traceId, leaving),
      signal,
      mediaType: 'application/json',
      filename: safeFilename(`trace-${traceId}`, 'json'),
      onError: (error) => logProblem(error, TRACE_OTLP, logger),
    });
  });
  mount(TRACE_RECORDS, async ({ parameter, url, signal }) => {
    const input = queryInput(url, traceRecordsRequestSchema);
    const request = { ...input, traceId: parameter('traceId') };
    return await ndjsonResponse({
      open: (leaving) => traceRecords(reader, request, leaving),
      signal,
      onError: (error) => logProblem(error, TRACE_RECORDS, logger),
    });
  });
}
