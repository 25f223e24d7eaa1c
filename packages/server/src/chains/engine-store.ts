/** What the reasoning about chains asks, answered by the engine. One for each request. */
import { z } from 'zod';
import type { ChainChange } from '@tendril/api/chain';
import type {
  Activity,
  ActivityRequest,
  ChainStore,
  MemberIds,
  Members,
  MsRange,
  SampleRequest,
} from '@tendril/chains/chain-store';
import { instanceOf, versionOf } from '@tendril/chains/instance';
import { joinValuesOfText } from '@tendril/chains/join-keys';
import { peerOfSpan } from '@tendril/chains/peer';
import { recordStep, spanCodes, spanStep, type Sighting } from '@tendril/chains/sighting';
import { spreadSample } from '@tendril/chains/spread-sample';
import { troubleOfRecord, troubleOfSpan, type TroubleLevel } from '@tendril/chains/trouble';
import type { LogRecord } from '@tendril/model/log-record';
import { formatRecordId } from '@tendril/model/record-id';
import { SPAN_KINDS, type Span } from '@tendril/model/span';
import { NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import type { Sql } from '@tendril/sql/sql';
import { readChanges } from '../changes/change-table.ts';
import type { LogReader } from '../logs/log-reader.ts';
import { records as wholeRecords, type RowShape } from '../logs/row-shape.ts';
import { scanLogs } from '../logs/scan.ts';
import { allRows, type StatementOptions } from '../logs/statement.ts';
import { extentsCondition, traceExtents } from '../traces/trace-ranges.ts';
import { ALL_TIME, spansOfTraces } from '../traces/trace-spans.ts';
import { spanRows } from '../traces/span-row.ts';
import {
  recordActivityQuery,
  recordTroubleQuery,
  spanActivityQuery,
  type ActivityWindow,
} from './activity-query.ts';
import { attributesOf } from './chain-attributes.ts';
import { holdsOneOf, recordMembers, spanMembers, unownedTrouble } from './member-query.ts';
import {
  joinedSightingsQuery,
  recordSightingsQuery,
  recordStartsQuery,
  SPAN_STATUS_KEYS,
  spanSightingsQuery,
  spanStartsQuery,
} from './sample-query.ts';
import { stepTextsQuery } from './step-texts-query.ts';

export interface EngineStoreOptions {
  readonly reader: LogReader;
  readonly spanReader: LogReader;
  readonly statement: StatementOptions;
}

/** What a sample or the weather reads at most; a busy system's half hour is not needed whole. */
const SAMPLE_ROWS = 2_000_000;
const ACTIVITY_ROWS = 5_000_000;
/** What follows a chain's first record, for chains near the end of a range. */
const TAIL_NS = 60_000n * NS_PER_MS;
const JOIN_VALUES_MAX = 2_000;
const CHANGES_MAX = 200;

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

const activitySchema = z.object({
  service: z.string(),
  resourceId: z.string(),
  level: z.coerce.number(),
  errorKind: z.string().default(''),
  skeletonId: z.string().default('0'),
  calls: z.array(z.string()).default([]),
  name: z.string().default(''),
  kind: z.string().default(''),
  bucket: z.coerce.number(),
  count: z.coerce.number(),
});

const textSchema = z.object({ skeletonId: z.string(), template: z.string() });

export class EngineStore implements ChainStore {
  private readonly reader: LogReader;
  private readonly spanReader: LogReader;
  private readonly statement: StatementOptions;

  constructor({ reader, spanReader, statement }: EngineStoreOptions) {
    this.reader = reader;
    this.spanReader = spanReader;
    this.statement = statement;
  }

  async members(ids: MemberIds, limit: number, near: MsRange | undefined): Promise<Members> {
    const { operationIds, traceIds } = ids;
    const range = near ? rangeOf(near) : ALL_TIME;
    const records = await this.recordsOf(recordMembers(operationIds, traceIds), range, limit + 1);
    const byTrace = await spansOfTraces(this.spanReader, traceIds, this.statement);
    const spans = [...byTrace.values()].flat();
    if (operationIds.length > 0) {
      const condition = spanMembers(operationIds);
      const shape = spanRows(this.spanReader);
      spans.push(
        ...(await this.scanned<Span>(this.spanReader, { condition, range, limit }, shape)),
      );
    }
    return {
      records: records.slice(0, limit),
      spans: spans.slice(0, limit),
      isCut: records.length > limit || spans.length > limit,
    };
  }

  async joined(
    values: readonly string[],
    range: MsRange,
    limit: number,
  ): Promise<readonly LogRecord[]> {
    return await this.recordsOf(holdsOneOf(values), rangeOf(range), limit);
  }

  async unowned(range: MsRange, limit: number): Promise<readonly LogRecord[]> {
    return await this.recordsOf(unownedTrouble(), rangeOf(range), limit);
  }

  async sample(request: SampleRequest): Promise<readonly Sighting[]> {
    return request.entry.signal === 'record'
      ? await this.recordSample(request)
      : await this.spanSample(request);
  }

  async activity({ range, buckets, environment }: ActivityRequest): Promise<readonly Activity[]> {
    const whole = rangeOf(range);
    const bucketMs = (range.toMs - range.fromMs) / buckets;
    const windowOf = (reader: LogReader): ActivityWindow => ({
      range: newestPart(reader, whole, ACTIVITY_ROWS),
      originNs: whole.fromNs,
      bucketMs,
      environment,
    });
    const logs = windowOf(this.reader);
    const [quiet, trouble, ofSpans] = await Promise.all([
      this.rows(recordActivityQuery(logs), activitySchema),
      this.rows(recordTroubleQuery(logs), activitySchema),
      this.rows(spanActivityQuery(windowOf(this.spanReader)), activitySchema),
    ]);
    const ofRecords = [...quiet, ...trouble];
    await this.loadResources([...ofRecords, ...ofSpans]);
    return [
      ...ofRecords.map((row) => this.recordActivity(row)),
      ...ofSpans.map((row) => this.spanActivity(row)),
    ];
  }

  async changes(range: MsRange): Promise<readonly ChainChange[]> {
    const filter = { range: rangeOf(range), limit: CHANGES_MAX };
    const changes = await readChanges(this.reader.engine, filter, this.statement.signal);
    return changes.map(({ id, kind, timestamp, service, instance, title }) => ({
      id,
      kind,
      timestamp,
      service,
      instance,
      text: title,
    }));
  }

  async describe(steps: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const bySkeleton = Map.groupBy(steps, (step) => step.slice(0, 16));
    const ids = [...bySkeleton.keys()].flatMap((hex) =>
      /^[0-9a-f]{16}$/.test(hex) ? [BigInt(`0x${hex}`)] : [],
    );
    if (ids.length === 0) return new Map();
    const rows = await this.rows(stepTextsQuery(ids), textSchema);
    const pairs = rows.flatMap(({ skeletonId, template }) =>
      (bySkeleton.get(formatRecordId(BigInt(skeletonId))) ?? []).map(
        (step) => [step, template] as const,
      ),
    );
    return new Map(pairs);
  }

  private async recordSample({
    entry,
    range,
    chainsMax,
  }: SampleRequest): Promise<readonly Sighting[]> {
    const read = newestPart(this.reader, rangeOf(range), SAMPLE_ROWS);
    const skeleton = entry.step.slice(0, 16);
    const query = recordStartsQuery(entry, BigInt(`0x${skeleton}`), read);
    const starts = (await this.rows(query, startSchema)).filter(
      ({ calls }) => recordStep(skeleton, calls) === entry.step,
    );
    const chains = chosenOf(starts, read, chainsMax);
    if (chains.length === 0) return [];
    const whole = { fromNs: read.fromNs - TAIL_NS, toNs: read.toNs + TAIL_NS };
    const own = await this.recordSightings(recordSightingsQuery(chains, whole));
    return [...own, ...(await this.joinedSightings(own, whole))];
  }

  /** Of batches: each is seen in every chain whose message it tells of. */
  private async joinedSightings(
    own: readonly Sighting[],
    range: TimeRange,
  ): Promise<readonly Sighting[]> {
    const owners = new Map<string, Set<string>>();
    for (const { joins, chain } of own) {
      for (const join of joins) owners.set(join, (owners.get(join) ?? new Set()).add(chain));
    }
    if (owners.size === 0) return [];
    const values = [...owners.keys()].slice(0, JOIN_VALUES_MAX);
    const found = await this.recordSightings(joinedSightingsQuery(values, range));
    return found.flatMap((sighting) => {
      const chains = new Set(sighting.joins.flatMap((join) => [...(owners.get(join) ?? [])]));
      return [...chains]
        .filter((chain) => chain !== sighting.chain)
        .map((chain) => Object.assign({}, sighting, { chain }));
    });
  }

  private async recordSightings(query: Sql): Promise<readonly Sighting[]> {
    const rows = await this.rows(query, recordSchema);
    await this.loadResources(rows);
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
      ...this.placeOf(row),
      step: recordStep(formatRecordId(BigInt(row.skeletonId)), row.calls),
      trouble: troubleOfRecord(severityNumber, errorKind),
      spanId: '',
      parentSpanId: '',
      spanKind: undefined,
      peer: undefined,
      joins: row.joins.flatMap((text) => (text === '' ? [] : joinValuesOfText(text))),
    };
  }

  private async spanSample({
    entry,
    range,
    chainsMax,
  }: SampleRequest): Promise<readonly Sighting[]> {
    const read = newestPart(this.spanReader, rangeOf(range), SAMPLE_ROWS);
    const [, kind = ''] = entry.step.split(' ');
    const starts = (
      await this.rows(spanStartsQuery(entry, storedKind(kind), read), startSchema)
    ).filter(({ name }) => spanStep(kind, name) === entry.step);
    const traceIds = chosenOf(starts, read, chainsMax);
    if (traceIds.length === 0) return [];
    const extents = await traceExtents(this.spanReader, traceIds, this.statement);
    const rows = await this.rows(spanSightingsQuery(extentsCondition(extents)), spanSchema);
    await this.loadResources(rows);
    return rows.map((row) => this.spanSighting(row));
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
      ...this.placeOf(row),
      step: spanStep(kind, name),
      trouble: troubleOfSpan({ isError: row.isError === 1, ...spanCodes(attributes) }),
      spanId,
      parentSpanId,
      spanKind: kind,
      peer: peerOfSpan(attributes),
      joins: [],
    };
  }

  private recordActivity(row: z.infer<typeof activitySchema>): Activity {
    const { service, errorKind, bucket, count } = row;
    const { isRefusal } = troubleOfRecord(0, errorKind);
    const level = errorKind === 'noise' ? 0 : levelOf(row.level);
    const step = level === 0 ? '' : recordStep(formatRecordId(BigInt(row.skeletonId)), row.calls);
    const { instance } = this.placeOf(row);
    return { service, instance, signal: 'record', step, level, isRefusal, bucket, count };
  }

  private spanActivity(row: z.infer<typeof activitySchema>): Activity {
    const { service, name, kind, bucket, count } = row;
    const level = levelOf(row.level);
    const step = level === 0 ? '' : spanStep(kind, name);
    const { instance } = this.placeOf(row);
    return { service, instance, signal: 'span', step, level, isRefusal: false, bucket, count };
  }

  private async loadResources(rows: readonly { readonly resourceId: string }[]): Promise<void> {
    await this.reader.resources.load(
      rows.map(({ resourceId }) => resourceId),
      this.statement,
    );
  }

  private placeOf({
    resourceId,
  }: {
    readonly resourceId: string;
  }): Pick<Sighting, 'instance' | 'version'> {
    const resource = this.reader.resources.get(resourceId);
    return { instance: instanceOf(resource), version: versionOf(resource) };
  }

  private async recordsOf(
    condition: Sql,
    range: TimeRange,
    limit: number,
  ): Promise<readonly LogRecord[]> {
    const shape = wholeRecords(this.reader);
    return await this.scanned<LogRecord>(this.reader, { condition, range, limit }, shape);
  }

  private async scanned<Row>(
    reader: LogReader,
    scan: { readonly condition: Sql; readonly range: TimeRange; readonly limit: number },
    shape: RowShape<Row>,
  ): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for await (const event of scanLogs(reader, { ...scan, order: 'asc' }, shape, this.statement)) {
      if (event.kind === 'row') rows.push(event.row);
    }
    return rows;
  }

  private async rows<T>(query: Sql, schema: z.ZodType<T>): Promise<readonly T[]> {
    const rows = await allRows(this.reader.engine, query, this.statement);
    return rows.map((row) => schema.parse(row));
  }
}

