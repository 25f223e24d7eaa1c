/** Which fields records have, and the most frequent values of one. */
import { z } from 'zod';
import { partialSchema, costSchema, type Cost, type Partial } from './answer.ts';
import type { Route } from './route.ts';
import {
  querySchema,
  timeBoundsShape,
  type TimeBounds,
  type TimeBoundsInput,
} from './time-bounds.ts';

export const FIELD_VALUES_MAX = 1_000;

/** Where a field is stored: decides how dear it is to read. */
export const FIELD_STORAGES = ['column', 'attribute', 'overflow', 'resource', 'scope'] as const;
export type FieldStorage = (typeof FIELD_STORAGES)[number];

export interface LogField {
  /** As the query language prints it. */
  readonly name: string;
  readonly type: string;
  readonly storage: FieldStorage;
  readonly aliases: readonly string[];
  /** Absent for fields that are not in the registry: their name is their label. */
  readonly label?: { readonly en: string; readonly zh: string };
  /** Records that have the field in the hours the range touches; null where it is not counted. */
  readonly records: number | null;
}

export type LogFieldsRequest = TimeBounds;

export interface LogFieldsResponse {
  readonly fields: readonly LogField[];
  /** True when there were more than the server lists. */
  readonly truncated: boolean;
}

export interface LogFieldValuesRequest extends TimeBounds {
  readonly field: string;
  readonly query: string;
  /** Only values that begin so, in any case. */
  readonly prefix: string;
  /** 0 for no values: only their number. */
  readonly limit: number;
  /** Count the distinct values, exactly. */
  readonly distinct: boolean;
}

export interface LogFieldValuesInput extends TimeBoundsInput {
  readonly field: string;
  readonly query?: string | undefined;
  readonly prefix?: string | undefined;
  readonly limit?: number | undefined;
  readonly distinct?: boolean | undefined;
}

export interface LogFieldValue {
  readonly value: string;
  readonly count: number;
}

export interface LogFieldValuesResponse {
  /** Canonical name of the field that was asked for. */
  readonly field: string;
  readonly values: readonly LogFieldValue[];
  /** Matching records that have the field with a value of the prefix, shown values included. */
  readonly records: number;
  /** True when there are values beyond those listed. */
  readonly more: boolean;
  /** How many values there are; null unless it was asked for and could be counted whole. */
  readonly distinct: number | null;
  readonly partial: Partial | null;
  readonly cost: Cost;
}

export const logFieldsRequestSchema: z.ZodType<LogFieldsRequest, TimeBoundsInput> =
  z.strictObject(timeBoundsShape);

export const logFieldsResponseSchema: z.ZodType<LogFieldsResponse> = z
  .object({
    fields: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        storage: z.enum(FIELD_STORAGES),
        aliases: z.array(z.string()),
        label: z.object({ en: z.string(), zh: z.string() }).exactOptional(),
        records: z.number().int().nullable(),
      }),
    ),
    truncated: z.boolean(),
  })
  .meta({ id: 'LogFields' });

export const logFieldValuesRequestSchema: z.ZodType<LogFieldValuesRequest, LogFieldValuesInput> = z
  .strictObject({
    field: z.string().min(1).max(1024),
    query: querySchema,
    ...timeBoundsShape,
    prefix: z.string().max(1024).default(''),
    limit: z.number().int().min(0).max(FIELD_VALUES_MAX).default(20),
    distinct: z.boolean().default(false),
  })
  .meta({ id: 'LogFieldValuesRequest' });

export const logFieldValuesResponseSchema: z.ZodType<LogFieldValuesResponse> = z
  .object({
    field: z.string(),
    values: z.array(z.object({ value: z.string(), count: z.number().int() })),
    records: z.number().int(),
    more: z.boolean(),
    distinct: z.number().int().nullable(),
    partial: partialSchema,
    cost: costSchema,
  })
  .meta({ id: 'LogFieldValues' });

export const LOG_FIELDS_LIST: Route = {
  method: 'GET',
  path: '/api/v1/logs/fields',
  scope: 'read',
  operationId: 'listLogFields',
  summary: 'List the fields that records of a time range have',
  query: logFieldsRequestSchema,
  response: { mediaTypes: ['application/json'], schema: logFieldsResponseSchema },
};

export const LOG_FIELD_VALUES: Route = {
  method: 'POST',
  path: '/api/v1/logs/fields/values',
  scope: 'read',
  operationId: 'logFieldValues',
  summary: 'The most frequent values of a field among matching records',
  request: { mediaTypes: ['application/json'], schema: logFieldValuesRequestSchema },
  response: { mediaTypes: ['application/json'], schema: logFieldValuesResponseSchema },
};
