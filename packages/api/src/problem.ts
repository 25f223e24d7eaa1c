/**
 * Errors as `application/problem+json` (RFC 9457) with a stable `code` and its `params`, which UI and
 * CLI turn into a sentence of the reader's language. `detail` is that sentence in English.
 */
import { z } from 'zod';
import { Failure } from '@tendril/model/failure';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Where in a query text something is wrong: UTF-16 offsets, `end` is past the last character. */
export interface QueryPosition {
  readonly start: number;
  readonly end: number;
}

export interface Problem {
  readonly type: string;
  /** The phrase of the HTTP status. */
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** For errors in a query. */
  readonly position?: QueryPosition;
  /** What to write instead, in English. */
  readonly hint?: string;
}

export const problemSchema: z.ZodType<Problem> = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
    position: z.object({ start: z.number().int(), end: z.number().int() }).exactOptional(),
    hint: z.string().exactOptional(),
  })
  .meta({ id: 'Problem' });

/** A problem that a server answered, with all it said. */
export class ProblemFailure extends Failure {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super({ code: problem.code, detail: problem.detail, params: problem.params });
    this.name = 'ProblemFailure';
    this.problem = problem;
  }
}
