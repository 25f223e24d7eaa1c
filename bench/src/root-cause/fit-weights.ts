/**
 * Fits the weights of suspects' features: each chain is a choice between its suspects and "none of them", and
 * the likelihood of the right choices is followed upwards (a conditional logit, with Adam, a pull towards
 * weights set by hand, and their signs kept: few runs teach nobody that an error speaks for innocence).
 */
import type { ChainOutcome } from '@tendril/api/chain';
import { FEATURE_NAMES } from '@tendril/chains/features/registry';
import type { Weights } from '@tendril/chains/score';
import { PRIOR_WEIGHTS } from './prior-weights.ts';

export interface Example {
  /** Faults count the same, however many chains each has. */
  readonly group: string;
  readonly suspects: readonly Readonly<Record<string, number>>[];
  readonly outcome: ChainOutcome;
  /** Place of the right suspect; -1: none of them. */
  readonly right: number;
}

const NONE_NAMES = ['bias', 'isWell', 'isRefused', 'isSlow', 'isIncomplete'] as const;
const ROUNDS = 400;
const STEP = 0.05;
const DECAY = { first: 0.9, second: 0.999 };
/** Towards the prior: little where many runs agree, enough where only a few have the feature. */
const PULL = 0.002;
const TINY = 1e-8;
const SIZE = NONE_NAMES.length + FEATURE_NAMES.length;

export function fitWeights(examples: readonly Example[]): Weights {
  const rows = examples.map((example) => ({
    choices: [noneRow(example.outcome), ...example.suspects.map(suspectRow)],
    right: example.right + 1,
  }));
  const shares = groupShares(examples);
  const prior = priorRow();
  const weights = Float64Array.from(prior);
  const first = new Float64Array(SIZE);
  const second = new Float64Array(SIZE);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const gradient = new Float64Array(SIZE);
    rows.forEach((row, index) => addGradient(gradient, weights, row, shares[index] ?? 0));
    for (let at = 0; at < SIZE; at += 1) {
      const slope = (gradient[at] ?? 0) - PULL * ((weights[at] ?? 0) - (prior[at] ?? 0));
      first[at] = DECAY.first * (first[at] ?? 0) + (1 - DECAY.first) * slope;
      second[at] = DECAY.second * (second[at] ?? 0) + (1 - DECAY.second) * slope * slope;
      const mean = (first[at] ?? 0) / (1 - DECAY.first ** round);
      const spread = Math.sqrt((second[at] ?? 0) / (1 - DECAY.second ** round));
      weights[at] = ofSign((weights[at] ?? 0) + (STEP * mean) / (spread + TINY), prior[at] ?? 0);
    }
  }
  return weightsOf(weights);
}

function priorRow(): Float64Array {
  const { none, features } = PRIOR_WEIGHTS;
  return Float64Array.from([
    ...NONE_NAMES.map((name) => none[name]),
    ...FEATURE_NAMES.map((name) => features[name]),
  ]);
}

/** Nought rather than the other sign. */
function ofSign(weight: number, prior: number): number {
  return weight * prior < 0 ? 0 : weight;
}

/** Who is accused where nothing is wrong trusts no verdict any more: that counts like so many faults. */
const NONE_SHARE = 10;

/** All groups together count as one. */
function groupShares(examples: readonly Example[]): readonly number[] {
  const sizes = new Map<string, number>();
  for (const { group } of examples) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const shares = examples.map(
    ({ group, right }) => (right < 0 ? NONE_SHARE : 1) / (sizes.get(group) ?? 1),
  );
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

function noneRow(outcome: ChainOutcome): Float64Array {
  const row = new Float64Array(SIZE);
  const place = { ok: 1, refused: 2, slow: 3, incomplete: 4, failed: 0 }[outcome];
  row[0] = 1;
  row[place] = 1;
  return row;
}

function suspectRow(features: Readonly<Record<string, number>>): Float64Array {
  const row = new Float64Array(SIZE);
  FEATURE_NAMES.forEach((name, index) => (row[NONE_NAMES.length + index] = features[name] ?? 0));
  return row;
}

interface Row {
  readonly choices: readonly Float64Array[];
  readonly right: number;
}

/** What was right less what is expected. */
function addGradient(
  gradient: Float64Array,
  weights: Float64Array,
  { choices, right }: Row,
  share: number,
): void {
  const scores = choices.map((row) =>
    row.reduce((sum, each, at) => sum + each * (weights[at] ?? 0), 0),
  );
  const highest = Math.max(...scores);
  const odds = scores.map((score) => Math.exp(score - highest));
  const total = odds.reduce((sum, each) => sum + each, 0);
  choices.forEach((row, choice) => {
    const surplus = (choice === right ? 1 : 0) - (odds[choice] ?? 0) / total;
    for (let at = 0; at < SIZE; at += 1)
      gradient[at] = (gradient[at] ?? 0) + share * surplus * (row[at] ?? 0);
  });
}

function weightsOf(weights: Float64Array): Weights {
  const rounded = (at: number): number => Number((weights[at] ?? 0).toFixed(3));
  const none = Object.fromEntries(NONE_NAMES.map((name, at) => [name, rounded(at)]));
  const features = Object.fromEntries(
    FEATURE_NAMES.map((name, at) => [name, rounded(NONE_NAMES.length + at)]),
  );
  return { none, features } as unknown as Weights;
}
