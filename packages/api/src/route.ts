/**
 * How a route is described: once, here, for the server's access table, the OpenAPI document and the
 * client. Handlers and the client check bodies with the same schemas.
 */
import type { z } from 'zod';
import type { Scope } from './scope.ts';

export type MediaType =
  | 'application/json'
  | 'application/x-ndjson'
  | 'text/event-stream'
  | 'text/plain'
  | 'text/csv'
  | 'application/vnd.apache.parquet';

export interface RouteBody {
  readonly mediaTypes: readonly MediaType[];
  /** Of the whole body, or of one line or event where the media type streams. */
  readonly schema?: z.ZodType;
  readonly description?: string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parameters in braces, as OpenAPI writes them: `/api/v1/tokens/{id}`. */
  readonly path: string;
  /** `none`: answers everybody. */
  readonly scope: Scope | 'none';
  readonly operationId: string;
  readonly summary: string;
  /** Object schema of the query string's parameters. */
  readonly query?: z.ZodType;
  readonly request?: RouteBody;
  /** Absent for an answer without content. */
  readonly response?: RouteBody;
}

/** The key of the access table: `GET /api/v1/status`. */
export function routeKey({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** The route's path with its parameters filled in, each encoded so that it stays one segment. */
export function pathWith({ path }: Route, parameters: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_braces, name: string) =>
    encodeURIComponent(parameters[name] ?? ''),
  );
}
