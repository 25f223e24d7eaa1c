/**
 * Counts who calls whom, minute by minute, from pairs of spans: a span and its parent of another service.
 *
 * A minute is counted as a whole, again whenever spans arrive that may change it, and the newest count
 * replaces the others. So the two ends of a call may arrive in any order, minutes apart or twice, and a
 * run may be repeated or cut short without harm.
 */
import { z } from 'zod';
import {
  float64,
  int64,
  int64s,
  joinSql,
  jsonPath,
  sql,
  string,
  uint64,
  type Sql,
} from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';
import { BUCKETS_PER_DOUBLING } from '../traces/duration-buckets.ts';

const JOB = 'service_edges';
const SECONDS_PER_MINUTE = 60;
const MS_PER_MINUTE = 60_000;
/**
 * What was inserted up to this long before the last run is looked at again: an insert states when it
 * began, and rows of a minute that was not over are left to a later run.
 */
const SLACK_MS = 240_000;
/** An insert is taken to last no longer. */
const INSERT_MS = 60_000;
/** How far apart the two ends of a call may begin; a queue may hold a message for some minutes. */
const PARENT_MINUTES_MAX = 10;
/** Spans that are joined at once; a fuller minute is counted in parts, by trace. */
const SPANS_PER_PART = 300_000;
const LIMITS = { timeoutMs: 60_000 };
const COMMAND_TIMEOUT_MS = 300_000;

export interface EdgesRun {
  /** Minutes that were counted. */
  readonly minutes: number;
}

/** `nowMs` is the wall clock. Minutes that are not over yet are left alone. */
export async function countServiceEdges(
  engine: Engine,
  nowMs: number,
  signal?: AbortSignal,
): Promise<EdgesRun> {
  const sinceMs = Math.max(0, (await readProgress(engine)) - SLACK_MS);
  const arrivals = await rowsOf(engine, arrivalsQuery(sinceMs), arrivalSchema);
  const due = await dueMinutes(engine, arrivals, nowMs);
  for (const minute of due) {
    signal?.throwIfAborted();
    await countMinute(engine, minute, nowMs);
  }
  await writeProgress(engine, nowMs);
  return { minutes: due.length };
}

const arrivalSchema = z.object({ second: z.coerce.number(), newest: z.coerce.number() });
type Arrival = z.infer<typeof arrivalSchema>;

/** By minute in which spans began: when the newest of them came. */
export function arrivalsQuery(sinceMs: number): Sql {
  return sql`SELECT toUnixTimestamp(toStartOfMinute(Timestamp)) AS second, toUnixTimestamp(max(InsertedAt)) AS newest
FROM traces
WHERE InsertedAt >= toDateTime(${int64(BigInt(Math.floor(sinceMs / 1_000)))}, 'UTC')
GROUP BY second`;
}

interface DueMinute {
  /** Seconds since 1970. */
  readonly second: number;
  readonly spans: number;
}

async function dueMinutes(
  engine: Engine,
  arrivals: readonly Arrival[],
  nowMs: number,
): Promise<readonly DueMinute[]> {
  const newestMs = newestByMinute(arrivals);
  const over = [...newestMs.keys()].filter((second) => isOver(second, nowMs));
  if (over.length === 0) return [];
  const sizes = await rowsOf(engine, minuteSizesQuery(over), sizeSchema);
  return sizes.filter(({ second, countedMs }) => (newestMs.get(second) ?? 0) >= countedMs);
}

/** What came to a minute may change it, the one before, and those in which its children may begin. */
function newestByMinute(arrivals: readonly Arrival[]): ReadonlyMap<number, number> {
  const newestMs = new Map<number, number>();
  for (const { second, newest } of arrivals) {
    for (let minutes = -1; minutes <= PARENT_MINUTES_MAX; minutes += 1) {
      const changed = second + minutes * SECONDS_PER_MINUTE;
      const arrivedMs = newest * 1_000 + INSERT_MS;
      newestMs.set(changed, Math.max(newestMs.get(changed) ?? 0, arrivedMs));
    }
  }
  return newestMs;
}

// A minute ahead of the clock is of a sender whose clock is wrong; it is as over as it will be.
function isOver(second: number, nowMs: number): boolean {
  const startMs = second * 1_000;
  return startMs + MS_PER_MINUTE <= nowMs || startMs > nowMs + MS_PER_MINUTE;
}

