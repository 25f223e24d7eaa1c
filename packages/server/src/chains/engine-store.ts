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
import { recordStep, spanStep, type Sighting } from '@tendril/chains/sighting';
import { troubleOfRecord, type TroubleLevel } from '@tendril/chains/trouble';
import type { LogRecord } from '@tendril/model/log-record';
import { formatRecordId } from '@tendril/model/record-id';
import type { Span } from '@tendril/model/span';
import type { TimeRange } from '@tendril/model/time-range';
import type { Sql } from '@tendril/sql/sql';
import { readChanges } from '../changes/change-table.ts';
import type { LogReader } from '../logs/log-reader.ts';
import { records as wholeRecords, type RowShape } from '../logs/row-shape.ts';
import { scanLogs } from '../logs/scan.ts';
import type { StatementOptions } from '../logs/statement.ts';
import { ALL_TIME, spansOfTraces } from '../traces/trace-spans.ts';
import { spanRows } from '../traces/span-row.ts';
import {
  recordActivityQuery,
  recordTroubleQuery,
  spanActivityQuery,
  type ActivityWindow,
} from './activity-query.ts';
import { holdsOneOf, recordMembers, spanMembers, unownedTrouble } from './member-query.ts';
import { newestPart, rangeOf } from './read-ranges.ts';
import { SampleReader } from './sample-reader.ts';
import { stepTextsQuery } from './step-texts-query.ts';
import { StoreRows } from './store-rows.ts';

export interface EngineStoreOptions {
  readonly reader: LogReader;
  readonly spanReader: LogReader;
  readonly statement: StatementOptions;
}

/** What the weather reads at most; a busy system's quarter of an hour is not needed whole. */
const ACTIVITY_ROWS = 5_000_000;
const CHANGES_MAX = 200;

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
  private readonly rows: StoreRows;
  private readonly samples: SampleReader;

  constructor(options: EngineStoreOptions) {
    const { reader, spanReader, statement } = options;
    this.reader = reader;
    this.spanReader = spanReader;
    this.statement = statement;
    this.rows = new StoreRows(reader, statement);
    this.samples = new SampleReader(options);
  }

  async members(ids: MemberIds, limit: number, near: MsRange | undefined): Promise<Members> {
    const { operationIds, traceIds } = ids;
    const range = near ? rangeOf(near) : ALL_TIME;
    const [records, byTrace, byOperation] = await Promise.all([
      this.recordsOf(recordMembers(operationIds, traceIds), range, limit + 1),
      spansOfTraces(this.spanReader, traceIds, this.statement),
      this.spansOf(operationIds, range, limit),
    ]);
    const spans = [...[...byTrace.values()].flat(), ...byOperation];
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
      ? await this.samples.records(request)
      : await this.samples.spans(request);
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
      this.rows.read(recordActivityQuery(logs), activitySchema),
      this.rows.read(recordTroubleQuery(logs), activitySchema),
      this.rows.read(spanActivityQuery(windowOf(this.spanReader)), activitySchema),
    ]);
    const ofRecords = [...quiet, ...trouble];
    await this.rows.loadResources([...ofRecords, ...ofSpans]);
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
    const rows = await this.rows.read(stepTextsQuery(ids), textSchema);
    const pairs = rows.flatMap(({ skeletonId, template }) =>
      (bySkeleton.get(formatRecordId(BigInt(skeletonId))) ?? []).map(
        (step) => [step, template] as const,
      ),
    );
    return new Map(pairs);
  }

  private recordActivity(row: z.infer<typeof activitySchema>): Activity {
    const { service, errorKind, bucket, count } = row;
    const { isRefusal } = troubleOfRecord(0, errorKind);
    const level = errorKind === 'noise' ? 0 : levelOf(row.level);
    const step = level === 0 ? '' : recordStep(formatRecordId(BigInt(row.skeletonId)), row.calls);
    const { instance } = this.rows.placeOf(row);
    return { service, instance, signal: 'record', step, level, isRefusal, bucket, count };
  }

  private spanActivity(row: z.infer<typeof activitySchema>): Activity {
    const { service, name, kind, bucket, count } = row;
    const level = levelOf(row.level);
    const step = level === 0 ? '' : spanStep(kind, name);
    const { instance } = this.rows.placeOf(row);
    return { service, instance, signal: 'span', step, level, isRefusal: false, bucket, count };
  }

  private async spansOf(
    operationIds: readonly string[],
    range: TimeRange,
    limit: number,
  ): Promise<readonly Span[]> {
    if (operationIds.length === 0) return [];
    const condition = spanMembers(operationIds);
    const shape = spanRows(this.spanReader);
    return await this.scanned<Span>(this.spanReader, { condition, range, limit }, shape);
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
}

function levelOf(number: number): TroubleLevel {
  return number === 1 || number === 2 || number === 3 ? number : 0;
}
