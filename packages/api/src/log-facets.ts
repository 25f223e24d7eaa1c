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

/** More would be read no better. */
export const FACET_PARTS_MAX = 16;

/** Of so many records all are read when that is asked for: a second or two. */
export const FACET_EXACT_RECORDS_MAX = 2_000;

/** A part of the range, and how many records match in it, as a histogram counts them. */
export interface CountedPart {
  readonly from: string;
  readonly to: string;
  readonly records: number;
}

export interface LogFacetsRequest extends TimeBounds {
  readonly query: string;
  /** Values of each field. */
  readonly values: number;
  /** Only fields whose name holds this, in any case. */
  readonly search: string;
  /** What the caller has counted already; where there is none it is counted first. */
  readonly parts: readonly CountedPart[];
  /** All records that match are read, unless they are more than `FACET_EXACT_RECORDS_MAX`. */
  readonly exact: boolean;
}

export interface LogFacetsInput extends TimeBoundsInput {
  readonly query?: string | undefined;
  readonly values?: number | undefined;
  readonly search?: string | undefined;
  readonly parts?: readonly CountedPart[] | undefined;
  readonly exact?: boolean | undefined;
}

export interface LogFacet extends Omit<LogField, 'aliases' | 'records'> {
  /** Records that have the field. */
  readonly records: number;
  readonly values: readonly LogFieldValue[];
  /** Counted in the range itself, whatever the basis of the others. */
  readonly exact?: boolean;
}

/** What the counts are of. */
export type FacetBasis =
  /** Of the whole hours that the range touches, as the writers counted them. */
  | { readonly kind: 'hours' }
  /** Of all records that match. */
  | { readonly kind: 'records'; readonly records: number }
  /** Estimated from so many records, taken from wherever in the range some of the `matching` ones are. */
  | { readonly kind: 'sample'; readonly records: number; readonly matching: number };

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
    parts: z
      .array(
        z.strictObject({
          from: z.string().regex(/^\d{1,19}$/),
          to: z.string().regex(/^\d{1,19}$/),
          records: z.number().int().min(0),
        }),
      )
      .max(FACET_PARTS_MAX)
      .default([])
      .describe('Parts of the range with the number of matching records, where they are known.'),
    exact: z
      .boolean()
      .default(false)
      .describe(
        `Read all records that match, unless they are more than ${FACET_EXACT_RECORDS_MAX}.`,
      ),
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
        exact: z.boolean().exactOptional(),
      }),
    ),
    fields: z.number().int(),
    basis: z.union([
      z.object({ kind: z.literal('hours') }),
      z.object({ kind: z.literal('records'), records: z.number().int() }),
      z.object({
        kind: z.literal('sample'),
        records: z.number().int(),
        matching: z.number().int(),
      }),
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
