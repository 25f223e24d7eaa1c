/**
 * Records for facets: all that match where they are few, otherwise some from wherever in the range they
 * are. The range is read in parts whose matching records are counted; each part gives its share of the
 * sample, and each record stands for as many as its part has more. The newest alone would be those of the
 * last second of a busy hour.
 */
import type { CountedPart } from '@tendril/api/log-facets';
import { emptyAttributes, type Attributes } from '@tendril/model/attribute';
import type { TimeRange } from '@tendril/model/time-range';
import { joinSql, sql, uint32, type Sql } from '@tendril/sql/sql';
import { bucketWidthNs } from './bucket-width.ts';
import { rangeCondition } from './cursor.ts';
import { fitsRollUp, histogramQuery } from './histogram-query.ts';
import { flatAttributes } from './json-object.ts';
import type { LogReader, PreparedQuery } from './log-reader.ts';
import { allRows, type StatementOptions } from './statement.ts';

/** Enough for shares that are right to a few percent, and read in a few hundredths of a second. */
const SAMPLE_RECORDS = 1_000;
const PARTS = 8;
/** Each part repeats the condition; one of thousands of clauses is read in one piece. */
const REPEATED_CHARACTERS_MAX = 4_096;

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

export async function facetSample(
  reader: LogReader,
  prepared: PreparedQuery,
  known: readonly CountedPart[],
  options: StatementOptions,
): Promise<Sample> {
  const parts = known.length > 0 ? partsOf(known) : await countedParts(reader, prepared, options);
  const { condition, text } = prepared;
  const merged = text.length > REPEATED_CHARACTERS_MAX ? wholeOf(parts) : parts;
  const wanted = merged.filter(({ records }) => records > 0);
  if (wanted.length === 0) return { records: [], matching: 0 };
  const matching = wanted.reduce((sum, { records }) => sum + records, 0);
  const share = Math.min(1, SAMPLE_RECORDS / matching);
  const statement = sampleQuery(
    wanted.map(({ range, records }) => ({ range, limit: Math.ceil(records * share) })),
    condition,
  );
  const rows = (await allRows(
    reader.engine,
    statement,
    options,
  )) as unknown as readonly SampleRow[];
  await reader.resources.load(
    rows.map(({ resourceId }) => resourceId),
    options,
  );
  const found = wanted.map((_, index) => rows.filter(({ part }) => part === index).length);
  const weights = wanted.map(({ records }, index) => records / Math.max(1, found[index] ?? 0));
  return {
    matching,
    records: rows.map((row) =>
      sampledRecord(row, {
        resource: reader.resources.get(row.resourceId),
        weight: weights[row.part] ?? 1,
      }),
    ),
  };
}

function partsOf(known: readonly CountedPart[]): readonly Part[] {
  return known.map(({ from, to, records }) => ({
    range: { fromNs: BigInt(from), toNs: BigInt(to) },
    records,
  }));
}

function wholeOf(parts: readonly Part[]): readonly Part[] {
  const [first] = parts;
  if (first === undefined) return [];
  return [
    parts.reduce(
      (sum, { range, records }) => ({
        range: {
          fromNs: range.fromNs < sum.range.fromNs ? range.fromNs : sum.range.fromNs,
          toNs: range.toNs > sum.range.toNs ? range.toNs : sum.range.toNs,
        },
        records: sum.records + records,
      }),
      { range: first.range, records: 0 },
    ),
  ];
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
  const rollUp = fitsRollUp(range, widthNs, query);
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

/** The engine's answer to our own statement. */
interface SampleRow {
  readonly part: number;
  readonly severityNumber: number;
  readonly serviceName: string;
  readonly environment: string;
  readonly operationId: string;
  readonly traceId: string;
  readonly resourceId: string;
  readonly attributes: string;
  readonly attributesOverflow: Readonly<Record<string, string>>;
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

export interface SampledPart {
  readonly range: TimeRange;
  readonly limit: number;
}

/** The newest of each part: what matches often is then found without reading the part to its end. */
export function sampleQuery(parts: readonly SampledPart[], condition: Sql): Sql {
  const statements = parts.map(
    ({ range, limit }, index) => sql`SELECT
  ${uint32(index)} AS part,
  SeverityNumber AS severityNumber,
  ServiceName AS serviceName,
  Environment AS environment,
  OperationId AS operationId,
  TraceId AS traceId,
  toString(ResourceId) AS resourceId,
  toJSONString(Attributes) AS attributes,
  AttributesOverflow AS attributesOverflow
FROM logs
WHERE ${rangeCondition(range)} AND ${condition}
ORDER BY Timestamp DESC
LIMIT ${uint32(limit)}`,
  );
  return sql`SELECT *
FROM
(
${joinSql(statements, ' UNION ALL ')}
)
SETTINGS output_format_json_quote_64bit_integers = 0`;
}
