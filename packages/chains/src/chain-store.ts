/** What the reasoning asks of whatever keeps records and spans: an engine, or files in memory. */
import type { ChainChange } from '@tendril/api/chain';
import type { LogRecord } from '@tendril/model/log-record';
import type { Span } from '@tendril/model/span';
import type { Sighting, Signal } from './sighting.ts';
import type { TroubleLevel } from './trouble.ts';

/** Milliseconds since 1970, half-open. */
export interface MsRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface MemberIds {
  readonly operationIds: readonly string[];
  readonly traceIds: readonly string[];
}

export interface Members {
  readonly records: readonly LogRecord[];
  readonly spans: readonly Span[];
  /** There are more than were asked for. */
  readonly isCut: boolean;
}

/** In place of a step: whatever the service says. */
export const ANY_STEP = '';

/** What chains of an entry have in common: the step that begins them. */
export interface EntryStep {
  readonly signal: Signal;
  readonly service: string;
  /** `ANY_STEP` where no step is in all of them; never of spans. */
  readonly step: string;
  readonly environment: string;
}

export interface SampleRequest {
  readonly entry: EntryStep;
  readonly range: MsRange;
  readonly chainsMax: number;
  /** Looked into here and there where all of it would be too much; else from its end. */
  readonly isSpread: boolean;
  /** Of the chain in question: others are followed some times as far. */
  readonly lengthMs: number;
}

/** How much a place said in a bucket of time. */
export interface Activity {
  readonly service: string;
  readonly instance: string;
  readonly signal: Signal;
  /** Of records at warning and above; empty otherwise. */
  readonly step: string;
  readonly level: TroubleLevel;
  readonly isRefusal: boolean;
  /** From the start of the range, counted from 0. */
  readonly bucket: number;
  readonly count: number;
}

export interface ActivityRequest {
  readonly range: MsRange;
  readonly buckets: number;
  readonly environment: string;
}

/** What a record of no chain tells of its own work is of no account below this. */
export const SLOW_MS_MIN = 50;

export interface ChainStore {
  /** Oldest first. `near` makes it faster and keeps out a reused id of another day. */
  members(ids: MemberIds, limit: number, near: MsRange | undefined): Promise<Members>;
  /** Records of the range that hold one of the values, oldest first. */
  joined(values: readonly string[], range: MsRange, limit: number): Promise<readonly LogRecord[]>;
  /** Records that carry neither operation nor trace, at warning and above or telling of `SLOW_MS_MIN` and more; oldest first. */
  unowned(range: MsRange, limit: number): Promise<readonly LogRecord[]>;
  /** What was seen in chains that begin with the entry, a sample of them spread over the range. */
  sample(request: SampleRequest): Promise<readonly Sighting[]>;
  activity(request: ActivityRequest): Promise<readonly Activity[]>;
  changes(range: MsRange): Promise<readonly ChainChange[]>;
  /** What steps of records look like, by step; those that are not known are left out. */
  describe(steps: readonly string[], range: MsRange): Promise<ReadonlyMap<string, string>>;
}
