/**
 * What traces say of services: which there are, their operations, how often and how fast they are
 * called (rate, errors, duration), and who calls whom. Counts are of calls, not of spans that were
 * kept: a span that stands for ten counts ten.
 */
import { z } from 'zod';
import { SPAN_KINDS, type SpanKind } from '@tendril/model/span';
import { costSchema, rangeSchema, type Cost, type ResolvedRange } from './answer.ts';
import { nanosecondsSchema } from './log-record.ts';
import type { Route } from './route.ts';
import { timeBoundsShape, type TimeBounds, type TimeBoundsInput } from './time-bounds.ts';

interface RangedAnswer {
  readonly range: ResolvedRange;
  readonly cost: Cost;
}

/** Names beyond are left out, the least used first; the answer says so. */
export const TRACE_NAMES_MAX = 10_000;

export interface TraceServicesRequest extends TimeBounds {
  readonly environment?: string | undefined;
}
export interface TraceServicesInput extends TimeBoundsInput {
  readonly environment?: string | undefined;
}

export interface ServiceCalls {
  readonly service: string;
  readonly calls: number;
  readonly errors: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
}

export interface TraceServicesResponse extends RangedAnswer {
  readonly services: readonly ServiceCalls[];
  readonly isCut: boolean;
}

export interface TraceOperationsRequest extends TraceServicesRequest {
  readonly service?: string | undefined;
}
export interface TraceOperationsInput extends TraceServicesInput {
  readonly service?: string | undefined;
}

export interface OperationCalls extends ServiceCalls {
  readonly operation: string;
  readonly kind: SpanKind;
}

export interface TraceOperationsResponse extends RangedAnswer {
  readonly operations: readonly OperationCalls[];
  readonly isCut: boolean;
}

/** `call` is between two services that send spans; the others end at something that sends none. */
export const EDGE_KINDS = ['call', 'database', 'messaging', 'external'] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

export interface ServiceEdge {
  readonly caller: string;
  readonly callee: string;
  readonly kind: EdgeKind;
  readonly calls: number;
  readonly errors: number;
  /** Of the called side where it sends spans. */
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
}

export interface TraceDependenciesResponse extends RangedAnswer {
  readonly edges: readonly ServiceEdge[];
  /** Edges are known up to this time; a minute is added when it is over. */
  readonly knownTo: string;
  readonly isCut: boolean;
}

export interface TraceSeriesRequest extends TraceOperationsRequest {
  readonly operation?: string | undefined;
  readonly kind?: SpanKind | undefined;
  /** At most; steps are whole minutes. */
  readonly buckets: number;
}
export interface TraceSeriesInput extends TraceOperationsInput {
  readonly operation?: string | undefined;
  readonly kind?: SpanKind | undefined;
  readonly buckets?: number | undefined;
}

export interface SeriesPoint {
  /** Start of the step, in nanoseconds. */
  readonly start: string;
  readonly calls: number;
  readonly errors: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
}

export interface TraceSeriesResponse extends RangedAnswer {
  readonly stepNs: string;
  /** Steps without calls are left out. */
  readonly points: readonly SeriesPoint[];
}

const servicesShape = {
  ...timeBoundsShape,
  environment: z.string().optional(),
};
const operationsShape = { ...servicesShape, service: z.string().optional() };

export const traceServicesRequestSchema: z.ZodType<TraceServicesRequest, TraceServicesInput> =
  z.object(servicesShape);
export const traceOperationsRequestSchema: z.ZodType<TraceOperationsRequest, TraceOperationsInput> =
  z.object(operationsShape);
export const traceSeriesRequestSchema: z.ZodType<TraceSeriesRequest> = z.object({
  ...operationsShape,
  operation: z.string().optional(),
  kind: z.enum(SPAN_KINDS).optional(),
  buckets: z.coerce.number().int().min(1).max(2_000).default(60),
});

const callsShape = {
  calls: z.number(),
  errors: z.number(),
  p50Ns: z.number(),
  p95Ns: z.number(),
  p99Ns: z.number(),
};
const answerShape = { range: rangeSchema, cost: costSchema };

export const traceServicesResponseSchema: z.ZodType<TraceServicesResponse> = z
  .object({
    ...answerShape,
    services: z.array(z.object({ service: z.string(), ...callsShape })),
    isCut: z.boolean(),
  })
  .meta({ id: 'TraceServices' });

export const traceOperationsResponseSchema: z.ZodType<TraceOperationsResponse> = z
  .object({
    ...answerShape,
    operations: z.array(
      z.object({
        service: z.string(),
        operation: z.string(),
        kind: z.enum(SPAN_KINDS),
        ...callsShape,
      }),
    ),
    isCut: z.boolean(),
  })
  .meta({ id: 'TraceOperations' });

export const traceDependenciesResponseSchema: z.ZodType<TraceDependenciesResponse> = z
  .object({
    ...answerShape,
    edges: z.array(
      z.object({
        caller: z.string(),
        callee: z.string(),
        kind: z.enum(EDGE_KINDS),
        ...callsShape,
      }),
    ),
    knownTo: nanosecondsSchema,
    isCut: z.boolean(),
  })
  .meta({ id: 'TraceDependencies' });

export const traceSeriesResponseSchema: z.ZodType<TraceSeriesResponse> = z
  .object({
    ...answerShape,
    stepNs: z.string(),
    points: z.array(z.object({ start: nanosecondsSchema, ...callsShape })),
  })
  .meta({ id: 'TraceSeries' });

export const TRACE_SERVICES: Route = {
  method: 'GET',
  path: '/api/v1/traces/services',
  scope: 'read',
  operationId: 'listTraceServices',
  summary: 'Services that sent spans, with their calls',
  query: traceServicesRequestSchema,
  response: { mediaTypes: ['application/json'], schema: traceServicesResponseSchema },
};

export const TRACE_OPERATIONS: Route = {
  method: 'GET',
  path: '/api/v1/traces/operations',
  scope: 'read',
  operationId: 'listTraceOperations',
  summary: 'Operations (span names) of a service, or of all, with their calls',
  query: traceOperationsRequestSchema,
  response: { mediaTypes: ['application/json'], schema: traceOperationsResponseSchema },
};

export const TRACE_DEPENDENCIES: Route = {
  method: 'GET',
  path: '/api/v1/traces/dependencies',
  scope: 'read',
  operationId: 'listTraceDependencies',
  summary: 'Which service calls which, how often, with how many errors',
  query: traceServicesRequestSchema,
  response: { mediaTypes: ['application/json'], schema: traceDependenciesResponseSchema },
};

export const TRACE_SERIES: Route = {
  method: 'GET',
  path: '/api/v1/traces/series',
  scope: 'read',
  operationId: 'getTraceSeries',
  summary: 'Calls, errors and durations over time, of all, a service or an operation',
  query: traceSeriesRequestSchema,
  response: { mediaTypes: ['application/json'], schema: traceSeriesResponseSchema },
};
