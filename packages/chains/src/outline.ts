/**
 * Chains in outline: which steps they have, when, how bad. Out of a sample of chains with the same entry
 * those are chosen that went well, and it is said what they have in common.
 */
import type { Sighting } from './sighting.ts';
import { quantile } from './quantile.ts';

export interface OutlineStep {
  readonly key: string;
  count: number;
  /** From the chain's start to the first. */
  offsetMs: number;
  /** The longest that was stated; 0 when none was. */
  durationMs: number;
  /** From what came before it in the chain, longest. */
  waitMs: number;
  /** Errors that are no refusals. */
  errors: number;
  warnings: number;
}

export interface Outline {
  readonly chain: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly steps: ReadonlyMap<string, OutlineStep>;
  /** `service\ninstance` of all that took part. */
  readonly places: ReadonlySet<string>;
  /** Names of what was called. */
  readonly peers: ReadonlySet<string>;
}

/** The same in every chain. */
export function stepKey({ service, step }: Pick<Sighting, 'service' | 'step'>): string {
  return `${service}\n${step}`;
}

export function placeKey({ service, instance }: Pick<Sighting, 'service' | 'instance'>): string {
  return `${service}\n${instance}`;
}

export interface OutlineOptions {
  /** What a step calls, where its text tells. */
  readonly peerOfStep: (sighting: Sighting) => string;
  /** Errors of these steps are known to be refusals. */
  readonly isRefusedStep: (key: string) => boolean;
}

export function outlinesOf(
  sightings: readonly Sighting[],
  options: OutlineOptions,
): readonly Outline[] {
  const chains = Map.groupBy(sightings, ({ chain }) => chain);
  return [...chains].map(([chain, members]) => outlineOf(chain, members, options));
}

export function outlineOf(
  chain: string,
  members: readonly Sighting[],
  { peerOfStep, isRefusedStep }: OutlineOptions,
): Outline {
  const ordered = members.toSorted((a, b) => a.atMs - b.atMs);
  const startMs = ordered[0]?.atMs ?? 0;
  const steps = new Map<string, OutlineStep>();
  const places = new Set<string>();
  const peers = new Set<string>();
  let endMs = startMs;
  let beforeMs = startMs;
  for (const sighting of ordered) {
    const { atMs, durationMs, signal } = sighting;
    const key = stepKey(sighting);
    const step = steps.get(key) ?? newStep(key, atMs - startMs);
    steps.set(key, step);
    addTo(step, sighting, { waitMs: atMs - beforeMs, isRefused: isRefusedStep(key) });
    places.add(placeKey(sighting));
    const peer = peerOfStep(sighting);
    if (peer !== '') peers.add(peer);
    beforeMs = atMs;
    endMs = Math.max(endMs, signal === 'span' ? atMs + durationMs : atMs);
  }
  return { chain, startMs, endMs, steps, places, peers };
}

function newStep(key: string, offsetMs: number): OutlineStep {
  return { key, count: 0, offsetMs, durationMs: 0, waitMs: 0, errors: 0, warnings: 0 };
}

function addTo(
  step: OutlineStep,
  { durationMs, trouble }: Sighting,
  { waitMs, isRefused }: { readonly waitMs: number; readonly isRefused: boolean },
): void {
  step.count += 1;
  step.durationMs = Math.max(step.durationMs, durationMs);
  step.waitMs = Math.max(step.waitMs, waitMs);
  if (trouble.level >= 2 && !trouble.isRefusal && !isRefused) step.errors += 1;
  if (trouble.level === 1) step.warnings += 1;
}

/** What healthy chains have in common in one step. */
export interface UsualStep {
  readonly key: string;
  /** Of the chains that have it, 0 to 1. */
  readonly share: number;
  /** Of the chains in which it is an error, and at least a warning. */
  readonly errorShare: number;
  readonly warningShare: number;
  readonly offsetMs: Band;
  readonly durationMs: Band | undefined;
  readonly waitMs: Band;
}

export interface Band {
  readonly p50: number;
  readonly p95: number;
}

export interface Usual {
  /** Chains that it was learned from. */
  readonly chains: readonly Outline[];
  readonly steps: ReadonlyMap<string, UsualStep>;
  readonly durationMs: Band | undefined;
}

export const NOTHING_USUAL: Usual = { chains: [], steps: new Map(), durationMs: undefined };

/** Buckets of time in which it is looked for when things were well. */
const BUCKETS_MAX = 8;
const BUCKET_CHAINS_MIN = 5;
/** A bucket this much worse than the best is not of the good time. */
const QUALITY_SLACK = 0.15;
/** Fewer are of no use as a measure: then worse times are taken too. */
const GOOD_CHAINS_MIN = 6;
/** Chains whose own way is less alike to the one in question, compared with the most alike, are left out. */
const LIKENESS_MIN = 0.75;

