/**
 * What speaks for and against a suspect, each as a number from 0 to 1 and a sentence that a person can
 * check. Nothing here knows a service, a dependency or a kind of fault by name. What each is worth is
 * in `weights.json`.
 */
import type { ChainLink, StatementValues } from '@tendril/api/chain';
import type { Candidate } from './candidates.ts';
import { echoedBy } from './echo.ts';
import { isSilent } from './lanes.ts';
import { extentOf, tookValues, type Loss } from './losses.ts';
import type { Event } from './sighting.ts';
import { placeKey, type Outline } from './outline.ts';
import {
  concerns,
  depthOf,
  findingsAgainst,
  ownFindings,
  touches,
  type Situation,
} from './situation.ts';
import { eventLink, searchLink } from './links.ts';
import { isOwnLimit } from './own-limit.ts';
import { zScore } from './onset.ts';
import { msOfNs } from './time-ms.ts';
import type { Weather } from './weather.ts';

export interface Measured {
  /** 0 to 1. */
  readonly value: number;
  readonly values: StatementValues;
  readonly link: ChainLink | null;
}

type Measure = (candidate: Candidate, situation: Situation) => Measured | undefined;

export const FEATURE_NAMES = [
  'first_wrong',
  'deepest',
  'blamed',
  'passed_on',
  'own_error',
  'own_warning',
  'refused',
  'lost_time',
  'missing',
  'gap_after',
  'known_fault',
  'spectrum',
  'instance_only',
  'works_for_others',
  'surge',
  'refusal_surge',
  'silent',
  'new_trouble',
  'change',
  'fails_since_change',
  'load',
  'clock',
  'alone_blames',
  'blamed_by_one',
  'own_limit',
  'echoes',
  'slow_meanwhile',
  'is_entry',
  'is_outside',
  'is_dependency',
] as const;
export type FeatureName = (typeof FEATURE_NAMES)[number];

export const FEATURES: Readonly<Record<FeatureName, Measure>> = {
  first_wrong: firstWrong,
  deepest: deepest,
  blamed: blamed,
  passed_on: passedOn,
  own_error: ownError,
  own_warning: ownWarning,
  refused: refused,
  lost_time: lostTime,
  missing: missing,
  gap_after: gapAfter,
  known_fault: knownFault,
  spectrum: spectrum,
  instance_only: instanceOnly,
  works_for_others: worksForOthers,
  surge: surge,
  refusal_surge: refusalSurge,
  silent: silent,
  new_trouble: newTrouble,
  change: changeBefore,
  fails_since_change: failsSinceChange,
  load: load,
  clock: clock,
  alone_blames: aloneBlames,
  blamed_by_one: blamedByOne,
  own_limit: ownLimit,
  echoes: echoes,
  slow_meanwhile: slowMeanwhile,
  is_entry: isEntry,
  is_outside: isOutside,
  is_dependency: isDependency,
};

function measured(
  value: number,
  values: StatementValues = {},
  link: ChainLink | null = null,
): Measured | undefined {
  const bounded = Math.min(1, Math.max(0, value));
  return bounded > 0 ? { value: bounded, values, link } : undefined;
}

/** Within a millisecond the order of what is written says little. */
const SAME_MOMENT_MS = 1;

function firstWrong(candidate: Candidate, situation: Situation): Measured | undefined {
  const { findings } = situation;
  const first = findings.find(({ kind }) => kind !== 'refusal');
  const [own] = findingsAgainst(candidate, situation);
  if (!first || !own || own.atMs > first.atMs + SAME_MOMENT_MS) return undefined;
  const last = findings.at(-1)?.atMs ?? own.atMs;
  return measured(1, { ms: Math.round(last - own.atMs) }, eventLink(own.event));
}

/** The lowest in the tree of calls that an error speaks against. */
function deepest(candidate: Candidate, situation: Situation): Measured | undefined {
  const { findings, hops, origins } = situation;
  const errors = findings.filter(
    (finding) => finding.kind === 'error' && origins.get(finding)?.isPassedOn === false,
  );
  const depths = errors.map(({ lane }) => depthOf(lane, hops));
  const most = Math.max(...depths);
  const own = errors.find(
    (finding, index) =>
      depths[index] === most && origins.get(finding)?.service === candidate.service,
  );
  return own && measured(1, {}, eventLink(own.event));
}

/** Others name it in their errors. */
function blamed(candidate: Candidate, situation: Situation): Measured | undefined {
  const blaming = findingsAgainst(candidate, situation).filter(
    ({ lane }) => !candidate.lanes.includes(lane),
  );
  const [first] = blaming;
  if (!first) return undefined;
  const isError = blaming.some(({ kind }) => kind === 'error');
  const by = first.event.service;
  return measured(isError ? 1 : 0.6, { by, count: blaming.length }, eventLink(first.event));
}

