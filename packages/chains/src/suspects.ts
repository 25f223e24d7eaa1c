/** Who is suspected, how much, and what speaks for and against it. */
import type { ChainEvidence, ChainSuspect, SuspectKind } from '@tendril/api/chain';
import type { Candidate } from './candidates.ts';
import type { Measured } from './features/measured.ts';
import { FEATURE_NAMES, FEATURES, type FeatureName } from './features/registry.ts';
import { confidences, type FeatureValues, type NoneFeatures, type Weights } from './score.ts';
import { placeKey } from './outline.ts';
import { findingsAgainst, type Situation } from './situation.ts';

/** A page shows five; what has less than a hundredth is left out. */
const SUSPECTS_MAX = 10;
const CONFIDENCE_MIN = 0.005;
/** What adds less is not worth a sentence. */
const WEIGHT_MIN = 0.05;

interface Judged {
  readonly candidate: Candidate;
  readonly measures: ReadonlyMap<FeatureName, Measured>;
}

export function suspectsOf(
  situation: Situation,
  none: NoneFeatures,
  weights: Weights,
): readonly ChainSuspect[] {
  const judged = situation.cast.candidates.map((candidate) => judge(candidate, situation));
  const shares = confidences({ suspects: judged.map(valuesOf), none }, weights);
  return judged
    .map((each, index) => suspectOf(each, situation, weights, shares[index] ?? 0))
    .filter(({ confidence }) => confidence >= CONFIDENCE_MIN)
    .toSorted((a, b) => b.confidence - a.confidence)
    .slice(0, SUSPECTS_MAX);
}

function judge(candidate: Candidate, situation: Situation): Judged {
  const measures = new Map<FeatureName, Measured>();
  for (const name of FEATURE_NAMES) {
    const measured = FEATURES[name](candidate, situation);
    if (measured) measures.set(name, measured);
  }
  discount(measures, BLAMED, 'blamed_by_one');
  discount(measures, PASSED, 'alone_blames');
  return { candidate, measures };
}

/** What others say of it is worth less where only one of them says so. */
const BLAMED = ['first_wrong', 'deepest', 'blamed', 'lost_time', 'known_fault'] as const;
/** And that one may not be the messenger it seems to be. */
const PASSED = ['passed_on'] as const;

function discount(
  measures: Map<FeatureName, Measured>,
  names: readonly FeatureName[],
  by: FeatureName,
): void {
  const left = 1 - (measures.get(by)?.value ?? 0);
  for (const name of names) {
    const measured = measures.get(name);
    if (measured) measures.set(name, { ...measured, value: measured.value * left });
  }
}

function valuesOf({ measures }: Judged): FeatureValues {
  return Object.fromEntries([...measures].map(([name, { value }]) => [name, value]));
}

function suspectOf(
  judged: Judged,
  situation: Situation,
  weights: Weights,
  confidence: number,
): ChainSuspect {
  const { candidate, measures } = judged;
  const [lane] = candidate.lanes;
  const evidence = evidenceOf(measures, weights);
  const change = measures.get('fails_since_change') ?? measures.get('change');
  return {
    kind: kindOf(judged, situation),
    service: candidate.service,
    instance: lane?.instance || candidate.address,
    version: lane?.version ?? '',
    confidence,
    evidence: evidence.filter(({ weight }) => weight > WEIGHT_MIN),
    counterEvidence: evidence.filter(({ weight }) => weight < -WEIGHT_MIN).toReversed(),
    changeId: change ? String(change.values['change'] ?? '') || null : null,
    knownErrors: knownErrorsOf(candidate, situation),
    features: Object.fromEntries([...measures].map(([name, { value }]) => [name, value])),
  };
}

/** The strongest first. */
function evidenceOf(
  measures: ReadonlyMap<FeatureName, Measured>,
  { features }: Weights,
): readonly ChainEvidence[] {
  return [...measures]
    .map(([name, { value, values, link }]) => ({
      kind: name,
      values,
      link,
      weight: value * features[name],
    }))
    .toSorted((a, b) => b.weight - a.weight);
}

/** Of a service with several instances it is one of them, or all. */
function kindOf({ candidate, measures }: Judged, { neighbours }: Situation): SuspectKind {
  if (candidate.kind === 'dependency') return 'dependency';
  if (candidate.lanes.length === 0) return 'service';
  const places = new Set(
    neighbours.flatMap((outline) =>
      [...outline.places].filter((place) => place.startsWith(`${candidate.service}\n`)),
    ),
  );
  for (const lane of candidate.lanes) places.add(placeKey(lane));
  if (places.size <= 1) return 'instance';
  return (measures.get('instance_only')?.value ?? 0) >= 0.3 ? 'instance' : 'service';
}

function knownErrorsOf(candidate: Candidate, situation: Situation): readonly string[] {
  const names = findingsAgainst(candidate, situation).flatMap(({ known }) =>
    known.filter(({ spec }) => spec.kind === 'fault').map(({ pack, spec }) => `${pack}/${spec.id}`),
  );
  return [...new Set(names)];
}
