/**
 * Records for facets: all that match where they are few, otherwise some from wherever in the range they
 * are. Each part of the range whose matching records are counted gives its share of the sample, and each
 * record stands for as many as its part has more. The newest alone would be those of the last second of a
 * busy hour.
 */
import {
  FACET_EXACT_RECORDS_MAX,
  type CountedPart,
  type LogFacetsRequest,
} from '@tendril/api/log-facets';
import { emptyAttributes, type Attributes } from '@tendril/model/attribute';
import type { TimeRange } from '@tendril/model/time-range';
import { joinSql, sql, uint32, type Sql } from '@tendril/sql/sql';
import { bucketWidthNs } from './bucket-width.ts';
import { rangeCondition } from './cursor.ts';
import { histogramQuery, rollUpFor } from './histogram-query.ts';
import { flatAttributes } from './json-object.ts';
import type { LogReader, PreparedQuery } from './log-reader.ts';
import { readsBodies } from './needle.ts';
import { allRows, type StatementOptions } from './statement.ts';

/** Enough for shares that are right to a few percent, and read in a few hundredths of a second. */
const SAMPLE_RECORDS = 600;
/** Records come in bursts: a window may hold more than its share. */
const READ_RECORDS_MAX = 4_000;
/** Of a query that reads bodies: the sample is then smaller, where few of them match. */
const READ_ROWS_MAX = 250_000;
/** Of so few rows all that match are read, as long as they are no more than these. */
const WHOLE_ROWS_MAX = 300_000;
const WHOLE_RECORDS_MAX = 3_500;
/** Each is read for itself, service by service; more would be truer and slower. */
const PARTS = 2;

export interface SampledRecord {
  readonly severityNumber: number;
  readonly serviceName: string;
  readonly environment: string;
  readonly operationId: string;
  readonly traceId: string;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  /** How many records it stands for. */
  readonly weight: number;
}

export interface Sample {
  readonly records: readonly SampledRecord[];
  readonly matching: number;
}

interface Part {
  readonly range: TimeRange;
  readonly records: number;
}

/** What of a part is read. */
interface Share extends Part {
  /** Should hold about so many records that match. */
  readonly wanted: number;
  readonly window: TimeRange;
}

/** With the rows found of it. */
interface ReadShare extends Share {
  readonly rows: readonly SampleRow[];
}

export async function facetSample(
  reader: LogReader,
  prepared: PreparedQuery,
  { parts: known, exact }: Pick<LogFacetsRequest, 'parts' | 'exact'>,
  options: StatementOptions,
): Promise<Sample> {
  const parts = known.length > 0 ? partsOf(known) : await countedParts(reader, prepared, options);
  const all = sumOfRecords(parts);
  const { inRange } = reader.density.rowsWithin(prepared.range);
  const isSoonRead = inRange <= WHOLE_ROWS_MAX && all <= WHOLE_RECORDS_MAX;
  const isWhole = isSoonRead || (exact && all <= FACET_EXACT_RECORDS_MAX);
  const share = isWhole ? 1 : Math.min(readableShare(reader, prepared), SAMPLE_RECORDS / all);
  const shares = sharesOf(
    parts.filter(({ records }) => records > 0),
    Math.min(1, share),
  );
  const read = await readShares(reader, shares, { condition: prepared.condition, options });
  await reader.resources.load(
    read.flatMap(({ rows }) => rows.map(({ resourceId }) => resourceId)),
    options,
  );
  const matching = sumOfRecords(shares);
  // What a part without a record in the sample has is told by the others.
  const untold = matching / Math.max(1, sumOfRecords(read.filter(({ rows }) => rows.length > 0)));
  return {
    matching,
    records: read.flatMap(({ rows, records }) =>
      rows.map((row) =>
        sampledRecord(row, {
          resource: reader.resources.get(row.resourceId),
          weight: (records / rows.length) * untold,
        }),
      ),
    ),
  };
}

function readableShare(reader: LogReader, { query, range }: PreparedQuery): number {
  if (!readsBodies(query)) return 1;
  return READ_ROWS_MAX / Math.max(READ_ROWS_MAX, reader.density.rowsWithin(range).inRange);
}

/** Neighbours together, so that there are not more than are read. */
function partsOf(known: readonly CountedPart[]): readonly Part[] {
  const sorted = known.toSorted((a, b) => (BigInt(a.from) < BigInt(b.from) ? -1 : 1));
  const together = Math.ceil(sorted.length / PARTS);
  const parts: Part[] = [];
  for (let at = 0; at < sorted.length; at += together) {
    const held = sorted.slice(at, at + together);
    const [first, last] = [held[0], held.at(-1)];
    if (first === undefined || last === undefined) continue;
    parts.push({
      range: { fromNs: BigInt(first.from), toNs: BigInt(last.to) },
      records: held.reduce((sum, { records }) => sum + records, 0),
    });
  }
  return parts;
}

/** The engine's answer to our own statement. */
interface BucketRow {
  readonly start: string;
  readonly records: string;
}

