/** The search of the log page for the records of a trace, or of one of its spans. */
import { quoteText } from '@tendril/query/print';
import { absoluteRange } from '../lib/time-range.ts';

export interface SearchedPart {
  readonly traceId: string;
  /** Only of this span. */
  readonly spanId?: string;
  readonly startNs: bigint;
  readonly durationNs: bigint;
}

/** Records may be written a little before and after. */
const AROUND_NS = 60_000_000_000n;

export function logsSearchOf(part: SearchedPart): Readonly<Record<string, string>> {
  const { traceId, spanId, startNs, durationNs } = part;
  const fromNs = startNs > AROUND_NS ? startNs - AROUND_NS : 0n;
  const query = [
    `traceId:${quoteText(traceId)}`,
    ...(spanId === undefined ? [] : [`spanId:${quoteText(spanId)}`]),
  ].join(' and ');
  return { q: query, ...absoluteRange({ fromNs, toNs: startNs + durationNs + AROUND_NS }) };
}
