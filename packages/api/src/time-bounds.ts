/** The part of a request that says which records: a query and a range of time. */
import { z } from 'zod';

export interface TimeBounds {
  /** As `parseTime` takes it. The range is half-open: `to` does not belong to it. */
  readonly from: string;
  readonly to: string;
}

/** What a client may leave out or write as a number. */
export interface TimeBoundsInput {
  readonly from?: string | number | undefined;
  readonly to?: string | number | undefined;
}

export const timeSchema: z.ZodType<string, string | number> = z
  .union([z.string(), z.number()])
  .transform(String)
  .describe(
    'RFC 3339, epoch in s, ms, µs or ns (integers above 2^53 as strings), or date math such as `now-15m`.',
  );

export const timeBoundsShape: TimeBoundsShape = {
  from: timeSchema.default('now-15m'),
  to: timeSchema.default('now'),
};

interface TimeBoundsShape {
  readonly from: z.ZodDefault<z.ZodType<string, string | number>>;
  readonly to: z.ZodDefault<z.ZodType<string, string | number>>;
}

export const querySchema: z.ZodType<string, string | undefined> = z
  .string()
  .default('')
  .describe('In the query language (KQL); empty matches everything.');
