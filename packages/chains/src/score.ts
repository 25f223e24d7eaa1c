/**
 * From features to confidence: each suspect's features are weighed and summed, and "none of them" has a
 * sum as well; confidence is each one's share of the exponentials. So all add up to 1, what each
 * feature contributes can be shown, and weights are fitted by following the likelihood upwards.
 */
import { FEATURE_NAMES, type FeatureName } from './features/registry.ts';
import shipped from './weights.json' with { type: 'json' };

export interface Weights {
  readonly none: NoneWeights;
  readonly features: Readonly<Record<FeatureName, number>>;
}

/** What speaks for "none of them". */
export interface NoneWeights {
  readonly bias: number;
  readonly isWell: number;
  readonly isRefused: number;
  readonly isSlow: number;
  readonly isIncomplete: number;
}

export type NoneFeatures = Readonly<Record<Exclude<keyof NoneWeights, 'bias'>, number>>;
export type FeatureValues = Readonly<Partial<Record<FeatureName, number>>>;

/** One chain: what is known of each suspect, and of the chain itself. */
export interface Judgement {
  readonly suspects: readonly FeatureValues[];
  readonly none: NoneFeatures;
}

/** Fitted by `npm run bench -- root-cause`. */
export const WEIGHTS: Weights = shipped;

/** Where all that was seen is a refusal, nothing may be wrong at all: no verdict is sure. */
const REFUSED_CONFIDENCE_MAX = 0.65;

/** Confidences of the suspects in their order; what is missing to 1 is "none of them". */
export function confidences({ suspects, none }: Judgement, weights: Weights): readonly number[] {
  const scores = suspects.map((values) => scoreOf(values, weights));
  const noneScore = noneScoreOf(none, weights);
  const highest = scores.reduce((most, score) => Math.max(most, score), noneScore);
  const exponentials = scores.map((score) => Math.exp(score - highest));
  const sum = exponentials.reduce((total, each) => total + each, Math.exp(noneScore - highest));
  const certainty = none.isRefused > 0 ? REFUSED_CONFIDENCE_MAX : 1;
  return exponentials.map((each) => (each / sum) * certainty);
}

export function scoreOf(values: FeatureValues, { features }: Weights): number {
  return FEATURE_NAMES.reduce((sum, name) => sum + (values[name] ?? 0) * features[name], 0);
}

function noneScoreOf(none: NoneFeatures, { none: weights }: Weights): number {
  return (
    weights.bias +
    none.isWell * weights.isWell +
    none.isRefused * weights.isRefused +
    none.isSlow * weights.isSlow +
    none.isIncomplete * weights.isIncomplete
  );
}
