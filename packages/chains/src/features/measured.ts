import type { ChainLink, StatementValues } from '@tendril/api/chain';
import type { Candidate } from '../candidates.ts';
import type { Situation } from '../situation.ts';

export interface Measured {
  /** 0 to 1. */
  readonly value: number;
  readonly values: StatementValues;
  readonly link: ChainLink | null;
}

export type Measure = (candidate: Candidate, situation: Situation) => Measured | undefined;

export function measured(
  value: number,
  values: StatementValues = {},
  link: ChainLink | null = null,
): Measured | undefined {
  const bounded = Math.min(1, Math.max(0, value));
  return bounded > 0 ? { value: bounded, values, link } : undefined;
}