/** `before` are the steps of the chain in question up to where it went wrong. */
export function usualOf(outlines: readonly Outline[], before: ReadonlySet<string>): Usual {
  const alike = alikeTo(outlines, before);
  const well = wellEnded(inGoodTime(alike));
  if (well.length === 0) return NOTHING_USUAL;
  const keys = new Set(well.flatMap(({ steps }) => [...steps.keys()]));
  const steps = [...keys].map((key) => [key, usualStep(key, well)] as const);
  return {
    chains: well,
    steps: new Map(steps),
    durationMs: bandOf(well.map(({ startMs, endMs }) => endMs - startMs)),
  };
}

/** Chains that went the same way until then; one entry may begin several kinds of chain. */
export function alikeTo(
  outlines: readonly Outline[],
  before: ReadonlySet<string>,
): readonly Outline[] {
  if (before.size === 0) return outlines;
  const likeness = outlines.map(({ steps }) => {
    let shared = 0;
    for (const key of before) if (steps.has(key)) shared += 1;
    return shared / before.size;
  });
  const most = likeness.reduce((best, each) => Math.max(best, each), 0);
  return outlines.filter((_, index) => (likeness[index] ?? 0) >= most * LIKENESS_MIN);
}

/** Chains of the buckets of time in which most was well. */
function inGoodTime(outlines: readonly Outline[]): readonly Outline[] {
  const ordered = outlines.toSorted((a, b) => a.startMs - b.startMs);
  const count = Math.min(BUCKETS_MAX, Math.floor(ordered.length / BUCKET_CHAINS_MIN));
  if (count < 2) return ordered;
  const size = Math.ceil(ordered.length / count);
  const buckets = Array.from({ length: count }, (_, index) =>
    ordered.slice(index * size, (index + 1) * size),
  ).filter((bucket) => bucket.length > 0);
  const traits = buckets.map(traitsOf);
  const mostSteps = Math.max(...traits.map(({ steps }) => steps), 1);
  const leastMs = Math.max(1, Math.min(...traits.map(({ slowMs }) => slowMs)));
  const qualities = traits.map(
    ({ steps, errors, slowMs }) =>
      steps / mostSteps - errors - Math.log2(Math.max(1, slowMs / leastMs)) / 8,
  );
  const best = Math.max(...qualities);
  const ranked = buckets
    .map((bucket, index) => ({ bucket, quality: qualities[index] ?? 0 }))
    .toSorted((a, b) => b.quality - a.quality);
  const good: Outline[] = [];
  for (const { bucket, quality } of ranked) {
    if (quality < best - QUALITY_SLACK && good.length >= GOOD_CHAINS_MIN) break;
    good.push(...bucket);
  }
  return good;
}

function traitsOf(bucket: readonly Outline[]): {
  readonly steps: number;
  readonly errors: number;
  /** That one in ten takes longer than. */
  readonly slowMs: number;
} {
  return {
    steps: mean(bucket.map(({ steps }) => steps.size)),
    errors: mean(bucket.map((outline) => Math.min(1, badnessOf(outline)))),
    slowMs: quantile(
      bucket.map(({ startMs, endMs }) => endMs - startMs),
      0.9,
    ),
  };
}

/** Those with the fewest errors; some error may be in all of them. */
function wellEnded(outlines: readonly Outline[]): readonly Outline[] {
  const badness = outlines.map(badnessOf);
  const bound = quantile(badness, 0.15);
  return outlines.filter((_, index) => (badness[index] ?? 0) <= bound);
}

/** Distinct steps that are errors. */
function badnessOf({ steps }: Outline): number {
  let bad = 0;
  for (const { errors } of steps.values()) if (errors > 0) bad += 1;
  return bad;
}

function usualStep(key: string, well: readonly Outline[]): UsualStep {
  const having = well.flatMap(({ steps }) => steps.get(key) ?? []);
  const durations = having.map(({ durationMs }) => durationMs).filter((ms) => ms > 0);
  const share = (isCounted: (step: OutlineStep) => boolean): number =>
    having.filter(isCounted).length / well.length;
  return {
    key,
    share: having.length / well.length,
    errorShare: share(({ errors }) => errors > 0),
    warningShare: share(({ errors, warnings }) => errors + warnings > 0),
    offsetMs: bandOf(having.map(({ offsetMs }) => offsetMs)),
    durationMs: durations.length === 0 ? undefined : bandOf(durations),
    waitMs: bandOf(having.map(({ waitMs }) => waitMs)),
  };
}

export function bandOf(values: readonly number[]): Band {
  return { p50: quantile(values, 0.5), p95: quantile(values, 0.95) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
