/** Counts of calls as people compare them: by second, and as shares. */
import type { TimeRange } from '@tendril/model/time-range';

export interface Counted {
  readonly calls: number;
  readonly errors: number;
}

export function callsPerSecond({ calls }: Counted, { fromNs, toNs }: TimeRange): number {
  return calls / Math.max(1, Number(toNs - fromNs) / 1e9);
}

/** 0 to 1. */
export function errorShare({ calls, errors }: Counted): number {
  return calls === 0 ? 0 : errors / calls;
}

/** Three digits are enough to compare: `0.42`, `12.1`, `1,230`. */
export function rateText(perSecond: number, number: (value: number) => string): string {
  return number(Number(perSecond.toPrecision(3)));
}

export function shareText(share: number, number: (value: number) => string): string {
  return `${number(Number((share * 100).toPrecision(2)))} %`;
}
