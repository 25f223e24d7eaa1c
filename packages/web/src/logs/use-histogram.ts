/** Counts over time by severity, window by window as the server counts them. */
import {
  experimental_streamedQuery as streamedQuery,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { Partial } from '@tendril/api/answer';
import type { LogHistogramEvent, LogHistogramBucket } from '@tendril/api/log-histogram';
import type { LogOverviewEvent } from '@tendril/api/log-search';
import type { WithoutError } from '@tendril/api/stream';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';

export interface Histogram {
  readonly buckets: readonly LogHistogramBucket[];
  /** Undefined until all is counted. */
  readonly total: number | undefined;
  /** Undefined before the first bucket. */
  readonly widthNs: bigint | undefined;
  readonly partial: Partial | null;
  /** Follows from a sample; the exact counts are on their way. */
  readonly isEstimate: boolean;
}

export interface HistogramRequest {
  readonly query: string;
  readonly range: TimeRange;
  readonly buckets: number;
  readonly isEnabled: boolean;
  /** An estimate will do, where counting takes long. */
  readonly estimate: boolean;
}

const NOTHING: Histogram = {
  buckets: [],
  total: undefined,
  widthNs: undefined,
  partial: null,
  isEstimate: false,
};

export function useHistogram(request: HistogramRequest): UseQueryResult<Histogram> {
  const api = useApi();
  const { query, range, buckets, isEnabled, estimate } = request;
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['logs', 'histogram', query, bounds, buckets, estimate],
    queryFn: streamedQuery({
      streamFn: ({ signal }) => api.logHistogram({ query, ...bounds, buckets, estimate }, signal),
      reducer: withEvent,
      initialValue: NOTHING,
      refetchMode: 'replace',
    }),
    enabled: isEnabled,
    placeholderData: (previous) => previous,
  });
}

function withEvent(histogram: Histogram, event: WithoutError<LogHistogramEvent>): Histogram {
  switch (event.kind) {
    case 'bucket':
      return {
        ...histogram,
        buckets: [...histogram.buckets, event],
        widthNs: BigInt(event.width),
      };
    case 'progress':
      return histogram;
    case 'summary':
      return {
        ...histogram,
        total: event.counts.records,
        widthNs: BigInt(event.width),
        partial: event.partial,
        isEstimate: event.sampled !== undefined,
      };
  }
}

/** What a search has said of its records already. */
export function histogramOfOverview(overview: LogOverviewEvent): Histogram {
  const { width, buckets, records, partial, sampled } = overview;
  return {
    buckets: buckets.map(({ start, counts }) => ({ kind: 'bucket', width, start, counts })),
    total: records,
    widthNs: BigInt(width),
    partial,
    isEstimate: sampled !== undefined,
  };
}
