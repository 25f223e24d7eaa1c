/** Where a suspect stands. */
import type { Candidate } from '../candidates.ts';
import { findingsAgainst, type Situation } from '../situation.ts';
import { measured, type Measured } from './measured.ts';

/** Whoever is nearest to the user shows what others did. */
export function isEntry({ lanes }: Candidate, { hops }: Situation): Measured | undefined {
  return lanes.some(({ id }) => hops.some((hop) => hop.lane.id === id && hop.parent === undefined))
    ? measured(1)
    : undefined;
}

/** Neither in the chain nor named by it. */
export function isOutside(candidate: Candidate, situation: Situation): Measured | undefined {
  const isIn =
    candidate.lanes.length > 0 ||
    situation.gaps.some(({ service }) => service === candidate.service);
  return isIn || findingsAgainst(candidate, situation).length > 0 ? undefined : measured(1);
}

export function isDependency({ kind }: Candidate): Measured | undefined {
  return kind === 'dependency' ? measured(1) : undefined;
}
