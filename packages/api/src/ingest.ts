/** Ingest of lines: newline-delimited JSON objects or plain text, answered when they are on disk. */
import { z } from 'zod';
import type { Route } from './route.ts';

/** Identifies a request for ten minutes, so that a retry stores nothing twice. */
export const BATCH_ID_HEADER = 'tendril-batch-id';
const TEXT_LENGTH_MAX = 256;
const RESOURCE_LENGTH_MAX = 8192;

/** What the lines do not say themselves; becomes resource attributes. */
export interface IngestRequest {
  readonly service?: string;
  readonly environment?: string;
  readonly host?: string;
  /** More resource attributes, as OTEL_RESOURCE_ATTRIBUTES has them: `key=value,key=value`, percent-encoded. */
  readonly resource?: string;
  /** Zone of times that are written without one: `UTC`, `+08:00`, `Asia/Shanghai`. */
  readonly zone?: string;
  /** Zone of the machine that sends: taken where `zone` is absent and no transport's time tells it. */
  readonly hostZone?: string;
  /** Name of the format the lines have, where it shall not be detected. */
  readonly format?: string;
  /** When the lines were written at the latest; settles the year of dates without one. */
  readonly asOf?: string;
  /** The command that sends, for the accounts. */
  readonly sender?: (typeof SENDERS)[number];
}

export const SENDERS = ['import', 'pipe'] as const;

export interface IngestResponse {
  readonly accepted: number;
  /** Counts by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** What was wrong with the first rejected record; empty when none was. */
  readonly message: string;
  /** True when this batch had been stored before; the counts are the first time's. */
  readonly duplicate: boolean;
}

const text = z.string().max(TEXT_LENGTH_MAX).exactOptional();

export const ingestRequestSchema: z.ZodType<IngestRequest> = z.strictObject({
  service: text.describe('`service.name` of records that name none.'),
  environment: text.describe('`deployment.environment.name` of records that name none.'),
  host: text.describe('`host.name` of records that name none.'),
  resource: z
    .string()
    .max(RESOURCE_LENGTH_MAX)
    .exactOptional()
    .describe('More resource attributes: `key=value,key=value`, percent-encoded.'),
  zone: text.describe(
    'Zone of times without one: `UTC`, `+08:00`, `Asia/Shanghai`. When absent it is found from the times of a transport (CRI, Docker, journald …), else `hostZone`, else UTC.',
  ),
  hostZone: text.describe('Zone of the machine that sends; a guess, not a statement.'),
  format: text.describe(
    'Format of the lines, as `tendril parse` names it. Detected line by line when absent.',
  ),
  asOf: text.describe(
    'RFC 3339: when the lines were written at the latest, for dates without a year. Now when absent.',
  ),
  sender: z.enum(SENDERS).exactOptional().describe('Who sends, for the accounts.'),
});

export const ingestResponseSchema: z.ZodType<IngestResponse> = z
  .object({
    accepted: z.number().int(),
    rejected: z.record(z.string(), z.number().int()),
    message: z.string(),
    duplicate: z.boolean(),
  })
  .meta({ id: 'IngestOutcome' });

export const INGEST: Route = {
  method: 'POST',
  path: '/api/v1/ingest',
  scope: 'ingest',
  operationId: 'ingestLines',
  summary: 'Store lines of JSON or text; the answer comes when they are on stable storage',
  query: ingestRequestSchema,
  request: {
    mediaTypes: ['application/x-ndjson', 'application/json', 'text/plain'],
    description:
      'One record per line. Content-Encoding may be gzip, deflate or zstd. `Tendril-Batch-Id` makes a retry harmless.',
  },
  response: { mediaTypes: ['application/json'], schema: ingestResponseSchema },
};
