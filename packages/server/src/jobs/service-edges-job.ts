/** Counts the calls between services once a minute, on one server at a time. */
import { messageOf } from '@tendril/model/failure';
import type { Engine } from '../engine/engine.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import { JobLease } from './job-lease.ts';
import { countServiceEdges } from './service-edges.ts';

const INTERVAL_MS = 60_000;
/** Longer than the interval, so that the server that counted last goes on counting. */
const LEASE_SECONDS = 90;

export interface ServiceEdgesJobOptions {
  readonly engine: Engine;
  readonly schema: { readonly isReady: () => boolean };
  readonly logger: Logger;
  readonly tracer: Tracer;
}

/** Returns what stops it. */
export function startServiceEdgesJob({
  engine,
  schema,
  logger,
  tracer,
}: ServiceEdgesJobOptions): () => void {
  let isRunning = false;
  const stopping = new AbortController();
  const lease = new JobLease(engine, 'service-edges', LEASE_SECONDS);
  const run = async (): Promise<void> => {
    if (isRunning || !schema.isReady() || engine.state() !== 'ready') return;
    isRunning = true;
    try {
      if (!(await lease.take())) return;
      await countServiceEdges(engine, Date.now(), stopping.signal);
    } finally {
      isRunning = false;
    }
  };
  const timer = setInterval(() => {
    tracer.job('service-edges', run).catch((error: unknown) => {
      if (stopping.signal.aborted) return;
      logger.error({ reason: messageOf(error) }, 'service edges');
    });
  }, INTERVAL_MS);
  return () => {
    stopping.abort();
    clearInterval(timer);
  };
}