/** All of its own trouble follows from another's. */
function passedOn(candidate: Candidate, situation: Situation): Measured | undefined {
  const own = ownFindings(candidate, situation).filter(({ kind }) => kind === 'error');
  const [first] = own;
  const isOwn = own.some((finding) => {
    const origin = situation.origins.get(finding);
    return origin?.service === candidate.service && !origin.isPassedOn;
  });
  if (!first || isOwn) return undefined;
  const others = own.map((finding) => situation.origins.get(finding)?.service ?? '');
  const other = others.find((service) => service !== candidate.service) ?? '';
  return measured(1, { other }, eventLink(first.event));
}

function ownError(candidate: Candidate, situation: Situation): Measured | undefined {
  const own = findingsAgainst(candidate, situation).filter(
    ({ kind, lane }) => kind === 'error' && candidate.lanes.includes(lane),
  );
  const [first] = own;
  if (!first) return undefined;
  return measured(1, { count: own.length }, eventLink(first.event));
}

function ownWarning(candidate: Candidate, situation: Situation): Measured | undefined {
  const own = findingsAgainst(candidate, situation).filter(
    ({ kind, lane }) => kind === 'warning' && candidate.lanes.includes(lane),
  );
  const [first] = own;
  return first && measured(1, { count: own.length }, eventLink(first.event));
}

function refused(candidate: Candidate, situation: Situation): Measured | undefined {
  const own = ownFindings(candidate, situation);
  const refusals = own.filter(({ kind }) => kind === 'refusal');
  const [first] = refusals;
  return first && measured(refusals.length / own.length, {}, eventLink(first.event));
}

/** Losses under this are of no account. */
const LOSS_MS_MIN = 20;

function lostTime(candidate: Candidate, situation: Situation): Measured | undefined {
  const { losses } = situation;
  const total = losses.reduce((sum, { excessMs }) => sum + excessMs, 0);
  if (total < LOSS_MS_MIN) return undefined;
  const own = losses.filter((loss) => {
    const peer = loss.isPeers ? situation.cast.blamedBy(loss.event) : undefined;
    return peer ? peer.service === candidate.service : candidate.lanes.includes(loss.lane);
  });
  const worst = own.toSorted((a, b) => b.excessMs - a.excessMs)[0];
  if (!worst) return undefined;
  const lost = own.reduce((sum, { excessMs }) => sum + excessMs, 0);
  const values = { ms: Math.round(lost), ...tookValues(worst) };
  return measured(lost / total, values, eventLink(worst.event));
}

function missing({ service }: Candidate, situation: Situation): Measured | undefined {
  const { gaps } = situation;
  const [first] = gaps;
  const own = gaps.find((gap) => gap.service === service);
  if (!first || !own || isBrokenOff(situation)) return undefined;
  const share = Math.round(own.share * 100);
  const values = { share, ms: Math.round(own.expectedWithinMs) };
  const isNext = first.service === service;
  return measured(isNext ? 1 : 0.3, values);
}

/** An error ended it: that nothing comes after it explains itself. */
function isBrokenOff({ findings, gaps }: Situation): boolean {
  const error = findings.find(({ kind }) => kind === 'error' || kind === 'refusal');
  return error !== undefined && gaps.some(({ afterMs }) => afterMs <= error.atMs + GAP_MS);
}

/** After an error it takes a moment until others would have been reached. */
const GAP_MS = 1_000;

/** The last that was heard of before the first gap. */
function gapAfter(candidate: Candidate, situation: Situation): Measured | undefined {
  const [first] = situation.gaps;
  if (!first || first.service === candidate.service || isBrokenOff(situation)) return undefined;
  const [service = ''] = first.afterKey.split('\n');
  return service === candidate.service ? measured(1, { next: first.service }) : undefined;
}

const LEVEL_WORTH: Readonly<Record<string, number>> = {
  info: 0.3,
  warn: 0.6,
  error: 0.9,
  critical: 1,
};

function knownFault(candidate: Candidate, situation: Situation): Measured | undefined {
  const own = findingsAgainst(candidate, situation);
  const around = situation.around.filter(({ event }) => event.service === candidate.service);
  const known = [...own, ...around].flatMap(({ known: errors, event }) =>
    errors.filter(({ spec }) => spec.kind === 'fault').map((error) => ({ error, event })),
  );
  const worth = (level: string): number => LEVEL_WORTH[level] ?? 0;
  const worst = known.toSorted((a, b) => worth(b.error.spec.level) - worth(a.error.spec.level))[0];
  if (!worst) return undefined;
  const { pack, spec } = worst.error;
  const values = { pack, id: spec.id, ...spec.title };
  return measured(worth(spec.level), values, { kind: 'error', pack, id: spec.id });
}

/** Fewer chains on a side say nothing. */
const SIDE_MIN = 3;

