/** What chains of the same kind around the same time say of a suspect. */
import type { Candidate } from '../candidates.ts';
import { placeKey, type Outline } from '../outline.ts';
import { findingsAgainst, ownFindings, touches, type Situation } from '../situation.ts';
import { SIDE_MIN, contrastOf } from './contrast.ts';
import { measured, type Measured } from './measured.ts';

/** Chains that go through it fail, others do not. */
export function spectrum(
  candidate: Candidate,
  { neighbours, failed }: Situation,
): Measured | undefined {
  const contrast = contrastOf(neighbours, failed, (outline) => touches(outline, candidate));
  if (!contrast) return undefined;
  return measured(contrast.difference, contrast.values);
}

/** Of several instances this one alone. */
export function instanceOnly(
  candidate: Candidate,
  { neighbours, failed }: Situation,
): Measured | undefined {
  const places = candidate.lanes.map(placeKey);
  const sharing = neighbours.filter((outline) => touches(outline, candidate));
  const contrast = contrastOf(sharing, failed, (outline) =>
    places.some((place) => outline.places.has(place)),
  );
  if (!contrast || candidate.lanes.length === 0) return undefined;
  return measured(contrast.difference, {
    ...contrast.values,
    instance: candidate.lanes[0]?.instance ?? '',
  });
}

/** Chains around the same time that go through it and end well. */
export function worksForOthers(candidate: Candidate, situation: Situation): Measured | undefined {
  const { neighbours, failed, onsetMs, firstWrongMs, gaps } = situation;
  // Chains that reach what this one did not reach are well for that reason.
  const isMissed =
    candidate.lanes.length === 0 && gaps.some(({ service }) => service === candidate.service);
  if (isMissed) return undefined;
  const near = neighbours.filter(
    (outline) =>
      outline.startMs >= onsetMs &&
      outline.startMs < firstWrongMs + NEAR_MS &&
      touches(outline, candidate),
  );
  if (near.length < SIDE_MIN) return undefined;
  const well = near.filter(({ chain }) => !failed.has(chain)).length;
  return measured(well / near.length, { well, of: near.length });
}

const NEAR_MS = 30_000;

/** Its calls to another fail, those of other instances of it do not: the way between them, or its own end. */
export function aloneBlames(candidate: Candidate, situation: Situation): Measured | undefined {
  const isBlaming = ownFindings(candidate, situation).some(
    (finding) => situation.origins.get(finding)?.service !== candidate.service,
  );
  return isBlaming ? exclusive(candidate, situation) : undefined;
}

/** Only one instance of its callers has trouble with it. */
export function blamedByOne(candidate: Candidate, situation: Situation): Measured | undefined {
  const blaming = findingsAgainst(candidate, situation).find(
    ({ lane }) => !candidate.lanes.includes(lane),
  );
  if (!blaming) return undefined;
  const { lane } = blaming;
  const caller: Candidate = { kind: 'service', service: lane.service, lanes: [lane], address: '' };
  return exclusive(caller, situation);
}

/** So many standard errors apart nobody takes for chance. */
const CHANCE_Z = 3;

/** Whether chains fail through this instance and hardly through others, however many of its own go well. */
function exclusive(
  candidate: Candidate,
  { neighbours, failed, onsetMs }: Situation,
): Measured | undefined {
  const places = candidate.lanes.map(placeKey);
  const isThrough = (outline: Outline): boolean =>
    places.some((place) => outline.places.has(place));
  const all = neighbours.filter((outline) => touches(outline, candidate));
  const since = all.filter(({ startMs }) => startMs >= onsetMs);
  const contrast = contrastOf(since, failed, isThrough) ?? contrastOf(all, failed, isThrough);
  if (!contrast || contrast.z <= 0) return undefined;
  const { here, elsewhere, z, values } = contrast;
  const ratio = (here - elsewhere) / (here + elsewhere);
  const instance = candidate.lanes[0]?.instance ?? '';
  return measured(ratio * Math.min(1, z / CHANCE_Z), { ...values, instance });
}
