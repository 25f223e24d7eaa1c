/** A chain's time as a line: where a moment lies on it, and where it is labelled. */
import { durationText } from '../lib/duration-text.ts';

export interface TimeScale {
  readonly startNs: bigint;
  /** Above zero. */
  readonly lengthNs: number;
}

export interface ScaleTick {
  /** 0 at the start, 1 at the end. */
  readonly place: number;
  readonly label: string;
}

/** A chain of one moment still has a length. */
const LENGTH_MIN_NS = 1_000;
const STEPS: readonly number[] = [1, 2, 5, 10];

export function timeScale(startNs: bigint, endNs: bigint): TimeScale {
  return { startNs, lengthNs: Math.max(LENGTH_MIN_NS, Number(endNs - startNs)) };
}

/** 0 at the start, 1 at the end; what lies outside is at the nearest of them. */
export function placeOf({ startNs, lengthNs }: TimeScale, ns: bigint): number {
  return Math.min(1, Math.max(0, Number(ns - startNs) / lengthNs));
}

/** At round distances from the start: `+1 s`, `+2 s`. */
export function scaleTicks({ lengthNs }: TimeScale, ticksMax: number): readonly ScaleTick[] {
  const least = lengthNs / Math.max(1, ticksMax);
  const power = 10 ** Math.floor(Math.log10(least));
  const stepNs = power * (STEPS.find((step) => step * power >= least) ?? 10);
  const count = Math.floor(lengthNs / stepNs);
  return Array.from({ length: count + 1 }, (_, index) => ({
    place: (index * stepNs) / lengthNs,
    label: `+${index === 0 ? 0 : durationText(index * stepNs)}`,
  }));
}
