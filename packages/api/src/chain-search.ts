/** Chains that have trouble, and two chains side by side. */
import { z } from 'zod';
import {
  costSchema,
  partialSchema,
  rangeSchema,
  type Cost,
  type Partial,
  type ResolvedRange,
} from './answer.ts';
import { chainEntrySchema, type ChainEntry } from './chain.ts';
import { nanosecondsSchema } from './log-record.ts';
import type { Route } from './route.ts';
import {
  querySchema,
  timeBoundsShape,
  type TimeBounds,
  type TimeBoundsInput,
} from './time-bounds.ts';

export const CHAINS_MAX = 500;

/** Distinct operations (traces where a record names no operation) that have a record of the query. */
export interface ChainSearchRequest extends TimeBounds {
  /** Of log records. Empty: those of severity error and above. */
  readonly query: string;
  readonly limit: number;
}

export interface ChainSearchInput extends TimeBoundsInput {
  readonly query?: string | undefined;
  readonly limit?: number | undefined;
}

/** A record of a chain that stands for it in a list. */
export interface ChainSighting {
  readonly id: string;
  readonly timestamp: string;
  readonly service: string;
  readonly severityNumber: number;
  readonly text: string;
  readonly patternId: string;
}

export interface ChainSummary {
  readonly id: string;
  readonly kind: 'operation' | 'trace';
  readonly start: string;
  readonly end: string;
  readonly records: number;
  readonly errors: number;
  readonly services: readonly string[];
  readonly userId: string;
  readonly entry: ChainEntry;
  /** The last error: what was seen. Null when the chain has none. */
  readonly surfaced: ChainSighting | null;
  /** The first warning or error: where to begin. */
  readonly firstWrong: ChainSighting | null;
}

export interface ChainSearchResponse {
  readonly range: ResolvedRange;
  /** The newest first. */
  readonly chains: readonly ChainSummary[];
  /** Operations of the query, also those that are not listed. */
  readonly total: number;
  readonly partial: Partial | null;
  readonly cost: Cost;
}

export interface ChainDiffRequest {
  readonly with: string;
}

export interface ChainDiffInput extends ChainDiffRequest {
  readonly id: string;
}

export interface DiffSide {
  readonly count: number;
  /** From the chain's start to the first. */
  readonly offsetNs: number;
  readonly durationNs: number | null;
}

export interface DiffStep {
  readonly service: string;
  readonly text: string;
  readonly patternId: string;
  readonly left: DiffSide | null;
  readonly right: DiffSide | null;
}

export interface ChainDiffResponse {
  readonly left: ChainSummary;
  readonly right: ChainSummary;
  /** In the order in which they happened. */
  readonly steps: readonly DiffStep[];
  readonly cost: Cost;
}

export const chainSearchRequestSchema: z.ZodType<ChainSearchRequest, ChainSearchInput> = z
  .strictObject({
    query: querySchema,
    ...timeBoundsShape,
    limit: z.number().int().min(1).max(CHAINS_MAX).default(50),
  })
  .meta({ id: 'ChainSearchRequest' });

export const chainDiffRequestSchema: z.ZodType<ChainDiffRequest> = z.object({
  with: z.string().min(1).max(1_024),
});

const count = z.number().int().nonnegative();

const sightingSchema: z.ZodType<ChainSighting> = z.object({
  id: z.string(),
  timestamp: nanosecondsSchema,
  service: z.string(),
  severityNumber: z.number().int(),
  text: z.string(),
  patternId: z.string(),
});

const chainSummarySchema: z.ZodType<ChainSummary> = z
  .object({
    id: z.string(),
    kind: z.enum(['operation', 'trace']),
    start: nanosecondsSchema,
    end: nanosecondsSchema,
    records: count,
    errors: count,
    services: z.array(z.string()),
    userId: z.string(),
    entry: chainEntrySchema,
    surfaced: sightingSchema.nullable(),
    firstWrong: sightingSchema.nullable(),
  })
  .meta({ id: 'ChainSummary' });

export const chainSearchResponseSchema: z.ZodType<ChainSearchResponse> = z
  .object({
    range: rangeSchema,
    chains: z.array(chainSummarySchema),
    total: count,
    partial: partialSchema,
    cost: costSchema,
  })
  .meta({ id: 'ChainSearchResponse' });

const sideSchema: z.ZodType<DiffSide> = z.object({
  count,
  offsetNs: z.number(),
  durationNs: z.number().nullable(),
});

export const chainDiffResponseSchema: z.ZodType<ChainDiffResponse> = z
  .object({
    left: chainSummarySchema,
    right: chainSummarySchema,
    steps: z.array(
      z.object({
        service: z.string(),
        text: z.string(),
        patternId: z.string(),
        left: sideSchema.nullable(),
        right: sideSchema.nullable(),
      }),
    ),
    cost: costSchema,
  })
  .meta({ id: 'ChainDiff' });

export const CHAIN_SEARCH: Route = {
  method: 'POST',
  path: '/api/v1/chains/search',
  scope: 'read',
  operationId: 'searchChains',
  summary:
    'Distinct operations that have a record of a query, each with its first and last trouble',
  request: { mediaTypes: ['application/json'], schema: chainSearchRequestSchema },
  response: { mediaTypes: ['application/json'], schema: chainSearchResponseSchema },
};

export const CHAIN_DIFF: Route = {
  method: 'GET',
  path: '/api/v1/chains/{id}/diff',
  scope: 'read',
  operationId: 'diffChains',
  summary: 'Two chains step by step',
  query: chainDiffRequestSchema,
  response: { mediaTypes: ['application/json'], schema: chainDiffResponseSchema },
};
