/** `now` is taken once per run, so that everything on a page is of the same range. */
import { useMemo } from 'react';
import type { TimeRange } from '@tendril/model/time-range';
import { resolveRange, serverNowNs, type RangeText } from './time-range.ts';

export interface ResolvedRange {
  readonly resolved: TimeRange;
  /** What was given is no range; the last hour stands in. */
  readonly isBad: boolean;
}

const HOUR_NS = 3_600_000_000_000n;

/** `run` changes whenever `now` is to be taken anew. */
export function useResolvedRange({ from, to }: RangeText, run: number | string): ResolvedRange {
  return useMemo(() => {
    const nowNs = serverNowNs();
    const resolved = resolveRange({ from, to }, nowNs);
    const fallback = { fromNs: nowNs - HOUR_NS, toNs: nowNs };
    return { resolved: resolved ?? fallback, isBad: resolved === undefined };
    // A run of the same query takes `now` anew.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [from, to, run]);
}
