/** Records and spans in memory: of files, of a recorded run. The whole of it is scanned for each question. */
import type { ChainChange } from '@tendril/api/chain';
import type { LogRecord } from '@tendril/model/log-record';
import type { Span } from '@tendril/model/span';
import {
  ANY_STEP,
  SLOW_MS_MIN,
  type Activity,
  type ActivityRequest,
  type ChainStore,
  type MemberIds,
  type Members,
  type MsRange,
  type SampleRequest,
} from './chain-store.ts';
import { EventReader, type Event, type Sighting } from './sighting.ts';
import { spreadSample } from './spread-sample.ts';
import { msOfNs } from './time-ms.ts';

export interface Recorded {
  readonly records: readonly LogRecord[];
  readonly spans: readonly Span[];
  readonly changes: readonly ChainChange[];
}

interface Kept {
  readonly event: Event;
  readonly environment: string;
}

export class MemoryStore implements ChainStore {
  private readonly kept: readonly Kept[];
  private readonly byChain: ReadonlyMap<string, readonly Kept[]>;
  private readonly byJoin: ReadonlyMap<string, readonly Event[]>;
  private readonly changed: readonly ChainChange[];

  constructor({ records, spans, changes }: Recorded) {
    const reader = new EventReader();
    this.kept = [
      ...records.map((record) => ({
        event: reader.ofRecord(record, record.operationId || record.traceId),
        environment: record.environment,
      })),
      ...spans.map((span) => ({
        event: reader.ofSpan(span, span.traceId),
        environment: span.environment,
      })),
    ].toSorted((a, b) => a.event.atMs - b.event.atMs);
    this.byChain = Map.groupBy(
      this.kept.filter(({ event }) => event.chain !== ''),
      ({ event }) => `${event.signal} ${event.chain}`,
    );
    this.byJoin = joinIndex(this.kept.map(({ event }) => event));
    this.changed = changes;
  }

  members(ids: MemberIds, limit: number, near: MsRange | undefined): Promise<Members> {
    const operations = new Set(ids.operationIds);
    const traces = new Set(ids.traceIds);
    const isMember = ({ event }: Kept): boolean => {
      const { operationId, traceId } = idsOf(event);
      return operations.has(operationId) || traces.has(traceId);
    };
    const found = this.within(near).filter(isMember);
    const records = found.flatMap(({ event: { source } }) =>
      source.kind === 'record' ? [source.record] : [],
    );
    const spans = found.flatMap(({ event: { source } }) =>
      source.kind === 'span' ? [source.span] : [],
    );
    return Promise.resolve({
      records: records.slice(0, limit),
      spans: spans.slice(0, limit),
      isCut: records.length > limit || spans.length > limit,
    });
  }

  joined(values: readonly string[], range: MsRange, limit: number): Promise<readonly LogRecord[]> {
    const wanted = new Set(values);
    return Promise.resolve(
      this.recordsOf(range, limit, ({ joins }) => joins.some((join) => wanted.has(join))),
    );
  }

  unowned(range: MsRange, limit: number): Promise<readonly LogRecord[]> {
    return Promise.resolve(
      this.recordsOf(
        range,
        limit,
        ({ chain, trouble, durationMs }) =>
          chain === '' && (trouble.level > 0 || durationMs >= SLOW_MS_MIN),
      ),
    );
  }

  sample({ entry, range, chainsMax }: SampleRequest): Promise<readonly Sighting[]> {
    const starts = new Map<string, number>();
    for (const { event, environment } of this.within(range)) {
      const isEntry =
        (entry.step === ANY_STEP || event.step === entry.step) &&
        event.service === entry.service &&
        event.signal === entry.signal &&
        environment === entry.environment;
      if (isEntry && event.chain !== '' && !starts.has(event.chain))
        starts.set(event.chain, event.atMs);
    }
    const chosen = spreadSample([...starts], range, chainsMax);
    return Promise.resolve(chosen.flatMap((chain) => this.sightingsOf(entry.signal, chain)));
  }

