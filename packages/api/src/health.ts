/** What machines ask: liveness, readiness, metrics, the description of the API. */
import type { Route } from './route.ts';

export const HEALTHZ: Route = {
  method: 'GET',
  path: '/healthz',
  scope: 'none',
  operationId: 'healthz',
  summary: 'The process lives',
  response: { mediaTypes: ['text/plain'] },
};

export const READYZ: Route = {
  method: 'GET',
  path: '/readyz',
  scope: 'none',
  operationId: 'readyz',
  summary: 'Ingest is accepted (200) or not (503); the body says why',
  response: { mediaTypes: ['text/plain'] },
};

export const METRICS: Route = {
  method: 'GET',
  path: '/metrics',
  scope: 'read',
  operationId: 'metrics',
  summary: 'The metrics of the server itself in Prometheus text format',
  response: { mediaTypes: ['text/plain'] },
};

export const OPENAPI: Route = {
  method: 'GET',
  path: '/api/openapi.json',
  scope: 'none',
  operationId: 'openapi',
  summary: 'This description',
  response: { mediaTypes: ['application/json'] },
};
