/** Chains in outline: which steps they have, when, how bad. */
import type { Sighting } from './sighting.ts';

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
  /** From the first to the last; a record that tells how long its work took begins so much earlier. */
  readonly durationMs: number;
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
  let beganMs = startMs;
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
    if (signal === 'record') beganMs = Math.min(beganMs, atMs - durationMs);
  }
  return { chain, startMs, endMs, durationMs: endMs - beganMs, steps, places, peers };
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

/** In how many of the chains each step is. */
export function stepCounts(outlines: readonly Outline[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { steps } of outlines)
    for (const key of steps.keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
