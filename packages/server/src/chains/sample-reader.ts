/** A sample of the chains that begin alike, out of the engine: what was seen in them, in few columns. */
import { z } from 'zod';
import { ANY_STEP, type SampleRequest } from '@tendril/chains/chain-store';
import { joinValuesOfText } from '@tendril/chains/join-keys';
import { peerOfSpan } from '@tendril/chains/peer';
import { recordStep, spanCodes, spanStep, type Sighting } from '@tendril/chains/sighting';
import { spreadSample } from '@tendril/chains/spread-sample';
import { troubleOfRecord, troubleOfSpan } from '@tendril/chains/trouble';
import { formatRecordId } from '@tendril/model/record-id';
import { SPAN_KINDS } from '@tendril/model/span';
import { NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import type { Sql } from '@tendril/sql/sql';
import type { LogReader } from '../logs/log-reader.ts';
import type { StatementOptions } from '../logs/statement.ts';
import { extentsCondition, traceExtents } from '../traces/trace-ranges.ts';
import { attributesOf } from './chain-attributes.ts';
import { inOneOf, rangeOf, spreadParts, widened } from './read-ranges.ts';
import {
  joinedSightingsQuery,
  recordSightingsQuery,
  recordStartsQuery,
  SPAN_STATUS_KEYS,
  spanSightingsQuery,
  spanStartsQuery,
} from './sample-query.ts';
import { StoreRows } from './store-rows.ts';

/** Where chains are looked for, read at most; what is then read of chains is much more of the same time. */
const ROWS_MAX = 2_000_000;
/** Of a range that is looked into here and there: chains close together, for granules are read whole. */
const PARTS = 2;
/** What comes before a chain's first step by a clock that is behind, and after it. */
const BEFORE_NS = 5_000n * NS_PER_MS;
const TAIL_MS_MIN = 15_000;
const TAIL_MS_MAX = 60_000;
/** Chains may take so many times as long as the one in question. */
const TAIL_FACTOR = 3;
const JOIN_VALUES_MAX = 2_000;

const startSchema = z.object({
  chain: z.string(),
  atMs: z.coerce.number(),
  calls: z.array(z.string()).default([]),
  name: z.string().default(''),
});

const recordSchema = z.object({
  chain: z.string(),
  atMs: z.coerce.number(),
  durationMs: z.coerce.number(),
  service: z.string(),
  resourceId: z.string(),
  skeletonId: z.string(),
  severityNumber: z.coerce.number(),
  errorKind: z.string(),
  calls: z.array(z.string()),
  joins: z.array(z.string()),
});

const spanSchema = z.object({
  chain: z.string(),
  atMs: z.coerce.number(),
  durationMs: z.coerce.number(),
  service: z.string(),
  resourceId: z.string(),
  name: z.string(),
  kind: z.enum(SPAN_KINDS).catch('unspecified'),
  isError: z.coerce.number(),
  spanId: z.string(),
  parentSpanId: z.string(),
  texts: z.array(z.string()),
});

export interface SampleReaderOptions {
  readonly reader: LogReader;
  readonly spanReader: LogReader;
  readonly statement: StatementOptions;
}

export class SampleReader {
  private readonly reader: LogReader;
  private readonly spanReader: LogReader;
  private readonly statement: StatementOptions;
  private readonly rows: StoreRows;

  constructor({ reader, spanReader, statement }: SampleReaderOptions) {
    this.reader = reader;
    this.spanReader = spanReader;
    this.statement = statement;
    this.rows = new StoreRows(reader, statement);
  }

  async records(request: SampleRequest): Promise<readonly Sighting[]> {
    const { entry, chainsMax, lengthMs } = request;
    const { step } = entry;
    const read = rangesOf(this.reader, request);
    const found = await this.rows.read(recordStartsQuery(entry, inOneOf(read)), startSchema);
    const isOf = ({ calls }: Start): boolean =>
      step === ANY_STEP || recordStep(step.slice(0, 16), calls) === step;
    const starts = found.filter(isOf);
    const { isSpread } = request;
    const groups = isSpread
      ? read.map((part) => middleOf(starts, part, Math.ceil(chainsMax / read.length)))
      : [chosenOf(starts, read, chainsMax)];
    const chains = groups.flat().map(({ chain }) => chain);
    if (chains.length === 0) return [];
    const tailMs = Math.min(TAIL_MS_MAX, Math.max(TAIL_MS_MIN, lengthMs * TAIL_FACTOR));
    const afterNs = BigInt(Math.ceil(tailMs)) * NS_PER_MS;
    const extents = groups.flatMap((group) => extentOf(group));
    const whole = widened(extents, { beforeNs: BEFORE_NS, afterNs });
    const own = await this.recordSightings(recordSightingsQuery(chains, inOneOf(whole)));
    return [...own, ...(await this.joinedSightings(own, whole))];
  }

  async spans(request: SampleRequest): Promise<readonly Sighting[]> {
    const { entry, chainsMax } = request;
    const read = rangesOf(this.spanReader, request);
    const [, kind = ''] = entry.step.split(' ');
    const query = spanStartsQuery(entry, storedKind(kind), inOneOf(read));
    const found = await this.rows.read(query, startSchema);
    const starts = found.filter(({ name }) => spanStep(kind, name) === entry.step);
    const traceIds = chosenOf(starts, read, chainsMax).map(({ chain }) => chain);
    if (traceIds.length === 0) return [];
    const extents = await traceExtents(this.spanReader, traceIds, this.statement);
    const rows = await this.rows.read(spanSightingsQuery(extentsCondition(extents)), spanSchema);
    await this.rows.loadResources(rows);
    return rows.map((row) => this.spanSighting(row));
  }

  /** Of batches: each is seen in every chain whose message it tells of. */
  private async joinedSightings(
    own: readonly Sighting[],
    ranges: readonly TimeRange[],
  ): Promise<readonly Sighting[]> {
    const owners = new Map<string, Set<string>>();
    for (const { joins, chain } of own) {
      for (const join of joins) owners.set(join, (owners.get(join) ?? new Set()).add(chain));
    }
    if (owners.size === 0) return [];
    const values = [...owners.keys()].slice(0, JOIN_VALUES_MAX);
    const found = await this.recordSightings(joinedSightingsQuery(values, inOneOf(ranges)));
    return found.flatMap((sighting) => {
      const chains = new Set(sighting.joins.flatMap((join) => [...(owners.get(join) ?? [])]));
      return [...chains]
        .filter((chain) => chain !== sighting.chain)
        .map((chain) => Object.assign({}, sighting, { chain }));
    });
  }

  private async recordSightings(query: Sql): Promise<readonly Sighting[]> {
    const rows = await this.rows.read(query, recordSchema);
    await this.rows.loadResources(rows);
    return rows.map((row) => this.recordSighting(row));
  }

  private recordSighting(row: z.infer<typeof recordSchema>): Sighting {
    const { chain, atMs, durationMs, service, severityNumber, errorKind } = row;
    return {
      chain,
      signal: 'record',
      atMs,
      durationMs,
      service,
      ...this.rows.placeOf(row),
      step: recordStep(formatRecordId(BigInt(row.skeletonId)), row.calls),
      trouble: troubleOfRecord(severityNumber, errorKind),
      spanId: '',
      parentSpanId: '',
      spanKind: undefined,
      peer: undefined,
      joins: row.joins.flatMap((text) => (text === '' ? [] : joinValuesOfText(text))),
    };
  }

  private spanSighting(row: z.infer<typeof spanSchema>): Sighting {
    const { chain, atMs, durationMs, service, name, kind, spanId, parentSpanId } = row;
    const attributes = attributesOf(SPAN_STATUS_KEYS, row.texts);
    return {
      chain,
      signal: 'span',
      atMs,
      durationMs,
      service,
      ...this.rows.placeOf(row),
      step: spanStep(kind, name),
      trouble: troubleOfSpan({ isError: row.isError === 1, ...spanCodes(attributes) }),
      spanId,
      parentSpanId,
      spanKind: kind,
      peer: peerOfSpan(attributes),
      joins: [],
    };
  }
}

type Start = z.infer<typeof startSchema>;

function rangesOf(
  reader: LogReader,
  { range, isSpread }: Pick<SampleRequest, 'range' | 'isSpread'>,
): readonly TimeRange[] {
  return spreadParts(reader, rangeOf(range), { parts: isSpread ? PARTS : 1, rows: ROWS_MAX });
}

function chosenOf(
  starts: readonly Start[],
  read: readonly TimeRange[],
  chainsMax: number,
): readonly Start[] {
  const range = {
    fromMs: Number((read[0]?.fromNs ?? 0n) / NS_PER_MS),
    toMs: Number((read.at(-1)?.toNs ?? 0n) / NS_PER_MS),
  };
  const pairs = starts.map(({ chain, atMs }) => [chain, atMs] as const);
  const chosen = new Set(spreadSample(pairs, range, chainsMax));
  return starts.filter(({ chain }) => chosen.has(chain));
}

/** Of those in a part of the range so many that follow each other. */
function middleOf(
  starts: readonly Start[],
  { fromNs, toNs }: TimeRange,
  count: number,
): readonly Start[] {
  const own = starts
    .filter(({ atMs }) => atMs >= Number(fromNs / NS_PER_MS) && atMs < Number(toNs / NS_PER_MS))
    .toSorted((a, b) => a.atMs - b.atMs);
  const first = Math.max(0, Math.floor((own.length - count) / 2));
  return own.slice(first, first + count);
}

/** From the first start to the last; nothing of none. */
function extentOf(starts: readonly Start[]): readonly TimeRange[] {
  const times = starts.map(({ atMs }) => atMs);
  if (times.length === 0) return [];
  return [rangeOf({ fromMs: Math.min(...times), toMs: Math.max(...times) + 1 })];
}

/** `server` is `Server` in the table. */
function storedKind(kind: string): string {
  return kind.slice(0, 1).toUpperCase() + kind.slice(1);
}
