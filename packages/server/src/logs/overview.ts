/**
 * Histogram and facets of what a search finds, told in its own answer: counted from the rows of its first page where
 * that holds all, so that they cost nothing and are exact; otherwise asked of the engine, as the query was prepared.
 */
import type { CountedPart } from '@tendril/api/log-facets';
import type { Level, LogHistogramBucket } from '@tendril/api/log-histogram';
import type { LogFacetsEvent, LogOverviewEvent, OverviewRequest } from '@tendril/api/log-search';
import type { LogRecord } from '@tendril/model/log-record';
import { severityOfNumber } from '@tendril/model/severity';
import type { TimeRange } from '@tendril/model/time-range';
import { bucketWidthNs, floorTo } from './bucket-width.ts';
import { FacetTally } from './facet-tally.ts';
import { addRecord, facetsOf, facetsOfTally } from './facets.ts';
import { histogramEvents } from './histogram.ts';
import type { LogReader, PreparedQuery } from './log-reader.ts';
import type { StatementOptions } from './statement.ts';

type OverviewEvent = LogOverviewEvent | LogFacetsEvent;

export class Overview {
  private readonly request: OverviewRequest;
  private readonly prepared: PreparedQuery;
  private readonly widthNs: bigint;
  private readonly buckets: Map<bigint, Partial<Record<Level, number>>> = new Map();
  private readonly tally: FacetTally = new FacetTally();
  private records = 0;

  constructor(request: OverviewRequest, prepared: PreparedQuery) {
    this.request = request;
    this.prepared = prepared;
    this.widthNs = bucketWidthNs(prepared.range, request.buckets);
  }

  /** A row of the page. */
  add(record: LogRecord): void {
    this.records += 1;
    addRecord(this.tally, { ...record, weight: 1 });
    const startNs = floorTo(BigInt(record.timestamp), this.widthNs);
    const counts = this.buckets.get(startNs) ?? {};
    this.buckets.set(startNs, counts);
    const level = severityOfNumber(record.severityNumber) ?? 'unknown';
    counts[level] = (counts[level] ?? 0) + 1;
  }

  /** When the rows that were added are all there are. */
  *ofRows({ budget }: StatementOptions): Generator<OverviewEvent> {
    const { records, request, widthNs } = this;
    const buckets = [...this.buckets].map(([startNs, counts]) => ({
      start: String(startNs),
      counts,
    }));
    yield { kind: 'overview', width: String(widthNs), buckets, records, partial: null };
    if (request.values === 0) return;
    const found = facetsOfTally(this.tally, { values: request.values, search: '' });
    const basis = { kind: 'records', records } as const;
    yield { kind: 'facets', facets: { ...found, basis, cost: budget.cost() } };
  }

  /** Of all that match. */
  async *ofAll(reader: LogReader, options: StatementOptions): AsyncGenerator<OverviewEvent> {
    const { prepared, request, widthNs } = this;
    const counting = { buckets: request.buckets, estimate: true, sql: false };
    const buckets: LogHistogramBucket[] = [];
    for await (const event of histogramEvents(reader, prepared, counting, options)) {
      if (event.kind === 'bucket') buckets.push(event);
      if (event.kind !== 'summary') continue;
      const { counts, width, partial, sampled } = event;
      const { records } = counts;
      yield {
        kind: 'overview',
        width,
        records,
        partial,
        buckets: buckets.map(({ start, counts: found }) => ({ start, counts: found })),
        ...(sampled && { sampled }),
      };
    }
    if (request.values === 0) return;
    const parts = countedParts(buckets, { range: prepared.range, widthNs });
    const wanted = { values: request.values, search: '', parts, exact: false };
    yield { kind: 'facets', facets: await facetsOf(reader, prepared, wanted, options) };
  }
}

/** One to a bucket that holds something: where in the range the records are. */
function countedParts(
  buckets: readonly LogHistogramBucket[],
  { range, widthNs }: { readonly range: TimeRange; readonly widthNs: bigint },
): readonly CountedPart[] {
  return buckets.map(({ start, counts }) => {
    const fromNs = BigInt(start);
    const toNs = fromNs + widthNs;
    return {
      from: String(fromNs > range.fromNs ? fromNs : range.fromNs),
      to: String(toNs < range.toNs ? toNs : range.toNs),
      records: Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0),
    };
  });
}
