/**
 * Which scope every route of this server needs, those of receivers included. A route that is not
 * here answers nobody.
 */
import { COLLECTOR_REPORT_PATH } from '@tendril/api/collectors';
import { routeKey } from '@tendril/api/route';
import { ROUTES } from '@tendril/api/routes';
import type { Scope } from '@tendril/api/scope';

/** Routes that other protocols define; keyed as their receivers name them. */
const RECEIVER_ROUTES: readonly (readonly [route: string, scope: Scope])[] = [
  ['POST /v1/logs', 'ingest'],
  ['/opentelemetry.proto.collector.logs.v1.LogsService/Export', 'ingest'],
  ['POST /v1/traces', 'ingest'],
  ['/opentelemetry.proto.collector.trace.v1.TraceService/Export', 'ingest'],
  [`POST ${COLLECTOR_REPORT_PATH}`, 'ingest'],
  ['zipkin', 'ingest'],
  ['jaeger-query', 'read'],
  ['elastic', 'ingest'],
  ['loki', 'ingest'],
  ['journald', 'ingest'],
];

export const ROUTE_SCOPES: ReadonlyMap<string, Scope | 'none'> = new Map<string, Scope | 'none'>([
  ...ROUTES.map((route) => [routeKey(route), route.scope] as const),
  ...RECEIVER_ROUTES,
]);

/** Whether a token with these scopes may do what needs `scope`. */
export function allows(scopes: readonly Scope[], scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes('admin');
}