function rangeOf({ fromMs, toMs }: MsRange): TimeRange {
  return { fromNs: nanoseconds(fromMs), toNs: nanoseconds(toMs) };
}

function nanoseconds(ms: number): bigint {
  const bounded = Math.min(TIME_MS_MAX, Math.max(0, ms));
  return BigInt(Math.floor(bounded)) * NS_PER_MS + BigInt(Math.floor((bounded % 1) * 1e6));
}

const TIME_MS_MAX = 9_223_372_036_854;

/** As much of the newer end as holds about so many rows. */
function newestPart({ density }: LogReader, range: TimeRange, rows: number): TimeRange {
  const widthNs = density.widthNs(range, 'desc', rows);
  const fromNs = range.toNs - widthNs;
  return { fromNs: fromNs > range.fromNs ? fromNs : range.fromNs, toNs: range.toNs };
}

function chosenOf(
  starts: readonly { readonly chain: string; readonly atMs: number }[],
  { fromNs, toNs }: TimeRange,
  chainsMax: number,
): readonly string[] {
  const range = { fromMs: Number(fromNs / NS_PER_MS), toMs: Number(toNs / NS_PER_MS) };
  return spreadSample(
    starts.map(({ chain, atMs }) => [chain, atMs] as const),
    range,
    chainsMax,
  );
}

function levelOf(number: number): TroubleLevel {
  return number === 1 || number === 2 || number === 3 ? number : 0;
}

/** `server` is `Server` in the table. */
function storedKind(kind: string): string {
  return kind.slice(0, 1).toUpperCase() + kind.slice(1);
}
