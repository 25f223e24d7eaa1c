/** Out of a sample of chains with the same entry those that went well, and what they have in common. */
import { harmlessSteps } from './harmless.ts';
import { stepCounts, type Outline, type OutlineStep } from './outline.ts';
import { quantile } from './quantile.ts';

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
  /** Steps at warning and above that come again and again and that nothing follows from. */
  readonly harmless: ReadonlySet<string>;
}

export const NOTHING_USUAL: Usual = {
  chains: [],
  steps: new Map(),
  durationMs: undefined,
  harmless: new Set(),
};

/** Buckets of time in which it is looked for when things were well. */
const BUCKETS_MAX = 8;
const BUCKET_CHAINS_MIN = 5;
/** A bucket this much worse than the best is not of the good time. */
const QUALITY_SLACK = 0.15;
const CORE_SHARE = 0.95;
const CORE_SHARE_LEFT = 0.8;
/** Fewer are of no use as a measure: then worse times are taken too. */
const GOOD_CHAINS_MIN = 6;
/** Chains whose own way is less alike to the one in question, compared with the most alike, are left out. */
const LIKENESS_MIN = 0.75;

/** Of the chain in question: what others must have to be compared with it. */
export interface Kinship {
  /** Steps up to where it went wrong. */
  readonly steps: ReadonlySet<string>;
  /** Where there are none: who took part. */
  readonly services: ReadonlySet<string>;
}

export function usualOf(outlines: readonly Outline[], kinship: Kinship): Usual {
  const alike = alikeTo(outlines, kinship);
  const harmless = harmlessSteps(alike);
  const well = wellEnded(inGoodTime(alike, harmless), harmless);
  if (well.length === 0) return NOTHING_USUAL;
  const keys = new Set(well.flatMap(({ steps }) => [...steps.keys()]));
  const steps = [...keys].map((key) => [key, usualStep(key, well)] as const);
  return {
    chains: well,
    steps: new Map(steps),
    durationMs: bandOf(well.map(({ durationMs }) => durationMs)),
    harmless,
  };
}

/** Chains that went the same way until then; one entry may begin several kinds of chain. */
export function alikeTo(outlines: readonly Outline[], kinship: Kinship): readonly Outline[] {
  const { steps, services } = kinship;
  const wanted = steps.size > 0 ? steps : services;
  if (wanted.size === 0) return outlines;
  const likeness = outlines.map((outline) => {
    const has = steps.size > 0 ? outline.steps : servicesOf(outline);
    let shared = 0;
    for (const key of wanted) if (has.has(key)) shared += 1;
    return shared / wanted.size;
  });
  const most = likeness.reduce((best, each) => Math.max(best, each), 0);
  return outlines.filter((_, index) => (likeness[index] ?? 0) >= most * LIKENESS_MIN);
}

function servicesOf({ places }: Outline): ReadonlySet<string> {
  return new Set([...places].map((place) => place.slice(0, place.indexOf('\n'))));
}

/** Chains of the buckets of time in which most was well. */
function inGoodTime(
  outlines: readonly Outline[],
  harmless: ReadonlySet<string>,
): readonly Outline[] {
  const ordered = outlines.toSorted((a, b) => a.startMs - b.startMs);
  const count = Math.min(BUCKETS_MAX, Math.floor(ordered.length / BUCKET_CHAINS_MIN));
  if (count < 2) return ordered;
  const size = Math.ceil(ordered.length / count);
  const buckets = Array.from({ length: count }, (_, index) =>
    ordered.slice(index * size, (index + 1) * size),
  ).filter((bucket) => bucket.length > 0);
  const traits = buckets.map((bucket) => traitsOf(bucket, harmless));
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
    const isEnough = good.length >= GOOD_CHAINS_MIN;
    if (quality < best - QUALITY_SLACK && isEnough) break;
    if (!isEnough || !lacksCore(bucket, good)) good.push(...bucket);
  }
  return good;
}

/** A step that all but a few of the good chains have is in so few of a bucket's that this was no good time. */
function lacksCore(bucket: readonly Outline[], good: readonly Outline[]): boolean {
  const counts = stepCounts(bucket);
  for (const [key, count] of stepCounts(good)) {
    if (count < good.length * CORE_SHARE) continue;
    if ((counts.get(key) ?? 0) < bucket.length * CORE_SHARE_LEFT) return true;
  }
  return false;
}

function traitsOf(
  bucket: readonly Outline[],
  harmless: ReadonlySet<string>,
): {
  readonly steps: number;
  readonly errors: number;
  /** That one in ten takes longer than. */
  readonly slowMs: number;
} {
  return {
    steps: mean(bucket.map(({ steps }) => steps.size)),
    errors: mean(bucket.map((outline) => Math.min(1, badnessOf(outline, harmless)))),
    slowMs: quantile(
      bucket.map(({ durationMs }) => durationMs),
      0.9,
    ),
  };
}

/** Those with the fewest errors; some error may be in all of them. */
function wellEnded(
  outlines: readonly Outline[],
  harmless: ReadonlySet<string>,
): readonly Outline[] {
  const badness = outlines.map((outline) => badnessOf(outline, harmless));
  const bound = quantile(badness, 0.15);
  return outlines.filter((_, index) => (badness[index] ?? 0) <= bound);
}

/** Distinct steps that are errors. */
function badnessOf({ steps }: Outline, harmless: ReadonlySet<string>): number {
  let bad = 0;
  for (const { key, errors } of steps.values()) if (errors > 0 && !harmless.has(key)) bad += 1;
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