const sizeSchema = z.object({
  second: z.coerce.number(),
  spans: z.coerce.number(),
  countedMs: z.coerce.number(),
});

/** Of the minutes those that hold spans, oldest first, and when they were counted. */
export function minuteSizesQuery(seconds: readonly number[]): Sql {
  const minutes = sql`arrayMap(s -> toDateTime(s, 'UTC'), ${int64s(seconds.map(BigInt))})`;
  return sql`SELECT toUnixTimestamp(sizes.minute) AS second, spans, countedMs
FROM
(
  SELECT toStartOfMinute(Timestamp) AS minute, count() AS spans
  FROM traces
  WHERE toStartOfMinute(Timestamp) IN ${minutes}
  GROUP BY minute
) AS sizes
LEFT JOIN
(
  SELECT Minute AS minute, max(ComputedAtMs) AS countedMs
  FROM service_edges
  WHERE Minute IN ${minutes}
  GROUP BY minute
) AS counts ON counts.minute = sizes.minute
ORDER BY second`;
}

async function countMinute(engine: Engine, minute: DueMinute, nowMs: number): Promise<void> {
  const parts = Math.max(1, Math.ceil(minute.spans / SPANS_PER_PART));
  await engine.command(countMinuteStatement(minute.second, { parts, nowMs }), {
    timeoutMs: COMMAND_TIMEOUT_MS,
    // Nobody waits for it.
    settings: { max_threads: 1 },
  });
}

/** Calls that began in the minute. */
export function countMinuteStatement(
  second: number,
  { parts, nowMs }: { readonly parts: number; readonly nowMs: number },
): Sql {
  const at = timeSql(second);
  const computedAtMs = uint64(BigInt(Math.floor(nowMs)));
  const calls = Array.from({ length: parts }, (_, part) => {
    const isOfPart = sql`cityHash64(TraceId) % ${uint64(BigInt(parts))} = ${uint64(BigInt(part))} AND ServiceName != ''`;
    return sql`${callsBetween(second, isOfPart)}
  UNION ALL
  ${callsOutside(second, isOfPart)}`;
  });
  return sql`INSERT INTO service_edges (Minute, Environment, Caller, Callee, Kind, Calls, Errors, Buckets, BucketCalls, ComputedAtMs)
SELECT ${at}, environment, caller, callee, kind, sum(weight), sumIf(weight, isError),
  sumMap([bucket], [weight]).1, sumMap([bucket], [weight]).2, ${computedAtMs}
FROM
(
  SELECT environment, caller, callee, kind, weight, isError,
    toUInt16(if(duration = 0, 0, floor(log2(duration) * ${float64(BUCKETS_PER_DOUBLING)}))) AS bucket
  FROM
  (
  ${joinSql(calls, ' UNION ALL ')}
  )
)
GROUP BY environment, caller, callee, kind
UNION ALL
SELECT ${at}, '', '', '', '', 0., 0., emptyArrayUInt16(), emptyArrayFloat64(), ${computedAtMs}`;
}

/**
 * A span and its parent of another service. Spans that came twice are one. Of two that share an id
 * (Zipkin: the server's half and the client's) the client's is the parent of the server's, and the
 * server's that of all others.
 */
function callsBetween(second: number, isOfPart: Sql): Sql {
  const minute = sql`toStartOfMinute(Timestamp) = ${timeSql(second)}`;
  const earlier = sql`toStartOfMinute(Timestamp) BETWEEN ${timeSql(second - PARENT_MINUTES_MAX * SECONDS_PER_MINUTE)} AND ${timeSql(second)}`;
  // Nearly all of the minutes around are other traces, of which then only the ids are read.
  const isOfTraces = sql`TraceId IN (SELECT TraceId FROM traces WHERE ${minute} AND ${isOfPart})`;
  return sql`SELECT child.environment AS environment, if(child.isShared, parent.clientService, parent.service) AS caller,
    child.service AS callee, 'call' AS kind, child.weight AS weight, child.isError AS isError, child.duration AS duration
  FROM
  (
    SELECT TraceId AS traceId, SpanId AS spanId, SpanKind AS spanKind, any(toString(ServiceName)) AS service,
      any(toString(Environment)) AS environment, any(AdjustedCount) AS weight, any(StatusCode) = 'Error' AS isError, any(Duration) AS duration,
      spanKind = 'Server' AND (traceId, spanId) IN (SELECT TraceId, SpanId FROM traces WHERE ${earlier} AND ${isOfPart} AND SpanKind = 'Client' AND ${isOfTraces}) AS isShared,
      if(isShared, spanId, any(ParentSpanId)) AS parentId
    FROM traces
    WHERE ${minute} AND ${isOfPart}
    GROUP BY traceId, spanId, spanKind
  ) AS child
  INNER JOIN
  (
    SELECT TraceId AS traceId, SpanId AS spanId, argMax(toString(ServiceName), SpanKind = 'Server') AS service,
      anyIf(toString(ServiceName), SpanKind = 'Client') AS clientService
    FROM traces
    WHERE ${earlier} AND ${isOfPart} AND ${isOfTraces}
    GROUP BY traceId, spanId
  ) AS parent ON parent.traceId = child.traceId AND parent.spanId = child.parentId
  WHERE caller != callee`;
}

