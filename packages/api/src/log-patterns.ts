/** Patterns: what records say once their values are masked, how often, since when, and what is new. */
import { z } from 'zod';
import {
  costSchema,
  partialSchema,
  rangeSchema,
  type Cost,
  type Partial,
  type ResolvedRange,
} from './answer.ts';
import { LEVELS, type Level } from './log-histogram.ts';
import type { Route } from './route.ts';
import {
  querySchema,
  timeBoundsShape,
  timeSchema,
  type TimeBounds,
  type TimeBoundsInput,
} from './time-bounds.ts';

export const LOG_PATTERNS_MAX = 1_000;
export const PATTERN_BUCKETS_MAX = 200;

/** `new`: none of its records lie in the time before; `vanished`: all of them do. */
export const PATTERN_SHOWS = ['all', 'new', 'vanished'] as const;
export type PatternShow = (typeof PATTERN_SHOWS)[number];

export interface LogPatternsRequest extends TimeBounds {
  /** Which records; pipes are not looked at. */
  readonly query: string;
  readonly limit: number;
  /** About how many buckets the trend has. */
  readonly buckets: number;
  /** Begin of the time before the range that it is compared with; `before`: as long as the range. */
  readonly compare?: string;
  readonly show: PatternShow;
}

export interface LogPatternsInput extends TimeBoundsInput {
  readonly query?: string | undefined;
  readonly limit?: number | undefined;
  readonly buckets?: number | undefined;
  readonly compare?: string | number | undefined;
  readonly show?: PatternShow | undefined;
}

export interface LogPattern {
  /** As in `patternId:…`, which finds all records of the pattern. */
  readonly patternId: string;
  /** `<*>` stands for values. */
  readonly template: string;
  readonly count: number;
  /** Of `records`, 0 to 1. */
  readonly share: number;
  /** Records in the time before; 0 without a comparison. */
  readonly before: number;
  /** Nanoseconds since 1970, within the range; in the time before when it has vanished. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Records by bucket, from `trend.from` on. */
  readonly trend: readonly number[];
  readonly levels: Readonly<{ [Key in Level]?: number }>;
  /** The most frequent ones. */
  readonly services: readonly { readonly name: string; readonly count: number }[];
  readonly examples: readonly string[];
}

export interface LogPatternsResponse {
  readonly range: ResolvedRange;
  /** The time before; null without a comparison. */
  readonly compared: ResolvedRange | null;
  /** Most frequent first; those that have vanished by how frequent they were. */
  readonly patterns: readonly LogPattern[];
  /** Of how many patterns these are. */
  readonly total: number;
  /** Matching records of all patterns that `show` asks for, those not listed included. */
  readonly records: number;
  /** Buckets of all trends: begin of the first and width, nanoseconds. */
  readonly trend: { readonly from: string; readonly width: string; readonly buckets: number };
  readonly partial: Partial | null;
  readonly cost: Cost;
}

// Parameters of a query string are text.
const integer = (max: number, otherwise: number): z.ZodType<number, number | undefined> =>
  z.coerce.number<number>().int().min(1).max(max).default(otherwise);

export const logPatternsRequestSchema: z.ZodType<LogPatternsRequest, LogPatternsInput> = z
  .strictObject({
    query: querySchema,
    ...timeBoundsShape,
    limit: integer(LOG_PATTERNS_MAX, 100),
    buckets: integer(PATTERN_BUCKETS_MAX, 30),
    compare: timeSchema
      .describe('Begin of the time before the range that it is compared with; `before`: as long.')
      .exactOptional(),
    show: z.enum(PATTERN_SHOWS).default('all'),
  })
  .meta({ id: 'LogPatternsRequest' });

const count = z.number().int().nonnegative();
const nanoseconds = z.string();

const patternSchema: z.ZodType<LogPattern> = z.object({
  patternId: z.string(),
  template: z.string(),
  count,
  share: z.number(),
  before: count,
  firstSeen: nanoseconds,
  lastSeen: nanoseconds,
  trend: z.array(count),
  levels: z.partialRecord(z.enum(LEVELS), count),
  services: z.array(z.object({ name: z.string(), count })),
  examples: z.array(z.string()),
});

export const logPatternsResponseSchema: z.ZodType<LogPatternsResponse> = z
  .object({
    range: rangeSchema,
    compared: rangeSchema.nullable(),
    patterns: z.array(patternSchema),
    total: count,
    records: count,
    trend: z.object({ from: nanoseconds, width: nanoseconds, buckets: count }),
    partial: partialSchema,
    cost: costSchema,
  })
  .meta({ id: 'LogPatterns' });

export const LOG_PATTERNS: Route = {
  method: 'GET',
  path: '/api/v1/logs/patterns',
  scope: 'read',
  operationId: 'logPatterns',
  summary: 'Patterns of matching records, with trends, and which are new or have vanished',
  query: logPatternsRequestSchema,
  response: { mediaTypes: ['application/json'], schema: logPatternsResponseSchema },
};
