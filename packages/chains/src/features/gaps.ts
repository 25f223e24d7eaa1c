/** What a chain should have reached and did not. */
import type { Candidate } from '../candidates.ts';
import type { Situation } from '../situation.ts';
import { measured, type Measured } from './measured.ts';

export function missing({ service }: Candidate, situation: Situation): Measured | undefined {
  const { gaps } = situation;
  const [first] = gaps;
  const own = gaps.find((gap) => gap.service === service);
  if (!first || !own || isBrokenOff(situation)) return undefined;
  const share = Math.round(own.share * 100);
  const values = { share, ms: Math.round(own.expectedWithinMs) };
  const isNext = first.service === service;
  return measured(isNext ? 1 : 0.3, values);
}

/** The last that was heard of before the first gap. */
export function gapAfter(candidate: Candidate, situation: Situation): Measured | undefined {
  const [first] = situation.gaps;
  if (!first || first.service === candidate.service || isBrokenOff(situation)) return undefined;
  const [service = ''] = first.afterKey.split('\n');
  return service === candidate.service ? measured(1, { next: first.service }) : undefined;
}

/** An error ended it: that nothing comes after it explains itself. */
function isBrokenOff({ findings, gaps }: Situation): boolean {
  const error = findings.find(({ kind }) => kind === 'error' || kind === 'refusal');
  return error !== undefined && gaps.some(({ afterMs }) => afterMs <= error.atMs + GAP_MS);
}

/** After an error it takes a moment until others would have been reached. */
const GAP_MS = 1_000;
