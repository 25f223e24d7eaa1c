/** What agents collect, and how each of their sources is: they tell it every few seconds. */
import { z } from 'zod';
import type { Route } from './route.ts';

export const COLLECTED_KINDS = ['files', 'journald', 'docker', 'kubernetes'] as const;
export type CollectedKind = (typeof COLLECTED_KINDS)[number];

/** `open` and `closed` are usual; `interrupted` is tried again; `unreadable` wants somebody. */
export const COLLECTED_STATES = ['open', 'closed', 'interrupted', 'unreadable'] as const;
export type CollectedState = (typeof COLLECTED_STATES)[number];

/** One file, container, pod's container or unit that an agent reads. */
export interface CollectedSource {
  readonly kind: CollectedKind;
  readonly name: string;
  readonly state: CollectedState;
  /** Why it is not open; empty when it is. */
  readonly trouble: string;
  /** Since the agent started. */
  readonly lines: number;
  readonly linesPerSecond: number;
  /** RFC 3339; null before the first line. */
  readonly lastLineAt: string | null;
  /** How old its newest line was when it was read; null before the first record. */
  readonly lagMs: number | null;
  /** How often lines may have been lost since the agent started. */
  readonly gaps: number;
  /** What the last of them was; empty when there was none. */
  readonly lastGap: string;
}

export interface CollectorReport {
  /** Of one data directory of one host. */
  readonly id: string;
  readonly host: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** On the agent's disk, not acknowledged yet. */
  readonly waitingRecords: number;
  readonly bufferBytes: number;
  readonly bufferBytesMax: number;
  /** Acknowledged since the agent started. */
  readonly sentRecords: number;
  /** Refused for good by the server since the agent started, and why the last of them were. */
  readonly refusedRecords: number;
  readonly refusedReason: string;
  /** Those that were read last. */
  readonly sources: readonly CollectedSource[];
}

export interface Collector extends CollectorReport {
  /** RFC 3339: when it reported last. */
  readonly lastSeenAt: string;
}

export interface CollectorList {
  readonly collectors: readonly Collector[];
}

/** Sources in one report. */
export const COLLECTED_SOURCES_MAX = 1_000;
/** UTF-16 units of a name or a reason. */
export const COLLECTED_TEXT_LENGTH_MAX = 500;

const count = z.number().int().nonnegative();
const text = z.string().max(COLLECTED_TEXT_LENGTH_MAX);

const reportShape = {
  id: text.min(1),
  host: text,
  startedAt: z.iso.datetime(),
  waitingRecords: count,
  bufferBytes: count,
  bufferBytesMax: count,
  sentRecords: count,
  refusedRecords: count,
  refusedReason: text,
  sources: z
    .array(
      z.object({
        kind: z.enum(COLLECTED_KINDS),
        name: text,
        state: z.enum(COLLECTED_STATES),
        trouble: text,
        lines: count,
        linesPerSecond: z.number().nonnegative(),
        lastLineAt: z.iso.datetime().nullable(),
        lagMs: z.number().nullable(),
        gaps: count,
        lastGap: text,
      }),
    )
    .max(COLLECTED_SOURCES_MAX),
};

export const collectorReportSchema: z.ZodType<CollectorReport> = z.object(reportShape);

export const collectorListSchema: z.ZodType<CollectorList> = z
  .object({ collectors: z.array(z.object({ ...reportShape, lastSeenAt: z.iso.datetime() })) })
  .meta({ id: 'CollectorList' });

/** Where agents report, beside the logs that they send. */
export const COLLECTOR_REPORT_PATH = '/v1/tendril/collector';

export const COLLECTORS: Route = {
  method: 'GET',
  path: '/api/v1/collectors',
  scope: 'read',
  operationId: 'listCollectors',
  summary: 'What agents collect, and how each of their sources is',
  response: { mediaTypes: ['application/json'], schema: collectorListSchema },
};
