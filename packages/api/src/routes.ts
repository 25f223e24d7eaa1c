/** The registry of routes: access table, OpenAPI document and the test that walks all routes read it. */
import { CHAIN } from './chain.ts';
import { CHAIN_DIFF, CHAIN_SEARCH } from './chain-search.ts';
import { CHANGE_ADD, CHANGE_LIST } from './changes.ts';
import { COLLECTORS } from './collectors.ts';
import { DEMO_REMOVE } from './demo.ts';
import { HEALTHZ, METRICS, OPENAPI, READYZ } from './health.ts';
import { INGEST } from './ingest.ts';
import { LOG_CHANGES } from './log-changes.ts';
import { LOG_EXPLAIN } from './log-explain.ts';
import { LOG_EXPORT } from './log-export.ts';
import { LOG_FACETS } from './log-facets.ts';
import { LOG_FIELDS_LIST, LOG_FIELD_VALUES } from './log-fields.ts';
import { LOG_HISTOGRAM } from './log-histogram.ts';
import { LOG_PATTERNS } from './log-patterns.ts';
import { LOG_RECORD, LOG_SURROUNDINGS } from './log-records.ts';
import { LOG_SEARCH } from './log-search.ts';
import { LOG_TAIL } from './log-tail.ts';
import type { Route } from './route.ts';
import { SPAN_FIELDS_LIST, SPAN_SEARCH } from './span-search.ts';
import { TRACE_SEARCH } from './trace-search.ts';
import {
  TRACE_DEPENDENCIES,
  TRACE_OPERATIONS,
  TRACE_SERIES,
  TRACE_SERVICES,
} from './trace-services.ts';
import { TRACE_MAP_HISTORY } from './trace-map-history.ts';
import { TRACE_OUTLINE } from './trace-outline.ts';
import { TRACE, TRACE_OTLP, TRACE_RECORDS } from './trace.ts';
import { SESSION_CREATE, SESSION_DELETE, SESSION_GET } from './session.ts';
import { STATUS } from './status.ts';
import { TOKEN_CREATE, TOKEN_LIST, TOKEN_REVOKE } from './tokens.ts';
import { VIEW_CREATE, VIEW_DELETE, VIEW_GET, VIEW_LIST, VIEW_REPLACE } from './views.ts';

export const ROUTES: readonly Route[] = [
  LOG_SEARCH,
  LOG_HISTOGRAM,
  LOG_CHANGES,
  LOG_EXPLAIN,
  LOG_EXPORT,
  LOG_FIELDS_LIST,
  LOG_FIELD_VALUES,
  LOG_FACETS,
  LOG_PATTERNS,
  LOG_RECORD,
  LOG_SURROUNDINGS,
  LOG_TAIL,
  VIEW_LIST,
  VIEW_CREATE,
  VIEW_GET,
  VIEW_REPLACE,
  VIEW_DELETE,
  SPAN_SEARCH,
  SPAN_FIELDS_LIST,
  TRACE_SEARCH,
  TRACE_SERVICES,
  TRACE_OPERATIONS,
  TRACE_DEPENDENCIES,
  TRACE_SERIES,
  TRACE_MAP_HISTORY,
  TRACE,
  TRACE_OUTLINE,
  TRACE_RECORDS,
  TRACE_OTLP,
  CHAIN_SEARCH,
  CHAIN_DIFF,
  CHAIN,
  CHANGE_LIST,
  CHANGE_ADD,
  DEMO_REMOVE,
  INGEST,
  STATUS,
  COLLECTORS,
  TOKEN_CREATE,
  TOKEN_LIST,
  TOKEN_REVOKE,
  SESSION_CREATE,
  SESSION_GET,
  SESSION_DELETE,
  HEALTHZ,
  READYZ,
  METRICS,
  OPENAPI,
];
