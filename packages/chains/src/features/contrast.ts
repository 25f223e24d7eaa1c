/** Chains that went through something beside those that did not: which of them fail. */
import type { StatementValues } from '@tendril/api/chain';
import { zScore } from '../onset.ts';
import type { Outline } from '../outline.ts';

/** Fewer chains on a side say nothing. */
export const SIDE_MIN = 3;

interface Contrast {
  /** Shares of chains that fail. */
  readonly here: number;
  readonly elsewhere: number;
  readonly difference: number;
  /** Standard errors by which they differ. */
  readonly z: number;
  readonly values: StatementValues;
}

export function contrastOf(
  outlines: readonly Outline[],
  failed: ReadonlySet<string>,
  isThrough: (outline: Outline) => boolean,
): Contrast | undefined {
  const through = outlines.filter(isThrough);
  const others = outlines.length - through.length;
  if (through.length < SIDE_MIN || others < SIDE_MIN) return undefined;
  const failedAll = outlines.filter(({ chain }) => failed.has(chain)).length;
  const failedThrough = through.filter(({ chain }) => failed.has(chain)).length;
  const failedOthers = failedAll - failedThrough;
  const here = failedThrough / through.length;
  const elsewhere = failedOthers / others;
  return {
    here,
    elsewhere,
    difference: here - elsewhere,
    z: zScore({
      before: failedOthers,
      beforeOf: others,
      after: failedThrough,
      afterOf: through.length,
    }),
    values: {
      failed: failedThrough,
      of: through.length,
      otherFailed: failedOthers,
      otherOf: others,
    },
  };
}
