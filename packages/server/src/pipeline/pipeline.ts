/**
 * The one way in: limits → account → WAL (fdatasync) → acknowledge, then the feeder inserts into the
 * engine. Nothing else writes telemetry to the engine.
 */
import type { LogBatch } from '@tendril/columns/log-batch';
import type { SpanBatch } from '@tendril/columns/span-batch';
import type { BatchSink } from '@tendril/columns/batch';
import type { LogRecord } from '@tendril/model/log-record';
import type { TimeRange } from '@tendril/model/time-range';
import type { RecordTable } from './pending-times.ts';

export interface IngestRequest {
  /** Accounting key, e.g. `otlp-http`, `ndjson`, `import`. At most 64 distinct ones; bounded text. */
  readonly source: string;
  /**
   * Identifies the request for 10 minutes: a repeated one is answered as the first was and stores
   * nothing. Undefined for protocols without ids.
   */
  readonly requestId?: string;
  /**
   * Writes the request's records into batches from `sink`, at once and without awaiting. When it
   * throws, nothing of the request stays.
   */
  decode(sink: BatchSink<LogBatch>): DecodeOutcome;
}

/** As an `IngestRequest`, of spans. */
export interface SpanIngestRequest extends Omit<IngestRequest, 'decode'> {
  decode(sink: BatchSink<SpanBatch>): DecodeOutcome;
}

/** received = accepted + sum(rejected). */
export interface DecodeOutcome {
  readonly accepted: number;
  /** Counts by reason code. */
  readonly rejected: Readonly<Record<string, number>>;
  /** For the sender: what was wrong with the first rejected one; empty when none was. */
  readonly message: string;
}

export interface IngestOutcome extends DecodeOutcome {
  /** True when this request id had been committed before; the counts are the first one's. */
  readonly duplicate: boolean;
}

/** One row per source; received = stored + pending + rejected + shed + quarantined + dropped + duplicate. */
export interface SourceAccount {
  readonly source: string;
  readonly received: number;
  readonly stored: number;
  readonly pending: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly shed: number;
  readonly quarantined: number;
  readonly dropped: number;
  readonly duplicate: number;
  /** Null when it sent nothing since the start. */
  readonly lastSeenMs: number | null;
  /** Over the last minute. */
  readonly receivedPerSecond: number;
}

export interface PipelineStatus {
  readonly walBytes: number;
  readonly walBytesMax: number;
  readonly pendingRecords: number;
  /** Age of the oldest acknowledged record that is not in the engine yet. */
  readonly lagMs: number;
  readonly diskFreeBytes: number;
  /** Why ingest is refused at the moment. */
  readonly refusing: 'disk_full' | 'wal_full' | undefined;
  readonly quarantinedFrames: number;
}

export type TailEvent =
  | { readonly kind: 'record'; readonly record: LogRecord }
  /** The subscriber was too slow: so many matching records were left out here. */
  | { readonly kind: 'skipped'; readonly count: number };

export interface TailSubscription {
  readonly matches: (record: LogRecord) => boolean;
  readonly signal: AbortSignal;
}

export interface Pipeline {
  /**
   * Resolves when the records are on stable storage. Throws `Failure` with code `overloaded` or
   * `disk_full` (params.retryAfterSeconds), or whatever `decode` threw.
   */
  ingestLogs(request: IngestRequest): Promise<IngestOutcome>;
  /** As `ingestLogs`. */
  ingestSpans(request: SpanIngestRequest): Promise<IngestOutcome>;
  /** Counts records that a receiver refused before `ingestLogs` (too large, bad encoding). */
  countRejected(source: string, reason: string, records: number): void;
  /**
   * Resolves when all that was acknowledged before the call can be searched; with a range, all whose
   * time lies in it, and with a table, all of that table. Merged to four a second.
   */
  flush(signal?: AbortSignal, range?: TimeRange, table?: RecordTable): Promise<void>;
  /** Records as they are committed. Throws `Failure` `too_many_subscribers` past the limit. */
  tail(subscription: TailSubscription): AsyncIterable<TailEvent>;
  accounts(): readonly SourceAccount[];
  status(): PipelineStatus;
  /** Feeds what is pending while the engine answers, at most `drainMs`, then closes the WAL. */
  close(drainMs: number): Promise<void>;
}