/** Chains that go through it fail, others do not. */
function spectrum(candidate: Candidate, { neighbours, failed }: Situation): Measured | undefined {
  const contrast = contrastOf(neighbours, failed, (outline) => touches(outline, candidate));
  if (!contrast) return undefined;
  return measured(contrast.difference, contrast.values);
}

/** Of several instances this one alone. */
function instanceOnly(
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

interface Contrast {
  /** Shares of chains that fail. */
  readonly here: number;
  readonly elsewhere: number;
  readonly difference: number;
  /** Standard errors by which they differ. */
  readonly z: number;
  readonly values: StatementValues;
}

function contrastOf(
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

/** Chains around the same time that go through it and end well. */
function worksForOthers(candidate: Candidate, situation: Situation): Measured | undefined {
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

function weathersOf(candidate: Candidate, situation: Situation): Weather {
  const [lane] = candidate.lanes;
  const place = lane && situation.weather.get(placeKey(lane));
  return place ?? situation.weatherOfService(candidate.service);
}

/** A rate that is a hundred times what it was counts in full. */
const SURGE_DECADES = 2;
const SURGE_COUNT_MIN = 3;

function surge(candidate: Candidate, situation: Situation): Measured | undefined {
  const { before, now } = weathersOf(candidate, situation);
  if (now.troubleCount < SURGE_COUNT_MIN || before.count === 0) return undefined;
  const ratio = now.trouble / Math.max(before.trouble, before.all / 1_000, 0.01);
  const values = { now: perMinute(now.trouble), before: perMinute(before.trouble) };
  const link = searchLink(candidate.service, 'warn', situation.weatherRange);
  return measured(Math.log10(Math.max(1, ratio)) / SURGE_DECADES, values, link);
}

function refusalSurge(candidate: Candidate, situation: Situation): Measured | undefined {
  const { before, now } = weathersOf(candidate, situation);
  if (now.refusals * 60 < SURGE_COUNT_MIN || before.count === 0) return undefined;
  const ratio = now.refusals / Math.max(before.refusals, before.all / 1_000, 0.01);
  const values = { now: perMinute(now.refusals), before: perMinute(before.refusals) };
  return measured(Math.log10(Math.max(1, ratio)) / SURGE_DECADES, values);
}

function perMinute(rate: number): number {
  return Math.round(rate * 60);
}

function silent(candidate: Candidate, situation: Situation): Measured | undefined {
  const { isSilent, before } = weathersOf(candidate, situation);
  if (!isSilent) return undefined;
  return measured(1, { before: perMinute(before.all) });
}

/** What it says itself, chain or not, at warning and above, that it did not say before. */
function newTrouble(candidate: Candidate, situation: Situation): Measured | undefined {
  const { newSteps, before } = weathersOf(candidate, situation);
  if (before.count === 0 || newSteps.length === 0) return undefined;
  const count = newSteps.reduce((sum, step) => sum + step.count, 0);
  const level = newSteps.reduce((most, step) => Math.max(most, step.level), 0);
  const link = searchLink(candidate.service, 'warn', situation.weatherRange);
  return measured(level >= 2 ? 1 : 0.7, { kinds: newSteps.length, count }, link);
}

/** After so long a change says a third as much. */
const CHANGE_FADES_MS = 300_000;
const CHANGE_AFTER_MS = 2_000;

function changeBefore(candidate: Candidate, situation: Situation): Measured | undefined {
  const change = situation.changes
    .filter((each) => concerns(each, candidate))
    .map((each) => ({ each, agoMs: situation.onsetMs - msOfNs(each.timestamp) }))
    .filter(({ agoMs }) => agoMs >= -CHANGE_AFTER_MS)
    .toSorted((a, b) => a.agoMs - b.agoMs)[0];
  if (!change) return undefined;
  const { each, agoMs } = change;
  const values = {
    seconds: Math.max(0, Math.round(agoMs / 1_000)),
    text: each.text,
    change: each.id,
  };
  return measured(Math.exp(-Math.max(0, agoMs) / CHANGE_FADES_MS), values, {
    kind: 'change',
    id: each.id,
  });
}

function failsSinceChange(candidate: Candidate, situation: Situation): Measured | undefined {
  const { neighbours, failed, changes } = situation;
  const sharing = neighbours.filter((outline) => touches(outline, candidate));
  const contrasts = changes
    .filter((each) => concerns(each, candidate))
    .flatMap((each) => {
      const atMs = msOfNs(each.timestamp);
      const contrast = contrastOf(sharing, failed, ({ startMs }) => startMs >= atMs);
      return contrast ? [{ ...contrast, each }] : [];
    });
  const best = contrasts.toSorted((a, b) => b.difference - a.difference)[0];
  if (!best) return undefined;
  return measured(
    best.difference,
    { ...best.values, text: best.each.text, change: best.each.id },
    { kind: 'change', id: best.each.id },
  );
}

/** Eight times as much as before counts in full. */
const LOAD_DOUBLINGS = 3;

function load(candidate: Candidate, situation: Situation): Measured | undefined {
  const { before, now } = weathersOf(candidate, situation);
  if (before.count < 20 || now.count < 20) return undefined;
  const ratio = now.all / before.all;
  const values = { now: perMinute(now.all), before: perMinute(before.all) };
  return ratio < 1.5 ? undefined : measured(Math.log2(ratio) / LOAD_DOUBLINGS, values);
}

const CLOCK_MS_MIN = 100;
const CLOCK_MS_FULL = 1_000;

function clock(candidate: Candidate): Measured | undefined {
  const offsets = candidate.lanes.map(({ offsetMs }) => offsetMs);
  const worst = offsets.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);
  if (Math.abs(worst) < CLOCK_MS_MIN) return undefined;
  return measured(Math.abs(worst) / CLOCK_MS_FULL, { ms: Math.round(worst) });
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

/** Its calls to another fail, those of other instances of it do not: the way between them, or its own end. */
function aloneBlames(candidate: Candidate, situation: Situation): Measured | undefined {
  const isBlaming = ownFindings(candidate, situation).some(
    (finding) => situation.origins.get(finding)?.service !== candidate.service,
  );
  return isBlaming ? exclusive(candidate, situation) : undefined;
}

/** Only one instance of its callers has trouble with it. */
function blamedByOne(candidate: Candidate, situation: Situation): Measured | undefined {
  const blaming = findingsAgainst(candidate, situation).find(
    ({ lane }) => !candidate.lanes.includes(lane),
  );
  if (!blaming) return undefined;
  const { lane } = blaming;
  const caller: Candidate = { kind: 'service', service: lane.service, lanes: [lane], address: '' };
  return exclusive(caller, situation);
}

function ownLimit(candidate: Candidate, situation: Situation): Measured | undefined {
  const own = ownFindings(candidate, situation).find(({ event }) => isOwnLimit(event.errorText));
  return own && measured(1, {}, eventLink(own.event));
}

/** Its own log says meanwhile what the chain's errors say. */
function echoes({ service }: Candidate, { around, findings }: Situation): Measured | undefined {
  const own = around.filter(({ event }) => event.service === service && event.trouble.level > 0);
  const [first] = own;
  if (!first) return undefined;
  const said = new Set(findings.flatMap(({ known }) => known));
  const alike = own.find(
    ({ known, event }) =>
      known.some((error) => said.has(error)) ||
      findings.some((finding) => echoedBy(finding.event, [event]) !== undefined),
  );
  return measured(alike ? 1 : 0.3, { count: own.length }, eventLink((alike ?? first).event));
}

/** Of a loss that its work has to cover to be thought the reason. */
const COVERED_SHARE_MIN = 0.3;

/** Its own log tells of work that took as long as what is lost, at that moment. */
function slowMeanwhile(
  { service, kind, lanes }: Candidate,
  { around, losses }: Situation,
): Measured | undefined {
  if (kind !== 'dependency') return undefined;
  const own = [
    ...around.map(({ event }) => event).filter((event) => event.service === service),
    ...lanes.filter((lane) => !isSilent(lane)).flatMap(({ events }) => events),
  ].filter(({ signal, durationMs }) => signal === 'record' && durationMs > 0);
  const covered = own.flatMap((event) =>
    losses.map((loss) => ({ event, share: coveredMs(event, loss) / loss.excessMs })),
  );
  const [best] = covered.toSorted((a, b) => b.share - a.share);
  if (!best || best.share < COVERED_SHARE_MIN) return undefined;
  return measured(best.share, { ms: Math.round(best.event.durationMs) }, eventLink(best.event));
}

function coveredMs({ atMs, durationMs }: Event, loss: Loss): number {
  const { fromMs, toMs } = extentOf(loss);
  return Math.min(toMs, atMs) - Math.max(fromMs, atMs - durationMs);
}

/** Whoever is nearest to the user shows what others did. */
function isEntry({ lanes }: Candidate, { hops }: Situation): Measured | undefined {
  return lanes.some(({ id }) => hops.some((hop) => hop.lane.id === id && hop.parent === undefined))
    ? measured(1)
    : undefined;
}

/** Neither in the chain nor named by it. */
function isOutside(candidate: Candidate, situation: Situation): Measured | undefined {
  const isIn =
    candidate.lanes.length > 0 ||
    situation.gaps.some(({ service }) => service === candidate.service);
  return isIn || findingsAgainst(candidate, situation).length > 0 ? undefined : measured(1);
}

function isDependency({ kind }: Candidate): Measured | undefined {
  return kind === 'dependency' ? measured(1) : undefined;
}
