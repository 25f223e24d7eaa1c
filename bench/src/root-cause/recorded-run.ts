/** A recorded run as a file: one JSON document, compressed. Telemetry is OTLP/JSON, as it would be sent. */
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Operation } from '@tendril/im-demo/cluster/outcomes';

export interface RecordedChange {
  readonly kind: string;
  readonly timestampMs: number;
  readonly service: string;
  readonly instance: string;
  readonly title: string;
}

/** An operation has its own id, or that of its trace. */
export type RecordedOperation = Operation & {
  readonly traceId?: string;
  /** Instances that it went by, where no span need tell. */
  readonly pods?: readonly string[];
};

export interface RecordedRun {
  readonly name: string;
  /** Name of the fault; empty when there was none. */
  readonly fault: string;
  /** Instances that were changed. */
  readonly instances: readonly string[];
  /** What callers know these by; none where they are called by the instances' names. */
  readonly addresses?: readonly string[];
  readonly intensity: number;
  readonly onsetMs: number;
  readonly endMs: number;
  readonly changes: readonly RecordedChange[];
  readonly operations: readonly RecordedOperation[];
  /** OTLP requests. */
  readonly logs: readonly object[];
  readonly spans: readonly object[];
}

export function writeRun(file: string, run: RecordedRun): void {
  writeFileSync(file, gzipSync(JSON.stringify(run)));
}

export function readRun(file: string): RecordedRun {
  return JSON.parse(gunzipSync(readFileSync(file)).toString()) as RecordedRun;
}
