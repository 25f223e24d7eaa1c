/** All fields at once, each with its most frequent values: the side panel of a search. */
import { z } from 'zod';
import { costSchema, type Cost } from './answer.ts';
import {
  FIELD_STORAGES,
  type FieldStorage,
  type LogField,
  type LogFieldValue,
} from './log-fields.ts';
import type { Route } from './route.ts';
import {
  querySchema,
  timeBoundsShape,
  type TimeBounds,
  type TimeBoundsInput,
} from './time-bounds.ts';

export const FACET_VALUES_MAX = 50;
/** More fields than a person can look through; those beyond are found by `search`. */
export const FACETS_MAX = 1_000;

export interface LogFacetsRequest extends TimeBounds {
  readonly query: string;
  /** Values of each field. */
  readonly values: number;
  /** Only fields whose name holds this, in any case. */
  readonly search: string;
}

export interface LogFacetsInput extends TimeBoundsInput {
  readonly query?: string | undefined;
  readonly values?: number | undefined;
  readonly search?: string | undefined;
}

export interface LogFacet extends Omit<LogField, 'aliases' | 'records'> {
  /** Records that have the field. */
  readonly records: number;
  readonly values: readonly LogFieldValue[];
}

/** What the counts are of. */
export type FacetBasis =
  /** Of the whole hours that the range touches, as the writers counted them. */
  | { readonly kind: 'hours' }
  /** Of so many of the newest records that match. */
  | { readonly kind: 'sample'; readonly records: number };

export interface LogFacetsResponse {
  /** Those that most records have. */
  readonly facets: readonly LogFacet[];
  /** How many fields there are, listed or not. */
  readonly fields: number;
  readonly basis: FacetBasis;
  readonly cost: Cost;
}

export const logFacetsRequestSchema: z.ZodType<LogFacetsRequest, LogFacetsInput> = z
  .strictObject({
    query: querySchema,
    ...timeBoundsShape,
    values: z.number().int().min(1).max(FACET_VALUES_MAX).default(5),
    search: z.string().max(1_024).default(''),
  })
  .meta({ id: 'LogFacetsRequest' });

const storage: z.ZodType<FieldStorage> = z.enum(FIELD_STORAGES);

export const logFacetsResponseSchema: z.ZodType<LogFacetsResponse> = z
  .object({
    facets: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        storage,
        label: z.object({ en: z.string(), zh: z.string() }).exactOptional(),
        records: z.number().int(),
        values: z.array(z.object({ value: z.string(), count: z.number().int() })),
      }),
    ),
    fields: z.number().int(),
    basis: z.union([
      z.object({ kind: z.literal('hours') }),
      z.object({ kind: z.literal('sample'), records: z.number().int() }),
    ]),
    cost: costSchema,
  })
  .meta({ id: 'LogFacets' });

export const LOG_FACETS: Route = {
  method: 'POST',
  path: '/api/v1/logs/facets',
  scope: 'read',
  operationId: 'logFacets',
  summary: 'All fields with their most frequent values; says what the counts are of',
  request: { mediaTypes: ['application/json'], schema: logFacetsRequestSchema },
  response: { mediaTypes: ['application/json'], schema: logFacetsResponseSchema },
};
