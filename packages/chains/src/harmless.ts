/**
 * Errors and warnings that mean nothing: chains that have them go on and end as those do that have not. Logs
 * are full of them, and a chain that has one is no worse for it.
 */
import { stepCounts, type Outline } from './outline.ts';
import { quantile } from './quantile.ts';

/** On either side, to say anything. */
const CHAINS_MIN = 5;
/** Of the chains without it; a step that so many have belongs to the way. */
const CORE_SHARE = 0.5;
/** Chains with it may lack so much more of the way, and have other errors so much more often. */
const LACK_MAX = 0.03;
const OTHERS_MAX = 0.1;
/** And take so much longer. */
const LONGER_FACTOR = 1.5;
const LONGER_MS = 20;

export function harmlessSteps(outlines: readonly Outline[]): ReadonlySet<string> {
  const having = new Map<string, Outline[]>();
  for (const outline of outlines)
    for (const { key, errors, warnings } of outline.steps.values()) {
      if (errors + warnings === 0) continue;
      const known = having.get(key) ?? [];
      if (known.length === 0) having.set(key, known);
      known.push(outline);
    }
  return new Set(
    [...having].filter(([key, own]) => isHarmless(key, own, outlines)).map(([key]) => key),
  );
}

function isHarmless(
  key: string,
  having: readonly Outline[],
  outlines: readonly Outline[],
): boolean {
  const own = new Set(having);
  const others = outlines.filter((outline) => !own.has(outline));
  if (having.length < CHAINS_MIN || others.length < CHAINS_MIN) return false;
  const core = coreOf(others);
  const lacks = (chains: readonly Outline[]): number => mean(chains, (each) => lackOf(each, core));
  const troubled = (chains: readonly Outline[]): number =>
    mean(chains, (each) => (hasOtherErrors(each, key) ? 1 : 0));
  const length = (chains: readonly Outline[]): number =>
    quantile(
      chains.map(({ durationMs }) => durationMs),
      0.5,
    );
  return (
    lacks(having) <= lacks(others) + LACK_MAX &&
    troubled(having) <= troubled(others) + OTHERS_MAX &&
    length(having) <= Math.max(length(others) * LONGER_FACTOR, length(others) + LONGER_MS)
  );
}

function coreOf(outlines: readonly Outline[]): readonly string[] {
  return [...stepCounts(outlines)]
    .filter(([, count]) => count >= outlines.length * CORE_SHARE)
    .map(([key]) => key);
}

function lackOf({ steps }: Outline, core: readonly string[]): number {
  if (core.length === 0) return 0;
  return core.filter((key) => !steps.has(key)).length / core.length;
}

function hasOtherErrors({ steps }: Outline, own: string): boolean {
  for (const { key, errors } of steps.values()) if (errors > 0 && key !== own) return true;
  return false;
}

function mean(outlines: readonly Outline[], value: (outline: Outline) => number): number {
  return outlines.reduce((sum, outline) => sum + value(outline), 0) / Math.max(1, outlines.length);
}
