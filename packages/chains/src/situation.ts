/** Everything that suspects are judged by, counted once for all of them. */
import type { ChainChange } from '@tendril/api/chain';
import type { Activity, MsRange } from './chain-store.ts';
import { isCalled, type Hop, type Lane } from './lanes.ts';
import type { Candidate, Cast } from './candidates.ts';
import type { Finding } from './findings.ts';
import type { Loss } from './losses.ts';
import type { KnownError } from '@tendril/intake/packs/known-errors';
import type { Gap } from './gaps.ts';
import type { Event } from './sighting.ts';
import type { Origins } from './origins.ts';
import { placeKey, type Outline } from './outline.ts';
import type { Usual } from './usual.ts';
import { weatherAt, weatherOf, type Weather, type WeatherOptions } from './weather.ts';

export interface Situation {
  readonly lanes: readonly Lane[];
  readonly hops: readonly Hop[];
  readonly findings: readonly Finding[];
  /** Of services that are not in the chain, meanwhile. */
  readonly around: readonly Around[];
  readonly losses: readonly Loss[];
  readonly gaps: readonly Gap[];
  readonly cast: Cast;
  /** Chains of the same entry and way around the same time, and which of them failed. */
  readonly neighbours: readonly Outline[];
  readonly failed: ReadonlySet<string>;
  readonly usual: Usual;
  readonly changes: readonly ChainChange[];
  /** When the first thing went wrong in this chain. */
  readonly firstWrongMs: number;
  /** When chains like it began to fail. */
  readonly onsetMs: number;
  readonly origins: Origins;
  readonly weather: ReadonlyMap<string, Weather>;
  readonly weatherOfService: (service: string) => Weather;
  /** Where the weather was looked at. */
  readonly weatherRange: MsRange;
}

export interface Around {
  readonly event: Event;
  readonly known: readonly KnownError[];
}

/** Whether a chain of the sample went wrong, by the measure of healthy ones. */
export function isFailed(outline: Outline, usual: Usual): boolean {
  for (const step of outline.steps.values()) {
    if (usual.harmless.has(step.key)) continue;
    if (step.errors > 0 && (usual.steps.get(step.key)?.errorShare ?? 0) < USUAL_ERROR_SHARE)
      return true;
  }
  const missing = usual.chains.length === 0 ? false : lacksSteps(outline, usual);
  return missing || isSlow(outline, usual);
}

const USUAL_ERROR_SHARE = 0.2;
const CORE_SHARE = 0.95;
/** Times the 95th percentile, and so many milliseconds. */
const SLOW_FACTOR = 2;
const SLOW_MS = 20;

function lacksSteps(outline: Outline, { steps }: Usual): boolean {
  for (const { key, share } of steps.values()) {
    if (share >= CORE_SHARE && !outline.steps.has(key)) return true;
  }
  return false;
}

export function isSlow({ durationMs: hereMs }: Pick<Outline, 'durationMs'>, usual: Usual): boolean {
  const { durationMs } = usual;
  if (!durationMs) return false;
  return hereMs > durationMs.p95 * SLOW_FACTOR && hereMs > durationMs.p95 + SLOW_MS;
}

export function weatherByService(
  activity: readonly Activity[],
  options: WeatherOptions,
): {
  readonly places: ReadonlyMap<string, Weather>;
  readonly services: ReadonlyMap<string, Weather>;
} {
  const services = Map.groupBy(activity, ({ service }) => service);
  return {
    places: weatherOf(activity, options),
    services: new Map([...services].map(([service, rows]) => [service, weatherAt(rows, options)])),
  };
}

/** Findings of a candidate's own places. */
export function ownFindings({ lanes }: Candidate, { findings }: Situation): readonly Finding[] {
  const ids = new Set(lanes.map(({ id }) => id));
  return findings.filter(({ lane }) => ids.has(lane.id));
}

/** Findings that speak against it and do not only follow from others. */
export function findingsAgainst(
  { service }: Candidate,
  { findings, origins }: Situation,
): readonly Finding[] {
  return findings.filter((finding) => {
    const origin = origins.get(finding);
    return origin?.service === service && !origin.isPassedOn && finding.kind !== 'refusal';
  });
}

/** How far below the entry a lane is. */
export function depthOf(lane: Lane, hops: readonly Hop[]): number {
  let depth = 0;
  let hop = hops.find((each) => each.lane.id === lane.id);
  while (hop?.parent !== undefined && depth < hops.length) {
    const { parent } = hop;
    hop = hops.find(({ id }) => id === parent);
    depth += 1;
  }
  return depth;
}

export function touches(outline: Outline, { service, kind, lanes }: Candidate): boolean {
  if (kind === 'dependency' && [...outline.peers].some((peer) => isCalled(service, peer)))
    return true;
  for (const place of outline.places) if (place.startsWith(`${service}\n`)) return true;
  return lanes.some((lane) => outline.places.has(placeKey(lane)));
}

export function concerns(change: ChainChange, { service, lanes }: Candidate): boolean {
  if (change.service !== '' && !isCalled(service, change.service) && change.service !== service)
    return false;
  if (change.service === '')
    return lanes.some(({ instance }) => instance !== '' && instance === change.instance);
  if (change.instance === '' || lanes.length === 0) return true;
  return lanes.some(
    ({ instance }) =>
      instance === '' || instance.includes(change.instance) || change.instance.includes(instance),
  );
}
