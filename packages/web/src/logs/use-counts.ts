/**
 * Histogram, number of records and facets of a search. They come with its first page; in live mode, and where that
 * page takes long, they are asked for. What takes long to count is estimated first, and counted once the estimate
 * and the facets are on the screen.
 */
import { useEffect, useMemo, useState } from 'react';
import type { LogFieldValue } from '@tendril/api/log-fields';
import type { TimeRange } from '@tendril/model/time-range';
import { useLast } from '../lib/use-last.ts';
import { countedParts, levelTotals } from './histogram-bars.ts';
import type { UsedFeed } from './use-record-feed.ts';
import { useFacets, type FoundFacets } from './use-facets.ts';
import { histogramOfOverview, useHistogram, type Histogram } from './use-histogram.ts';

export interface CountsRequest {
  readonly used: UsedFeed;
  /** Without pipes. */
  readonly query: string;
  readonly range: TimeRange;
  /** 0 until the width is known. */
  readonly buckets: number;
  /** Part of a field's name. */
  readonly search: string;
  readonly facetsShown: boolean;
  readonly isLive: boolean;
}

export interface Counts {
  /** Until there is one of this search, that of the search before. */
  readonly histogram: Histogram | undefined;
  /** Of this search; an estimate where the histogram is one. */
  readonly total: number | undefined;
  /** Exact ones; none until they are known. */
  readonly levels: readonly LogFieldValue[];
  readonly isCounting: boolean;
  readonly error: unknown;
  readonly facets: FoundFacets;
}

/** A search that takes longer for its first page is counted beside it. */
const LATE_MS = 1_000;
const NO_LEVELS: readonly LogFieldValue[] = [];

export function useCounts(request: CountsRequest): Counts {
  const { used, query, range, buckets, search, facetsShown, isLive } = request;
  const { state, isStale } = used;
  const { overview, phase, summary } = state;
  const isLate = useIsLate(used);
  const told = useMemo(() => overview && histogramOfOverview(overview), [overview]);
  const isOver = !isStale && (summary !== undefined || phase === 'cancelled');
  const mayAsk = (isOver || isLate || (isLive && !isStale)) && phase !== 'failed' && buckets > 0;
  const asked = { query, range, buckets };
  const first = useHistogram({
    ...asked,
    isEnabled: mayAsk && told === undefined,
    estimate: !isLive,
  });
  const current = told ?? (first.isPlaceholderData ? undefined : first.data);
  const total = current?.total;
  const parts = useMemo(
    () => (total === undefined ? [] : countedParts(current, range)),
    [total, current, range],
  );
  const mayAskFacets = mayAsk && (query === '' || total !== undefined || first.isError);
  const facets = useFacets({
    query,
    range,
    search,
    parts,
    isEnabled: facetsShown && mayAskFacets,
    known: state.facets,
  });
  const isRefined = mayAsk && current?.isEstimate === true && !facets.isFetching;
  const exact = useHistogram({ ...asked, isEnabled: isRefined, estimate: false });
  const isExact = isRefined && !exact.isPlaceholderData && exact.data?.total !== undefined;
  const own = isExact ? exact.data : current;
  const histogram = useLast(own ?? first.data);
  const levels = useMemo(
    () =>
      histogram?.total === undefined || histogram.isEstimate
        ? NO_LEVELS
        : levelTotals(histogram.buckets).map(({ level, count }) => ({ value: level, count })),
    [histogram],
  );
  const isWaiting = phase === 'running' || (phase !== 'failed' && !isOver);
  const areFacetsComing = facetsShown && facets.isWaiting && phase !== 'failed';
  return {
    histogram,
    total: own?.total,
    levels,
    isCounting: first.isFetching || (isWaiting && own?.total === undefined),
    error: first.error,
    facets: { ...facets, isFetching: facets.isFetching || areFacetsComing },
  };
}

function useIsLate({ feed, state }: UsedFeed): boolean {
  const [lateFeed, setLateFeed] = useState<UsedFeed['feed']>();
  const isWaiting = state.phase === 'running';
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setTimeout(() => setLateFeed(feed), LATE_MS);
    return () => clearTimeout(timer);
  }, [feed, isWaiting]);
  return lateFeed === feed;
}
