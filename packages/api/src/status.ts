/** How the server is: engine, pipeline, accounts, storage, receivers. */
import { z } from 'zod';
import type { Route } from './route.ts';

/** Exact: received = stored + pending + sum(rejected) + shed + quarantined + dropped + duplicate. */
export interface SourceAccountStatus {
  readonly source: string;
  readonly received: number;
  readonly stored: number;
  readonly pending: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly shed: number;
  readonly quarantined: number;
  readonly dropped: number;
  readonly duplicate: number;
  /** RFC 3339; null when it sent nothing since the server started. */
  readonly lastSeenAt: string | null;
  /** Records a second, over the last minute. */
  readonly receivedPerSecond: number;
}

export interface TableStatus {
  readonly table: string;
  readonly rows: number;
  /** On disk, indexes included. */
  readonly bytes: number;
  readonly indexBytes: number;
  /** First day that it holds, `2026-11-21`; empty for tables that are not kept by the day. */
  readonly oldestDay: string;
}

export interface RetentionStatus {
  readonly days: number;
  /** What the tables may take; null where the disk is an external engine's. */
  readonly bytesMax: number | null;
}

export interface CanaryStatus {
  readonly receiver: string;
  readonly sent: number;
  /** Found by a search. */
  readonly arrived: number;
  /** Sent and not found within a minute. */
  readonly lost: number;
  readonly doubled: number;
  /** The receiver did not take them. */
  readonly refused: number;
  /** Of the last one, from sending to finding. */
  readonly delayMs: number;
}

export interface Status {
  readonly version: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly engine: {
    readonly state: 'ready' | 'away';
    /** Empty while the engine is away. */
    readonly version: string;
  };
  readonly pipeline: {
    readonly walBytes: number;
    readonly walBytesMax: number;
    readonly pendingRecords: number;
    readonly lagMs: number;
    readonly diskFreeBytes: number;
    /** Why ingest is refused at the moment. */
    readonly refusing: string | null;
    readonly quarantinedFrames: number;
  };
  readonly accounts: readonly SourceAccountStatus[];
  /** Empty while the engine is away. */
  readonly storage: readonly TableStatus[];
  readonly retention: RetentionStatus;
  readonly receivers: readonly { readonly name: string; readonly url: string }[];
  /** What became of the records that Tendril sends through its own receivers, since the start. */
  readonly canaries: readonly CanaryStatus[];
  readonly access: 'open' | 'tokens';
}

const count = z.number().int().nonnegative();

export const statusSchema: z.ZodType<Status> = z
  .object({
    version: z.string(),
    startedAt: z.string(),
    engine: z.object({ state: z.enum(['ready', 'away']), version: z.string() }),
    pipeline: z.object({
      walBytes: count,
      walBytesMax: count,
      pendingRecords: count,
      lagMs: z.number(),
      diskFreeBytes: count,
      refusing: z.string().nullable(),
      quarantinedFrames: count,
    }),
    accounts: z.array(
      z.object({
        source: z.string(),
        received: count,
        stored: count,
        pending: count,
        rejected: z.record(z.string(), count),
        shed: count,
        quarantined: count,
        dropped: count,
        duplicate: count,
        lastSeenAt: z.string().nullable(),
        receivedPerSecond: z.number(),
      }),
    ),
    storage: z.array(
      z.object({
        table: z.string(),
        rows: count,
        bytes: count,
        indexBytes: count,
        oldestDay: z.string(),
      }),
    ),
    retention: z.object({ days: count, bytesMax: z.number().nullable() }),
    receivers: z.array(z.object({ name: z.string(), url: z.string() })),
    canaries: z.array(
      z.object({
        receiver: z.string(),
        sent: count,
        arrived: count,
        lost: count,
        doubled: count,
        refused: count,
        delayMs: z.number(),
      }),
    ),
    access: z.enum(['open', 'tokens']),
  })
  .meta({ id: 'Status' });

export const STATUS: Route = {
  method: 'GET',
  path: '/api/v1/status',
  scope: 'read',
  operationId: 'getStatus',
  summary: 'How the server is',
  response: { mediaTypes: ['application/json'], schema: statusSchema },
};
