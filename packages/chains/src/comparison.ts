/** A chain beside healthy ones, step by step. */
import type { ComparedStep, LatencyBand, StepVerdict } from '@tendril/api/chain';
import { serviceOfKey } from './gaps.ts';
import type { Outline, OutlineStep } from './outline.ts';
import type { Band, Usual, UsualStep } from './usual.ts';
import { nanoseconds } from './time-ms.ts';

/** The rest is alike. */
const STEPS_MAX = 60;
const PRESENT_SHARE = 0.8;
const RARE_SHARE = 0.2;
const NEW_SHARE = 0.02;
/** Times the 95th percentile, and so many milliseconds. */
const SLOWER_FACTOR = 2;
const SLOWER_MS = 5;

const ORDER: readonly StepVerdict[] = ['missing', 'new', 'slower', 'rare', 'faster', 'same'];

export function comparedSteps(
  here: Outline,
  usual: Usual,
  textOf: (service: string, step: string) => string,
): readonly ComparedStep[] {
  const keys = new Set([...here.steps.keys(), ...usual.steps.keys()]);
  const steps = [...keys].flatMap((key) => comparedStep(key, here, usual, textOf));
  return steps
    .toSorted(
      (a, b) =>
        ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || b.healthyShare - a.healthyShare,
    )
    .slice(0, STEPS_MAX);
}

function comparedStep(
  key: string,
  here: Outline,
  usual: Usual,
  textOf: (service: string, step: string) => string,
): readonly ComparedStep[] {
  const mine = here.steps.get(key);
  const theirs = usual.steps.get(key);
  // What some healthy chains have and this one has not is no difference.
  if (!mine && (theirs?.share ?? 0) < PRESENT_SHARE) return [];
  const service = serviceOfKey(key);
  const step = key.slice(service.length + 1);
  const isTimed = (mine?.durationMs ?? 0) > 0 && theirs?.durationMs !== undefined;
  const hereMs = mine && (isTimed ? mine.durationMs : mine.offsetMs);
  const band = isTimed ? theirs.durationMs : theirs?.offsetMs;
  return [
    {
      service,
      text: textOf(service, step),
      patternId: step.startsWith('span ') ? '' : step.slice(0, 16),
      verdict: verdictOf(mine, theirs, { hereMs, band, isTimed }),
      healthyShare: theirs?.share ?? 0,
      healthy: band ? latencyBand(band) : null,
      hereNs: hereMs === undefined ? null : nanoseconds(hereMs),
      measures: isTimed ? 'duration' : 'offset',
    },
  ];
}

function verdictOf(
  mine: OutlineStep | undefined,
  theirs: UsualStep | undefined,
  times: {
    readonly hereMs: number | undefined;
    readonly band: Band | undefined;
    readonly isTimed: boolean;
  },
): StepVerdict {
  if (!mine) return 'missing';
  if (!theirs || theirs.share <= NEW_SHARE) return 'new';
  if (theirs.share <= RARE_SHARE) return 'rare';
  const { hereMs = 0, band } = times;
  if (!band) return 'same';
  if (hereMs > band.p95 * SLOWER_FACTOR && hereMs > band.p95 + SLOWER_MS) return 'slower';
  return hereMs * SLOWER_FACTOR < band.p50 && hereMs + SLOWER_MS < band.p50 ? 'faster' : 'same';
}

export function latencyBand({ p50, p95 }: Band): LatencyBand {
  return { p50Ns: nanoseconds(p50), p95Ns: nanoseconds(p95) };
}
