/** Infers changes of what runs from telemetry, on one server at a time. */
import { messageOf } from '@tendril/model/failure';
import { inferChanges } from '../changes/sightings.ts';
import type { Engine } from '../engine/engine.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import { JobLease } from './job-lease.ts';

const INTERVAL_MS = 15_000;
const LEASE_SECONDS = 60;
/** What came while no server ran, from a collector's buffer for instance, is looked at by the first run. */
const FIRST_RUN_MS = 3_600_000;

export interface ChangesJobOptions {
  readonly engine: Engine;
  readonly schema: { readonly isReady: () => boolean };
  readonly logger: Logger;
  readonly tracer: Tracer;
}

/** Returns what stops it. */
export function startChangesJob({ engine, schema, logger, tracer }: ChangesJobOptions): () => void {
  const lease = new JobLease(engine, 'changes', LEASE_SECONDS);
  let isStopped = false;
  let isRunning = false;
  let sinceMs = Date.now() - FIRST_RUN_MS;
  const run = async (): Promise<void> => {
    if (!schema.isReady() || engine.state() !== 'ready' || !(await lease.take())) return;
    const nowMs = Date.now();
    await inferChanges(engine, { sinceMs, nowMs });
    sinceMs = nowMs;
  };
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    tracer
      .job('changes', run)
      .catch((error: unknown) => {
        if (!isStopped) logger.error({ reason: messageOf(error) }, 'changes');
      })
      .finally(() => (isRunning = false));
  }, INTERVAL_MS);
  return () => {
    isStopped = true;
    clearInterval(timer);
  };
}
