/** What every answer about stored records says beside its data: cost, and what is missing and why. */
import { z } from 'zod';
import { problemSchema, type Problem } from './problem.ts';

/** Why an answer is not whole. `rows`: the answer would have had more rows than are sent. */
export const PARTIAL_REASONS = ['time', 'bytes_read', 'memory', 'rows'] as const;
export type PartialReason = (typeof PARTIAL_REASONS)[number];

export interface Partial {
  readonly reason: PartialReason;
  /**
   * What was searched lies between this and the other end of the range, in nanoseconds. A table that
   * was cut short says the newer end: of no part of the range it is known that it was read whole.
   */
  readonly searchedTo: string;
}

export interface Cost {
  readonly elapsedMs: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
  /** Statements that the engine ran. */
  readonly statements: number;
}

/** The range as resolved: nanoseconds since 1970, half-open. */
export interface ResolvedRange {
  readonly from: string;
  readonly to: string;
}

export interface ProgressEvent extends Pick<Cost, 'elapsedMs' | 'rowsRead' | 'bytesRead'> {
  readonly kind: 'progress';
  /** What lies between this and the newer end (older, when ascending) has been searched. */
  readonly searchedTo: string;
}

/** The last line when something fails after the first line was sent. */
export interface ErrorEvent {
  readonly kind: 'error';
  readonly problem: Problem;
}

export interface Summary {
  readonly kind: 'summary';
  readonly range: ResolvedRange;
  readonly partial: Partial | null;
  readonly cost: Cost;
  /** The statements with their parameters, when the request asked for them. */
  readonly sql?: readonly string[];
}

const count = z.number().int().nonnegative();
const nanoseconds = z.string().describe('Nanoseconds since 1970.');

export const costSchema: z.ZodType<Cost> = z.object({
  elapsedMs: z.number(),
  rowsRead: count,
  bytesRead: count,
  statements: count,
});

export const rangeSchema: z.ZodType<ResolvedRange> = z.object({
  from: nanoseconds,
  to: nanoseconds,
});

export const partialSchema: z.ZodType<Partial | null> = z
  .object({ reason: z.enum(PARTIAL_REASONS), searchedTo: nanoseconds })
  .nullable()
  .describe('Null when the answer is whole.');

export const progressSchema: z.ZodType<ProgressEvent> = z.object({
  kind: z.literal('progress'),
  elapsedMs: z.number(),
  rowsRead: count,
  bytesRead: count,
  searchedTo: nanoseconds,
});

export const errorEventSchema: z.ZodType<ErrorEvent> = z.object({
  kind: z.literal('error'),
  problem: problemSchema,
});

/** Fields of `Summary`, for the schemas of the summaries that extend it. */
export const summaryShape: SummaryShape = {
  kind: z.literal('summary'),
  range: rangeSchema,
  partial: partialSchema,
  cost: costSchema,
  sql: z.array(z.string()).exactOptional(),
};

interface SummaryShape {
  readonly kind: z.ZodLiteral<'summary'>;
  readonly range: z.ZodType<ResolvedRange>;
  readonly partial: z.ZodType<Partial | null>;
  readonly cost: z.ZodType<Cost>;
  readonly sql: z.ZodExactOptional<z.ZodArray<z.ZodString>>;
}