  activity({ range, buckets, environment }: ActivityRequest): Promise<readonly Activity[]> {
    const counts = new Map<string, Activity>();
    const widthMs = (range.toMs - range.fromMs) / buckets;
    for (const kept of this.within(range)) {
      if (kept.environment !== environment) continue;
      const { service, instance, signal, trouble, step, atMs } = kept.event;
      const bucket = Math.floor((atMs - range.fromMs) / widthMs);
      const named = trouble.level > 0 ? step : '';
      const key = [service, instance, signal, named, trouble.level, bucket].join('\n');
      const count = (counts.get(key)?.count ?? 0) + 1;
      const { level, isRefusal } = trouble;
      counts.set(key, { service, instance, signal, step: named, level, isRefusal, bucket, count });
    }
    return Promise.resolve([...counts.values()]);
  }

  changes({ fromMs, toMs }: MsRange): Promise<readonly ChainChange[]> {
    const isWithin = ({ timestamp }: ChainChange): boolean => {
      const atMs = msOfNs(timestamp);
      return atMs >= fromMs && atMs < toMs;
    };
    return Promise.resolve(this.changed.filter(isWithin));
  }

  describe(steps: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const wanted = new Set(steps);
    const texts = new Map<string, string>();
    for (const { event } of this.kept) {
      if (wanted.has(event.step) && !texts.has(event.step)) texts.set(event.step, event.errorText);
    }
    return Promise.resolve(texts);
  }

  /** Of the chain, and of its records that a key joins. */
  private sightingsOf(signal: Sighting['signal'], chain: string): readonly Sighting[] {
    const own = (this.byChain.get(`${signal} ${chain}`) ?? []).map(({ event }) => event);
    if (signal === 'span') return own;
    const joins = new Set(own.flatMap(({ joins: values }) => values));
    const joined = new Set<Event>();
    for (const join of [...joins].slice(0, SAMPLE_JOINS_MAX)) {
      for (const event of this.byJoin.get(join) ?? []) if (event.chain !== chain) joined.add(event);
    }
    return [...own, ...[...joined].map((event) => Object.assign({}, event, { chain }))];
  }

  private recordsOf(
    range: MsRange,
    limit: number,
    isWanted: (event: Event) => boolean,
  ): readonly LogRecord[] {
    const found: LogRecord[] = [];
    for (const { event } of this.within(range)) {
      if (found.length >= limit) break;
      if (event.source.kind === 'record' && isWanted(event)) found.push(event.source.record);
    }
    return found;
  }

  private within(range: MsRange | undefined): readonly Kept[] {
    if (!range) return this.kept;
    const from = this.indexAt(range.fromMs);
    const to = this.indexAt(range.toMs);
    return this.kept.slice(from, to);
  }

  /** The first that is not before. */
  private indexAt(atMs: number): number {
    let low = 0;
    let high = this.kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.kept[middle]?.event.atMs ?? Infinity) < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Values of one chain of a sample that are followed. */
const SAMPLE_JOINS_MAX = 20;
/** Records of one value that are kept: a value in more is of no single message. */
const JOINED_EVENTS_MAX = 50;

function joinIndex(events: readonly Event[]): ReadonlyMap<string, readonly Event[]> {
  const index = new Map<string, Event[]>();
  for (const event of events) {
    if (event.signal === 'span') continue;
    for (const join of event.joins) {
      const known = index.get(join) ?? [];
      if (known.length === 0) index.set(join, known);
      if (known.length < JOINED_EVENTS_MAX) known.push(event);
    }
  }
  return index;
}

function idsOf({ source }: Event): { readonly operationId: string; readonly traceId: string } {
  const { operationId, traceId } = source.kind === 'record' ? source.record : source.span;
  return { operationId: operationId || NONE, traceId: traceId || NONE };
}

/** No id: ids hold no line ends. */
const NONE = '\n';