async function countedParts(
  reader: LogReader,
  { range, query, condition }: PreparedQuery,
  options: StatementOptions,
): Promise<readonly Part[]> {
  const widthNs = bucketWidthNs(range, PARTS);
  const rollUp = rollUpFor(range, widthNs, query);
  const statement = histogramQuery({ range, condition, widthNs, rollUp });
  const counts = new Map<bigint, number>();
  const rows = await allRows(reader.engine, statement, options);
  for (const { start, records } of rows as unknown as readonly BucketRow[]) {
    const startNs = BigInt(start);
    counts.set(startNs, (counts.get(startNs) ?? 0) + Number(records));
  }
  return [...counts].map(([startNs, records]) => ({
    records,
    range: {
      fromNs: startNs > range.fromNs ? startNs : range.fromNs,
      toNs: startNs + widthNs < range.toNs ? startNs + widthNs : range.toNs,
    },
  }));
}

/** As much of the middle of each part as should hold its share of the sample. */
function sharesOf(parts: readonly Part[], share: number): readonly Share[] {
  return parts.map((part) => {
    const { fromNs, toNs } = part.range;
    const spanNs = Number(toNs - fromNs);
    const aroundNs = BigInt(Math.floor((spanNs * (1 - share)) / 2));
    const window = { fromNs: fromNs + aroundNs, toNs: toNs - aroundNs };
    return { ...part, wanted: Math.ceil(part.records * share), window };
  });
}

function sumOfRecords(parts: readonly Part[]): number {
  return parts.reduce((sum, { records }) => sum + records, 0);
}

interface Reading {
  readonly condition: Sql;
  readonly options: StatementOptions;
}

/** A window that holds less than this of what it should missed a burst: its part is then read from its end. */
const FOUND_SHARE_MIN = 1 / 4;
/** Those with the most records; each repeats the condition. */
const MISSED_MAX = 2;

async function readShares(
  reader: LogReader,
  shares: readonly Share[],
  { condition, options }: Reading,
): Promise<readonly ReadShare[]> {
  if (shares.length === 0) return [];
  const rows = await sampleRows(reader, windowsQuery(shares, condition), options);
  const read = shares.map((share): ReadShare => readShare(share, share.window, rows));
  const missed = read
    .filter((share) => share.rows.length < share.wanted * FOUND_SHARE_MIN)
    .sort((a, b) => b.records - a.records)
    .slice(0, MISSED_MAX);
  if (missed.length === 0) return read;
  const more = await sampleRows(reader, newestQuery(missed, condition), options);
  return read.map((share) =>
    missed.includes(share) ? readShare(share, share.range, more) : share,
  );
}

async function sampleRows(
  reader: LogReader,
  statement: Sql,
  options: StatementOptions,
): Promise<readonly SampleRow[]> {
  return (await allRows(reader.engine, statement, options)) as unknown as readonly SampleRow[];
}

function readShare(
  share: Share,
  { fromNs, toNs }: TimeRange,
  rows: readonly SampleRow[],
): ReadShare {
  const within = rows.filter(({ timestamp }) => {
    const ns = BigInt(timestamp);
    return ns >= fromNs && ns < toNs;
  });
  return { ...share, rows: within };
}

/** The engine's answer to our own statement. */
interface SampleRow {
  readonly timestamp: string;
  readonly severityNumber: number;
  readonly serviceName: string;
  readonly environment: string;
  readonly operationId: string;
  readonly traceId: string;
  readonly resourceId: string;
  readonly attributes: string;
  readonly attributesOverflow: Readonly<Record<string, string>>;
}

const SAMPLE_COLUMNS: Sql = sql`toString(toUnixTimestamp64Nano(Timestamp)) AS timestamp,
  SeverityNumber AS severityNumber,
  ServiceName AS serviceName,
  Environment AS environment,
  OperationId AS operationId,
  TraceId AS traceId,
  toString(ResourceId) AS resourceId,
  toJSONString(Attributes) AS attributes,
  AttributesOverflow AS attributesOverflow`;

const SAMPLE_SETTINGS: Sql = sql`SETTINGS output_format_json_quote_64bit_integers = 0`;

/** One statement for all windows: looking into the indexes for each of them takes longer than reading them. */
export function windowsQuery(shares: readonly Pick<Share, 'window'>[], condition: Sql): Sql {
  const windows = shares.map(({ window }) => sql`(${rangeCondition(window)})`);
  return sql`SELECT
  ${SAMPLE_COLUMNS}
FROM logs
WHERE (${joinSql(windows, ' OR ')}) AND ${condition}
LIMIT ${uint32(READ_RECORDS_MAX)}
${SAMPLE_SETTINGS}`;
}

/** The newest of each part: what matches often is then found without reading the part to its end. */
export function newestQuery(
  shares: readonly Pick<Share, 'range' | 'wanted'>[],
  condition: Sql,
): Sql {
  const statements = shares.map(
    ({ range, wanted }) => sql`SELECT
  ${SAMPLE_COLUMNS}
FROM logs
WHERE ${rangeCondition(range)} AND ${condition}
ORDER BY Timestamp DESC
LIMIT ${uint32(wanted)}`,
  );
  return sql`SELECT *
FROM
(
${joinSql(statements, ' UNION ALL ')}
)
${SAMPLE_SETTINGS}`;
}

function sampledRecord(
  row: SampleRow,
  { resource, weight }: Pick<SampledRecord, 'resource' | 'weight'>,
): SampledRecord {
  const { severityNumber, serviceName, environment, operationId, traceId } = row;
  const attributes = Object.assign(
    emptyAttributes(),
    row.attributesOverflow,
    flatAttributes(row.attributes),
  );
  const columns = { severityNumber, serviceName, environment, operationId, traceId };
  return { ...columns, attributes, resource, weight };
}
