/** The same verdicts with other weights: features stay, confidences and order change. */
import { confidences, type NoneFeatures, type Weights } from '@tendril/chains/score';
import { fitWeights, type Example } from './fit-weights.ts';
import { isRight, type Verdict } from './judge.ts';

export function reweigh(verdict: Verdict, weights: Weights): Verdict {
  const { suspects, outcome } = verdict;
  const judgement = { suspects: suspects.map(({ features }) => features), none: noneOf(outcome) };
  const shares = confidences(judgement, weights);
  const weighed = suspects.map((suspect, index) =>
    Object.assign({}, suspect, { confidence: shares[index] ?? 0 }),
  );
  return { ...verdict, suspects: weighed.toSorted((a, b) => b.confidence - a.confidence) };
}

function noneOf(outcome: Verdict['outcome']): NoneFeatures {
  return {
    isWell: outcome === 'ok' ? 1 : 0,
    isRefused: outcome === 'refused' ? 1 : 0,
    isSlow: outcome === 'slow' ? 1 : 0,
    isIncomplete: outcome === 'incomplete' ? 1 : 0,
  };
}

/** Chains whose true cause is not among the suspects teach nothing. */
export function examplesOf(verdicts: readonly Verdict[]): readonly Example[] {
  return verdicts.flatMap(({ fault, chain, suspects, outcome }) => {
    const { cause, role } = chain;
    const right = cause ? suspects.findIndex((suspect) => isRight(suspect, cause)) : -1;
    if (cause && right < 0) return [];
    const group = role === 'affected' ? fault : role;
    return [{ group, suspects: suspects.map(({ features }) => features), outcome, right }];
  });
}

/** Each fault judged by weights that have not seen it; healthy chains by those that have seen no fault of their run. */
export function leaveOneOut(
  verdicts: readonly Verdict[],
  isLearned: (fault: string) => boolean,
): readonly Verdict[] {
  const faults = [...new Set(verdicts.map(({ fault }) => fault))];
  return faults.flatMap((fault) => {
    const others = verdicts.filter((each) => each.fault !== fault && isLearned(each.fault));
    const weights = fitWeights(examplesOf(others));
    return verdicts.filter((each) => each.fault === fault).map((each) => reweigh(each, weights));
  });
}