/** A client's or producer's span that no span answered, by the peer that it names. */
function callsOutside(second: number, isOfPart: Sql): Sql {
  const minute = sql`toStartOfMinute(Timestamp) = ${timeSql(second)}`;
  const later = sql`toStartOfMinute(Timestamp) BETWEEN ${timeSql(second)} AND ${timeSql(second + PARENT_MINUTES_MAX * SECONDS_PER_MINUTE)}`;
  const isOutgoing = sql`SpanKind IN ('Client', 'Producer')`;
  const isOfTraces = sql`TraceId IN (SELECT TraceId FROM traces WHERE ${minute} AND ${isOfPart} AND ${isOutgoing})`;
  return sql`SELECT environment, service AS caller, peer AS callee,
    multiIf(database != '', 'database', messaging != '', 'messaging', 'external') AS kind, weight, isError, duration
  FROM
  (
    SELECT TraceId AS traceId, SpanId AS spanId, any(toString(ServiceName)) AS service, any(toString(Environment)) AS environment,
      any(AdjustedCount) AS weight, any(StatusCode) = 'Error' AS isError, any(Duration) AS duration,
      any(${firstOf(['db.system.name', 'db.system'])}) AS database, any(${firstOf(['messaging.system'])}) AS messaging,
      any(${firstOf(['peer.service', 'db.system.name', 'db.system', 'messaging.system'])}) AS peer
    FROM traces
    WHERE ${minute} AND ${isOfPart} AND ${isOutgoing}
    GROUP BY traceId, spanId
  )
  WHERE peer != '' AND peer != service
    AND (traceId, spanId) NOT IN (SELECT TraceId, ParentSpanId FROM traces WHERE ${later} AND ${isOfPart} AND SpanKind IN ('Server', 'Consumer') AND ${isOfTraces})
    AND (traceId, spanId) NOT IN (SELECT TraceId, SpanId FROM traces WHERE ${later} AND ${isOfPart} AND SpanKind = 'Server' AND ${isOfTraces})`;
}

function timeSql(second: number): Sql {
  return sql`toDateTime(${int64(BigInt(second))}, 'UTC')`;
}

/** The first of the attributes that a span has as text. */
function firstOf(keys: readonly string[]): Sql {
  const values = keys.map((key) => sql`nullIf(${jsonPath('Attributes', key)}.:String, '')`);
  return values.reduceRight((rest, value) => sql`ifNull(${value}, ${rest})`, sql`''`);
}

async function readProgress(engine: Engine): Promise<number> {
  const [progress] = await rowsOf(engine, progressQuery(), progressSchema);
  return progress?.throughMs ?? 0;
}

const progressSchema = z.object({ throughMs: z.coerce.number() });

export function progressQuery(): Sql {
  return sql`SELECT ThroughMs AS throughMs
FROM job_progress
WHERE Name = ${string(JOB)}
ORDER BY UpdatedAtMs DESC
LIMIT 1`;
}

async function writeProgress(engine: Engine, nowMs: number): Promise<void> {
  const at = int64(BigInt(Math.floor(nowMs)));
  await engine.command(
    sql`INSERT INTO job_progress (Name, ThroughMs, UpdatedAtMs) VALUES (${string(JOB)}, ${at}, ${at})`,
  );
}

async function rowsOf<T>(engine: Engine, statement: Sql, schema: z.ZodType<T>): Promise<T[]> {
  const { rows } = await engine.query(statement, { limits: LIMITS });
  const parsed: T[] = [];
  for await (const row of rows) parsed.push(schema.parse(row));
  return parsed;
}
