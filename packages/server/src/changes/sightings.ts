/**
 * Who sent telemetry since when: the resources seen lately are looked up in logs and spans, what was found
 * is kept in `resource_sightings`, and changes are inferred from that and from start-up lines.
 */
import { z } from 'zod';
import { int64, sql, strings, uint32, type Sql } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';
import { writeChanges } from './change-table.ts';
import { changesFromSightings, changesFromStartLines } from './infer-changes.ts';

/** Resources of one service that are compared; a service with more restarts is told of its newest. */
const SIGHTINGS_MAX = 2_000;
/** Services looked at in one run. */
const SERVICES_MAX = 500;
const START_PATTERNS_MAX = 500;
const START_LINES_MAX = 2_000;
/** Lines are looked for this long before the last run: telemetry comes late. */
const LATE_MS = 300_000;
const LIMITS = { timeoutMs: 60_000 };
const COMMAND_LIMITS = { timeoutMs: 60_000 };

/** What processes say when they start, over patterns of messages. RE2, case-insensitive. */
const START_TEXTS = [
  String.raw`\b(server|service|application|process|daemon|gateway) (has |is )?(started|starting|up and running)\b`,
  String.raw`\b(started|starting) (the )?[\w.<*> -]{0,40}(server|service|application|daemon|process|gateway)\b`,
  String.raw`\b(server|service|gateway)?\s*listening (on|at)\b`,
  String.raw`\bready to accept connections\b`,
  String.raw`\bwaiting for connections\b`,
  String.raw`^mongodb starting\b`,
];

export interface InferenceRun {
  readonly changes: number;
}

/** Looks at what arrived since `sinceMs`. Repeating it, or overlapping the last run, changes nothing. */
export async function inferChanges(
  engine: Engine,
  { sinceMs, nowMs }: { readonly sinceMs: number; readonly nowMs: number },
): Promise<InferenceRun> {
  const fromMs = Math.max(0, sinceMs - LATE_MS);
  await engine.command(recordSightingsStatement(fromMs), COMMAND_LIMITS);
  const services = await allRows(engine, newlySeenQuery(fromMs), serviceSchema);
  const sightings = await allRows(engine, sightingsQuery(services), sightingSchema);
  const starts = await allRows(engine, startLinesQuery(fromMs), startSchema);
  const changes = [
    ...changesFromSightings(sightings.toReversed()),
    ...changesFromStartLines(starts),
  ];
  await writeChanges(engine, changes, BigInt(Math.floor(nowMs)));
  return { changes: changes.length };
}

/** Only a day of telemetry is read: a resource that is new to the server is seldom new in older data. */
export function recordSightingsStatement(sinceMs: number): Sql {
  const fresh = sql`SELECT ResourceId FROM resources WHERE LastSeen >= ${second(sinceMs)}`;
  const rows = (
    table: 'logs' | 'traces',
  ): Sql => sql`SELECT Environment, ServiceName, ResourceId, Timestamp
  FROM ${table === 'logs' ? sql`logs` : sql`traces`}
  WHERE Timestamp >= ${second(sinceMs)} - toIntervalDay(1) AND ResourceId IN (${fresh})`;
  return sql`INSERT INTO resource_sightings (Environment, ServiceName, ResourceId, FirstSeen, SeenAt)
SELECT Environment, ServiceName, ResourceId, min(Timestamp), now()
FROM
(
  ${rows('logs')}
  UNION ALL
  ${rows('traces')}
)
WHERE ServiceName != ''
GROUP BY Environment, ServiceName, ResourceId`;
}

const serviceSchema = z.object({ service: z.string() });

export function newlySeenQuery(sinceMs: number): Sql {
  return sql`SELECT DISTINCT ServiceName AS service
FROM resource_sightings
WHERE SeenAt >= ${second(sinceMs)}
LIMIT ${uint32(SERVICES_MAX)}`;
}

const sightingSchema = z
  .object({
    environment: z.string(),
    service: z.string(),
    firstSeen: z.string(),
    attributes: z.record(z.string(), z.string()),
  })
  .transform(({ firstSeen, ...rest }) => ({ ...rest, firstSeenNs: BigInt(firstSeen) }));

/** Newest first, so that the limit leaves out the oldest. */
export function sightingsQuery(services: readonly { readonly service: string }[]): Sql {
  return sql`SELECT environment, service, toString(toUnixTimestamp64Nano(firstSeen)) AS firstSeen,
  dictGet('resources_dictionary', 'Attributes', resourceId) AS attributes
FROM
(
  SELECT Environment AS environment, ServiceName AS service, ResourceId AS resourceId, min(FirstSeen) AS firstSeen
  FROM resource_sightings
  WHERE ServiceName IN ${strings(services.map(({ service }) => service))}
  GROUP BY environment, service, resourceId
  ORDER BY firstSeen DESC
  LIMIT ${uint32(SIGHTINGS_MAX)} BY environment, service
)
ORDER BY firstSeen DESC`;
}

const startSchema = z
  .object({
    environment: z.string(),
    service: z.string(),
    timestamp: z.string(),
    firstSeen: z.string(),
    attributes: z.record(z.string(), z.string()),
  })
  .transform(({ timestamp, firstSeen, ...rest }) => ({
    ...rest,
    timestampNs: BigInt(timestamp),
    firstSeenNs: BigInt(firstSeen),
  }));

/** Records of patterns that look like a start, at most informative ones. */
export function startLinesQuery(sinceMs: number): Sql {
  return sql`SELECT environment, service,
  toString(toUnixTimestamp64Nano(startedAt)) AS timestamp,
  toString(toUnixTimestamp64Nano(firstSeen)) AS firstSeen,
  dictGet('resources_dictionary', 'Attributes', resourceId) AS attributes
FROM
(
  SELECT Environment AS environment, ServiceName AS service, ResourceId AS resourceId, min(Timestamp) AS startedAt
  FROM logs
  WHERE Timestamp >= ${second(sinceMs)} AND SeverityNumber <= 12 AND PatternId IN
  (
    SELECT PatternId
    FROM patterns
    WHERE multiMatchAny(lower(Template), ${strings(START_TEXTS)})
    LIMIT ${uint32(START_PATTERNS_MAX)}
  )
  GROUP BY environment, service, resourceId, toStartOfMinute(Timestamp)
  LIMIT ${uint32(START_LINES_MAX)}
) AS starts
INNER JOIN
(
  SELECT Environment AS environment, ServiceName AS service, ResourceId AS resourceId, min(FirstSeen) AS firstSeen
  FROM resource_sightings
  GROUP BY environment, service, resourceId
) AS seen USING (environment, service, resourceId)`;
}

function second(sinceMs: number): Sql {
  return sql`toDateTime(${int64(BigInt(Math.floor(sinceMs / 1_000)))}, 'UTC')`;
}

async function allRows<T>(engine: Engine, statement: Sql, schema: z.ZodType<T>): Promise<T[]> {
  const { rows } = await engine.query(statement, { limits: LIMITS });
  const parsed: T[] = [];
  for await (const row of rows) parsed.push(schema.parse(row));
  return parsed;
}
