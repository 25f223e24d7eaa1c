/**
 * The map of services over time: for each step of a range how often, how well and how fast every service
 * answered and every call between two of them was made. Numbers come as columns, one for each step.
 */
import { z } from 'zod';
import { costSchema, rangeSchema, type Cost, type ResolvedRange } from './answer.ts';
import { nanosecondsSchema } from './log-record.ts';
import type { Route } from './route.ts';
import { timeBoundsShape, type TimeBounds, type TimeBoundsInput } from './time-bounds.ts';
import { EDGE_KINDS, type EdgeKind } from './trace-services.ts';

/** Of services, and of calls; the least used beyond are left out. */
export const MAP_HISTORY_ROWS_MAX = 300;
export const MAP_HISTORY_STEPS_MAX = 240;

export interface TraceMapHistoryRequest extends TimeBounds {
  readonly environment?: string | undefined;
  /** At most so many steps, of whole minutes. */
  readonly steps: number;
}
export interface TraceMapHistoryInput extends TimeBoundsInput {
  readonly environment?: string | undefined;
  readonly steps?: number | undefined;
}

/** A number for each step. */
export interface CallsHistory {
  readonly calls: readonly number[];
  readonly errors: readonly number[];
  /** Durations are 0 where there were no calls. */
  readonly p50Ns: readonly number[];
  readonly p95Ns: readonly number[];
  readonly p99Ns: readonly number[];
}

export interface ServiceHistory extends CallsHistory {
  readonly service: string;
}

export interface EdgeHistory extends CallsHistory {
  readonly caller: string;
  readonly callee: string;
  readonly kind: EdgeKind;
}

export interface TraceMapHistoryResponse {
  readonly range: ResolvedRange;
  readonly cost: Cost;
  /** Start of the first step, in nanoseconds. */
  readonly start: string;
  readonly stepNs: string;
  readonly steps: number;
  readonly services: readonly ServiceHistory[];
  readonly edges: readonly EdgeHistory[];
  /** Calls between services are known up to this time. */
  readonly knownTo: string;
}

export const traceMapHistoryRequestSchema: z.ZodType<TraceMapHistoryRequest> = z.object({
  ...timeBoundsShape,
  environment: z.string().optional(),
  steps: z.coerce.number().int().min(1).max(MAP_HISTORY_STEPS_MAX).default(60),
});

const historyShape = {
  calls: z.array(z.number()),
  errors: z.array(z.number()),
  p50Ns: z.array(z.number()),
  p95Ns: z.array(z.number()),
  p99Ns: z.array(z.number()),
};

export const traceMapHistoryResponseSchema: z.ZodType<TraceMapHistoryResponse> = z
  .object({
    range: rangeSchema,
    cost: costSchema,
    start: nanosecondsSchema,
    stepNs: z.string(),
    steps: z.number(),
    services: z.array(z.object({ service: z.string(), ...historyShape })),
    edges: z.array(
      z.object({
        caller: z.string(),
        callee: z.string(),
        kind: z.enum(EDGE_KINDS),
        ...historyShape,
      }),
    ),
    knownTo: nanosecondsSchema,
  })
  .meta({ id: 'TraceMapHistory' });

export const TRACE_MAP_HISTORY: Route = {
  method: 'GET',
  path: '/api/v1/traces/map-history',
  scope: 'read',
  operationId: 'getTraceMapHistory',
  summary: 'Calls, errors and durations of services and of the calls between them, step by step',
  query: traceMapHistoryRequestSchema,
  response: { mediaTypes: ['application/json'], schema: traceMapHistoryResponseSchema },
};
