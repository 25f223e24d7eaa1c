/** "What changed": values that two spans of time hold in different shares, the greatest shift first. */
import { z } from 'zod';
import {
  costSchema,
  partialSchema,
  rangeSchema,
  type Cost,
  type Partial,
  type ResolvedRange,
} from './answer.ts';
import type { Route } from './route.ts';
import {
  querySchema,
  timeBoundsShape,
  timeSchema,
  type TimeBounds,
  type TimeBoundsInput,
} from './time-bounds.ts';

export const LOG_CHANGES_MAX = 500;

export const LOG_CHANGE_KINDS = ['pattern', 'service', 'level', 'field'] as const;
export type LogChangeKind = (typeof LOG_CHANGE_KINDS)[number];

export interface LogChangesRequest extends TimeBounds {
  /** Narrows both spans; pipes are not looked at. */
  readonly query: string;
  /** What to compare with; the span of the same length just before when absent. */
  readonly baseline?: TimeBounds;
  readonly limit: number;
}

export interface LogChangesInput extends TimeBoundsInput {
  readonly query?: string | undefined;
  readonly baseline?: TimeBoundsInput;
  readonly limit?: number | undefined;
}

export interface LogChange {
  readonly kind: LogChangeKind;
  /** Name of the field as the query language prints it: `field:value` finds the records. */
  readonly field: string;
  readonly value: string;
  /** For patterns: the template. */
  readonly text?: string;
  readonly direction: 'new' | 'gone' | 'more' | 'less';
  /** Records, estimated where the answer is sampled. */
  readonly records: number;
  readonly baselineRecords: number;
  /** Of all records of the span, 0 to 1. */
  readonly share: number;
  readonly baselineShare: number;
  /** How surprising the shift is: the signed root of the likelihood ratio, positive for more. */
  readonly score: number;
}

export interface LogChangesResponse {
  readonly range: ResolvedRange;
  readonly baseline: ResolvedRange;
  readonly records: number;
  readonly baselineRecords: number;
  /** Part of the records that was looked at, 0 to 1; 1 when all were. */
  readonly sampled: number;
  readonly changes: readonly LogChange[];
  readonly partial: Partial | null;
  readonly cost: Cost;
}

export const logChangesRequestSchema: z.ZodType<LogChangesRequest, LogChangesInput> = z
  .strictObject({
    query: querySchema,
    ...timeBoundsShape,
    baseline: z.strictObject({ from: timeSchema, to: timeSchema }).exactOptional(),
    limit: z.number().int().min(1).max(LOG_CHANGES_MAX).default(50),
  })
  .meta({ id: 'LogChangesRequest' });

const count = z.number().nonnegative();

export const logChangesResponseSchema: z.ZodType<LogChangesResponse> = z
  .object({
    range: rangeSchema,
    baseline: rangeSchema,
    records: count,
    baselineRecords: count,
    sampled: z.number(),
    changes: z.array(
      z.object({
        kind: z.enum(LOG_CHANGE_KINDS),
        field: z.string(),
        value: z.string(),
        text: z.string().exactOptional(),
        direction: z.enum(['new', 'gone', 'more', 'less']),
        records: count,
        baselineRecords: count,
        share: z.number(),
        baselineShare: z.number(),
        score: z.number(),
      }),
    ),
    partial: partialSchema,
    cost: costSchema,
  })
  .meta({ id: 'LogChanges' });

export const LOG_CHANGES: Route = {
  method: 'POST',
  path: '/api/v1/logs/changes',
  scope: 'read',
  operationId: 'logChanges',
  summary: 'What a span of time has more and less of than the one before it',
  request: { mediaTypes: ['application/json'], schema: logChangesRequestSchema },
  response: { mediaTypes: ['application/json'], schema: logChangesResponseSchema },
};
