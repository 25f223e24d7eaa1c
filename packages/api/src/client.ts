/**
 * The typed client of the API, for the command and the web UI: `fetch` and nothing of Node. Errors
 * are `Failure`s with the server's code, or `unreachable`. Aborting a call's signal, or leaving a
 * stream early, cancels the query in the engine.
 */
import type { LogRecord } from '@tendril/model/log-record';
import { chainsClient, type ChainsClient } from './chains-client.ts';
import { COLLECTORS, collectorListSchema, type CollectorList } from './collectors.ts';
import { send, sendForJson, urlOf, type HttpOptions } from './http.ts';
import {
  BATCH_ID_HEADER,
  INGEST,
  ingestResponseSchema,
  type IngestRequest,
  type IngestResponse,
} from './ingest.ts';
import {
  LOG_FACETS,
  logFacetsResponseSchema,
  type LogFacetsInput,
  type LogFacetsResponse,
} from './log-facets.ts';
import {
  LOG_FIELDS_LIST,
  LOG_FIELD_VALUES,
  logFieldsResponseSchema,
  logFieldValuesResponseSchema,
  type LogFieldsResponse,
  type LogFieldValuesInput,
  type LogFieldValuesResponse,
} from './log-fields.ts';
import { LOG_HISTOGRAM, type LogHistogramEvent, type LogHistogramInput } from './log-histogram.ts';
import {
  LOG_CHANGES,
  logChangesResponseSchema,
  type LogChangesInput,
  type LogChangesResponse,
} from './log-changes.ts';
import {
  LOG_EXPLAIN,
  logExplanationSchema,
  type LogExplainInput,
  type LogExplanation,
} from './log-explain.ts';
import { LOG_EXPORT, type LogExportInput } from './log-export.ts';
import {
  LOG_PATTERNS,
  logPatternsResponseSchema,
  type LogPatternsInput,
  type LogPatternsResponse,
} from './log-patterns.ts';
import { logRecordSchema } from './log-record.ts';
import {
  LOG_RECORD,
  LOG_SURROUNDINGS,
  logSurroundingsResponseSchema,
  type LogSurroundingsInput,
  type LogSurroundingsResponse,
} from './log-records.ts';
import { LOG_SEARCH, type LogSearchEvent, type LogSearchInput } from './log-search.ts';
import type { LogTailInput } from './log-tail.ts';
import {
  SESSION_CREATE,
  SESSION_DELETE,
  SESSION_GET,
  sessionSchema,
  type Session,
} from './session.ts';
import { STATUS, statusSchema, type Status } from './status.ts';
import { streamEvents, type WithoutError } from './stream.ts';
import { tailLogs, type ClientTailEvent, type TailOptions } from './tail-client.ts';
import type { TimeBoundsInput } from './time-bounds.ts';
import { tracesClient, type TracesClient } from './traces-client.ts';
import { demoClient, type DemoClient } from './demo.ts';
import { changesClient, type ChangesClient } from './changes-client.ts';
import {
  createdTokenSchema,
  TOKEN_CREATE,
  TOKEN_LIST,
  TOKEN_REVOKE,
  tokenListSchema,
  type CreatedToken,
  type CreateTokenRequest,
  type TokenList,
} from './tokens.ts';

import {
  VIEW_CREATE,
  VIEW_DELETE,
  VIEW_GET,
  VIEW_LIST,
  VIEW_REPLACE,
  viewListSchema,
  viewSchema,
  type ReplaceViewRequest,
  type View,
  type ViewInput,
  type ViewList,
} from './views.ts';

export interface IngestCall extends IngestRequest {
  readonly body: BodyInit;
  /** `application/x-ndjson` when absent. */
  readonly contentType?: string;
  readonly contentEncoding?: 'gzip' | 'deflate' | 'zstd';
  /** The same id for a retry of the same lines stores them once. */
  readonly batchId?: string;
}

/** A record's address. */
export interface RecordKey {
  readonly id: string;
  readonly timestamp: string;
}

