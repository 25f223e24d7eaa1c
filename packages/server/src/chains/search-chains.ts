/** Distinct operations that have a record of a query, each with what was first and what was last wrong. */
import { z } from 'zod';
import type {
  ChainSearchRequest,
  ChainSearchResponse,
  ChainSighting,
  ChainSummary,
} from '@tendril/api/chain-search';
import { instanceOf } from '@tendril/chains/instance';
import { formatRecordId } from '@tendril/model/record-id';
import type { TimeRange } from '@tendril/model/time-range';
import { sql, strings, uint32, type Sql } from '@tendril/sql/sql';
import { rangeCondition } from '../logs/cursor.ts';
import type { LogReader } from '../logs/log-reader.ts';
import { partialOf } from '../logs/summary.ts';
import { allRows } from '../logs/statement.ts';

/** What an operation's records lie outside the range at most. */
const BEYOND_NS = 60_000_000_000n;
const TEXT_LENGTH_MAX = 2_000;
const ERRORS = 'level >= error';

const foundSchema = z.object({ chain: z.string(), total: z.coerce.number() });

/** Tuples come as arrays: time, record, service, resource, severity, pattern, text. */
const sightingSchema = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.coerce.number(),
  z.string(),
  z.string(),
]);

const summarySchema = z.object({
  chain: z.string(),
  isOperation: z.coerce.number(),
  start: z.string(),
  end: z.string(),
  records: z.coerce.number(),
  errors: z.coerce.number(),
  troubles: z.coerce.number(),
  services: z.array(z.string()),
  userId: z.string(),
  first: sightingSchema,
  firstWrong: sightingSchema,
  surfaced: sightingSchema,
});
type SummaryRow = z.infer<typeof summarySchema>;

/** `reader` is of logs. */
export async function searchChains(
  reader: LogReader,
  request: ChainSearchRequest,
  signal: AbortSignal,
): Promise<ChainSearchResponse> {
  const options = { budget: reader.budget(), signal };
  const query = request.query.trim() === '' ? ERRORS : request.query;
  const { range, condition } = await reader.prepare({ ...request, query }, options);
  const limit = request.limit;
  const found = (
    await allRows(reader.engine, foundChainsQuery(range, condition, limit), options)
  ).map((row) => foundSchema.parse(row));
  const chains = await summariesOf(
    reader,
    found.map(({ chain }) => chain),
    range,
    options,
  );
  const outcome = { partial: undefined, searchedToNs: range.fromNs, statements: [] };
  return {
    range: { from: String(range.fromNs), to: String(range.toNs) },
    chains,
    total: found[0]?.total ?? 0,
    partial: partialOf(outcome),
    cost: options.budget.cost(),
  };
}

/** Those of the chains that have records, the newest first. */
export async function summariesOf(
  reader: LogReader,
  chains: readonly string[],
  range: TimeRange,
  options: Parameters<typeof allRows>[2],
): Promise<readonly ChainSummary[]> {
  if (chains.length === 0) return [];
  const rows = (await allRows(reader.engine, chainSummariesQuery(chains, range), options)).map(
    (row) => summarySchema.parse(row),
  );
  await reader.resources.load(
    rows.map(({ first: [, , , resourceId] }) => resourceId),
    options,
  );
  return rows.map((row) => summaryOf(reader, row));
}

/** The newest first; `total` counts all there are. */
export function foundChainsQuery(range: TimeRange, condition: Sql, limit: number): Sql {
  return sql`SELECT
  if(OperationId != '', OperationId, TraceId) AS chain,
  max(Timestamp) AS newest,
  count() OVER () AS total
FROM logs
WHERE ${rangeCondition(range)} AND (${condition}) AND chain != ''
GROUP BY chain
ORDER BY newest DESC, chain
LIMIT ${uint32(limit)}`;
}

export function chainSummariesQuery(chains: readonly string[], { fromNs, toNs }: TimeRange): Sql {
  const wide = {
    fromNs: fromNs > BEYOND_NS ? fromNs - BEYOND_NS : 0n,
    toNs: atMost(toNs + BEYOND_NS),
  };
  const sighting = sql`(toString(toUnixTimestamp64Nano(Timestamp)), toString(RecordId), ServiceName, toString(ResourceId), SeverityNumber, toString(PatternId), substringUTF8(Body, 1, ${uint32(TEXT_LENGTH_MAX)}))`;
  const place = sql`(Timestamp, RecordId)`;
  return sql`SELECT
  if(OperationId != '', OperationId, TraceId) AS chain,
  max(OperationId != '') AS isOperation,
  toString(toUnixTimestamp64Nano(min(Timestamp))) AS start,
  toString(toUnixTimestamp64Nano(max(Timestamp))) AS end,
  count() AS records,
  countIf(SeverityNumber >= 17) AS errors,
  countIf(SeverityNumber >= 13) AS troubles,
  arraySort(groupUniqArray(ServiceName)) AS services,
  anyIf(UserId, UserId != '') AS userId,
  argMin(${sighting}, ${place}) AS first,
  argMinIf(${sighting}, ${place}, SeverityNumber >= 13) AS firstWrong,
  argMaxIf(${sighting}, ${place}, SeverityNumber >= 17) AS surfaced
FROM logs
WHERE ${rangeCondition(wide)} AND (OperationId IN ${strings(chains)} OR (OperationId = '' AND TraceId IN ${strings(chains)}))
GROUP BY chain
ORDER BY max(Timestamp) DESC, chain`;
}

const TIMESTAMP_NS_MAX = 9_223_372_036_854_775_807n;

function atMost(ns: bigint): bigint {
  return ns > TIMESTAMP_NS_MAX ? TIMESTAMP_NS_MAX : ns;
}

function summaryOf(reader: LogReader, row: SummaryRow): ChainSummary {
  const { chain, start, end, records, errors, troubles, services, userId } = row;
  const [, , service, resourceId, , , text] = row.first;
  return {
    id: chain,
    kind: row.isOperation === 1 ? 'operation' : 'trace',
    start,
    end,
    records,
    errors,
    services,
    userId,
    entry: {
      service,
      instance: instanceOf(reader.resources.get(resourceId)),
      operation: text.slice(0, 200),
    },
    surfaced: errors > 0 ? sightingOf(row.surfaced) : null,
    firstWrong: troubles > 0 ? sightingOf(row.firstWrong) : null,
  };
}

function sightingOf(tuple: z.infer<typeof sightingSchema>): ChainSighting {
  const [timestamp, recordId, service, , severityNumber, patternId, text] = tuple;
  return {
    id: formatRecordId(BigInt(recordId)),
    timestamp,
    service,
    severityNumber,
    text,
    patternId: patternId === '0' ? '' : formatRecordId(BigInt(patternId)),
  };
}
