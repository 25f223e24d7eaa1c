/** The part of the client that reads traces. */
import { sendForJson, type HttpOptions } from './http.ts';
import { logFieldsResponseSchema, type LogFieldsResponse } from './log-fields.ts';
import type { LogSearchEvent } from './log-search.ts';
import {
  SPAN_FIELDS_LIST,
  SPAN_SEARCH,
  type SpanSearchEvent,
  type SpanSearchInput,
} from './span-search.ts';
import { streamEvents, type WithoutError } from './stream.ts';
import type { TimeBoundsInput } from './time-bounds.ts';
import { TRACE_SEARCH, type TraceSearchEvent, type TraceSearchInput } from './trace-search.ts';
import {
  TRACE_MAP_HISTORY,
  traceMapHistoryResponseSchema,
  type TraceMapHistoryInput,
  type TraceMapHistoryResponse,
} from './trace-map-history.ts';
import { TRACE_OUTLINE, type TraceOutlineEvent } from './trace-outline.ts';
import {
  TRACE_DEPENDENCIES,
  traceDependenciesResponseSchema,
  TRACE_OPERATIONS,
  traceOperationsResponseSchema,
  TRACE_SERIES,
  traceSeriesResponseSchema,
  TRACE_SERVICES,
  traceServicesResponseSchema,
  type TraceDependenciesResponse,
  type TraceOperationsInput,
  type TraceOperationsResponse,
  type TraceSeriesInput,
  type TraceSeriesResponse,
  type TraceServicesInput,
  type TraceServicesResponse,
} from './trace-services.ts';
import {
  TRACE,
  TRACE_RECORDS,
  type TraceEvent,
  type TraceRecordsInput,
  type TraceRequest,
} from './trace.ts';

export interface TracesClient {
  searchSpans(
    request: SpanSearchInput,
    signal?: AbortSignal,
  ): AsyncIterable<WithoutError<SpanSearchEvent>>;
  searchTraces(
    request: TraceSearchInput,
    signal?: AbortSignal,
  ): AsyncIterable<WithoutError<TraceSearchEvent>>;
  /** Throws a Failure `not_found` when no span has the id. */
  trace(request: TraceRequest, signal?: AbortSignal): AsyncIterable<WithoutError<TraceEvent>>;
  /** As `trace`. */
  traceOutline(
    request: TraceRequest,
    signal?: AbortSignal,
  ): AsyncIterable<WithoutError<TraceOutlineEvent>>;
  traceRecords(
    request: TraceRecordsInput,
    signal?: AbortSignal,
  ): AsyncIterable<WithoutError<LogSearchEvent>>;
  spanFields(range: TimeBoundsInput, signal?: AbortSignal): Promise<LogFieldsResponse>;
  traceServices(request: TraceServicesInput, signal?: AbortSignal): Promise<TraceServicesResponse>;
  traceOperations(
    request: TraceOperationsInput,
    signal?: AbortSignal,
  ): Promise<TraceOperationsResponse>;
  traceDependencies(
    request: TraceServicesInput,
    signal?: AbortSignal,
  ): Promise<TraceDependenciesResponse>;
  traceSeries(request: TraceSeriesInput, signal?: AbortSignal): Promise<TraceSeriesResponse>;
  traceMapHistory(
    request: TraceMapHistoryInput,
    signal?: AbortSignal,
  ): Promise<TraceMapHistoryResponse>;
}

export function tracesClient(options: HttpOptions): TracesClient {
  return {
    searchSpans: (json, signal) =>
      streamEvents<SpanSearchEvent>(options, SPAN_SEARCH, { json, signal }),
    searchTraces: (json, signal) =>
      streamEvents<TraceSearchEvent>(options, TRACE_SEARCH, { json, signal }),
    trace: ({ traceId }, signal) =>
      streamEvents<TraceEvent>(options, TRACE, { parameters: { traceId }, signal }),
    traceOutline: ({ traceId }, signal) =>
      streamEvents<TraceOutlineEvent>(options, TRACE_OUTLINE, { parameters: { traceId }, signal }),
    traceRecords: ({ traceId, ...query }, signal) =>
      streamEvents<LogSearchEvent>(options, TRACE_RECORDS, {
        parameters: { traceId },
        query,
        signal,
      }),
    spanFields: async ({ from, to }, signal) =>
      await sendForJson(options, SPAN_FIELDS_LIST, {
        query: { from, to },
        signal,
        schema: logFieldsResponseSchema,
      }),
    traceServices: async (request, signal) =>
      await sendForJson(options, TRACE_SERVICES, {
        query: { ...request },
        signal,
        schema: traceServicesResponseSchema,
      }),
    traceOperations: async (request, signal) =>
      await sendForJson(options, TRACE_OPERATIONS, {
        query: { ...request },
        signal,
        schema: traceOperationsResponseSchema,
      }),
    traceDependencies: async (request, signal) =>
      await sendForJson(options, TRACE_DEPENDENCIES, {
        query: { ...request },
        signal,
        schema: traceDependenciesResponseSchema,
      }),
    traceSeries: async (request, signal) =>
      await sendForJson(options, TRACE_SERIES, {
        query: { ...request },
        signal,
        schema: traceSeriesResponseSchema,
      }),
    traceMapHistory: async (request, signal) =>
      await sendForJson(options, TRACE_MAP_HISTORY, {
        query: { ...request },
        signal,
        schema: traceMapHistoryResponseSchema,
      }),
  };
}