export interface Client extends TracesClient, ChainsClient, ChangesClient, DemoClient {
  searchLogs(
    request: LogSearchInput,
    signal?: AbortSignal,
  ): AsyncIterable<WithoutError<LogSearchEvent>>;
  logHistogram(
    request: LogHistogramInput,
    signal?: AbortSignal,
  ): AsyncIterable<WithoutError<LogHistogramEvent>>;
  logFields(range: TimeBoundsInput, signal?: AbortSignal): Promise<LogFieldsResponse>;
  logFieldValues(
    request: LogFieldValuesInput,
    signal?: AbortSignal,
  ): Promise<LogFieldValuesResponse>;
  logFacets(request: LogFacetsInput, signal?: AbortSignal): Promise<LogFacetsResponse>;
  logPatterns(request: LogPatternsInput, signal?: AbortSignal): Promise<LogPatternsResponse>;
  explainLogs(request: LogExplainInput, signal?: AbortSignal): Promise<LogExplanation>;
  logChanges(request: LogChangesInput, signal?: AbortSignal): Promise<LogChangesResponse>;
  /** The file as it comes. In a page a link to `exportUrl` lets the browser save it. */
  exportLogs(request: LogExportInput, signal?: AbortSignal): Promise<Response>;
  exportUrl(request: LogExportInput): string;
  logRecord(key: RecordKey, signal?: AbortSignal): Promise<LogRecord>;
  logSurroundings(
    request: LogSurroundingsInput & RecordKey,
    signal?: AbortSignal,
  ): Promise<LogSurroundingsResponse>;
  /** Ends when the signal aborts; connects again when the connection breaks. */
  tailLogs(request: LogTailInput, signal?: AbortSignal): AsyncIterable<ClientTailEvent>;
  ingest(call: IngestCall, signal?: AbortSignal): Promise<IngestResponse>;
  listViews(signal?: AbortSignal): Promise<ViewList>;
  view(id: string, signal?: AbortSignal): Promise<View>;
  createView(view: ViewInput): Promise<View>;
  replaceView(id: string, view: ReplaceViewRequest): Promise<View>;
  deleteView(id: string): Promise<void>;
  status(signal?: AbortSignal): Promise<Status>;
  /** What agents collect. */
  collectors(signal?: AbortSignal): Promise<CollectorList>;
  createToken(request: CreateTokenRequest): Promise<CreatedToken>;
  listTokens(): Promise<TokenList>;
  revokeToken(id: string): Promise<void>;
  createSession(token: string): Promise<Session>;
  session(): Promise<Session>;
  deleteSession(): Promise<void>;
}

export interface ClientOptions extends HttpOptions {
  readonly tail?: TailOptions;
}

export function createClient(options: ClientOptions): Client {
  return {
    ...logsClient(options),
    ...viewsClient(options),
    ...tracesClient(options),
    ...chainsClient(options),
    ...changesClient(options),
    ...demoClient(options),
    ...administrationClient(options),
  };
}

type ViewsMethod = 'listViews' | 'view' | 'createView' | 'replaceView' | 'deleteView';

type AdministrationMethod =
  | 'status'
  | 'collectors'
  | 'createToken'
  | 'listTokens'
  | 'revokeToken'
  | 'createSession'
  | 'session'
  | 'deleteSession';

function logsClient(
  options: ClientOptions,
): Omit<
  Client,
  | AdministrationMethod
  | ViewsMethod
  | keyof TracesClient
  | keyof ChainsClient
  | keyof ChangesClient
  | keyof DemoClient
> {
  return {
    searchLogs: (json, signal) =>
      streamEvents<LogSearchEvent>(options, LOG_SEARCH, { json, signal }),
    logHistogram: (json, signal) =>
      streamEvents<LogHistogramEvent>(options, LOG_HISTOGRAM, { json, signal }),
    logFields: async ({ from, to }, signal) =>
      await sendForJson(options, LOG_FIELDS_LIST, {
        query: { from, to },
        signal,
        schema: logFieldsResponseSchema,
      }),
    logPatterns: async (request, signal) =>
      await sendForJson(options, LOG_PATTERNS, {
        query: { ...request },
        signal,
        schema: logPatternsResponseSchema,
      }),
    logFieldValues: async (json, signal) =>
      await sendForJson(options, LOG_FIELD_VALUES, {
        json,
        signal,
        schema: logFieldValuesResponseSchema,
      }),
    logFacets: async (json, signal) =>
      await sendForJson(options, LOG_FACETS, { json, signal, schema: logFacetsResponseSchema }),
    explainLogs: async (json, signal) =>
      await sendForJson(options, LOG_EXPLAIN, { json, signal, schema: logExplanationSchema }),
    logChanges: async (json, signal) =>
      await sendForJson(options, LOG_CHANGES, { json, signal, schema: logChangesResponseSchema }),
    exportLogs: async (request, signal) =>
      await send(options, LOG_EXPORT, { query: { ...request }, signal }),
    exportUrl: (request) => urlOf(options, LOG_EXPORT, { query: { ...request } }),
    logRecord: async ({ id, timestamp }, signal) =>
      await sendForJson(options, LOG_RECORD, {
        parameters: { id },
        query: { timestamp },
        signal,
        schema: logRecordSchema,
      }),
    logSurroundings: async ({ id, ...query }, signal) =>
      await sendForJson(options, LOG_SURROUNDINGS, {
        parameters: { id },
        query,
        signal,
        schema: logSurroundingsResponseSchema,
      }),
    tailLogs: (request, signal) => tailLogs(options, request, signal),
    ingest: async (call, signal) => await ingest(options, call, signal),
  };
}

async function ingest(
  options: ClientOptions,
  call: IngestCall,
  signal?: AbortSignal,
): Promise<IngestResponse> {
  const { body, contentType = 'application/x-ndjson', contentEncoding, batchId, ...query } = call;
  return await sendForJson(options, INGEST, {
    query: { ...query },
    body,
    headers: {
      'content-type': contentType,
      ...(contentEncoding !== undefined && { 'content-encoding': contentEncoding }),
      ...(batchId !== undefined && { [BATCH_ID_HEADER]: batchId }),
    },
    signal,
    schema: ingestResponseSchema,
  });
}

function viewsClient(options: ClientOptions): Pick<Client, ViewsMethod> {
  return {
    listViews: async (signal) =>
      await sendForJson(options, VIEW_LIST, { signal, schema: viewListSchema }),
    view: async (id, signal) =>
      await sendForJson(options, VIEW_GET, { parameters: { id }, signal, schema: viewSchema }),
    createView: async (json) =>
      await sendForJson(options, VIEW_CREATE, { json, schema: viewSchema }),
    replaceView: async (id, json) =>
      await sendForJson(options, VIEW_REPLACE, { parameters: { id }, json, schema: viewSchema }),
    deleteView: async (id) => {
      await send(options, VIEW_DELETE, { parameters: { id } });
    },
  };
}

function administrationClient(options: ClientOptions): Pick<Client, AdministrationMethod> {
  return {
    status: async (signal) => await sendForJson(options, STATUS, { signal, schema: statusSchema }),
    collectors: async (signal) =>
      await sendForJson(options, COLLECTORS, { signal, schema: collectorListSchema }),
    createToken: async (json) =>
      await sendForJson(options, TOKEN_CREATE, { json, schema: createdTokenSchema }),
    listTokens: async () => await sendForJson(options, TOKEN_LIST, { schema: tokenListSchema }),
    revokeToken: async (id) => {
      await send(options, TOKEN_REVOKE, { parameters: { id } });
    },
    createSession: async (token) =>
      await sendForJson(options, SESSION_CREATE, { json: { token }, schema: sessionSchema }),
    session: async () => await sendForJson(options, SESSION_GET, { schema: sessionSchema }),
    deleteSession: async () => {
      await send(options, SESSION_DELETE, {});
    },
  };
}
