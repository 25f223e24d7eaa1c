/** Looks once a minute whether the tables have outgrown their share of the disk. */
import { messageOf } from '@tendril/model/failure';
import type { Engine } from '../engine/engine.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import { dropBeyondSize } from './retention.ts';

const INTERVAL_MS = 60_000;

export interface RetentionJobOptions {
  readonly engine: Engine;
  readonly schema: { readonly isReady: () => boolean };
  readonly bytesMax: () => number;
  readonly logger: Logger;
  readonly tracer: Tracer;
}

/** Returns what stops it. */
export function startRetentionJob({
  engine,
  schema,
  bytesMax,
  logger,
  tracer,
}: RetentionJobOptions): () => void {
  const look = async (): Promise<void> => {
    if (!schema.isReady() || engine.state() !== 'ready') return;
    for (const dropped of await dropBeyondSize(engine, bytesMax())) {
      logger.warn(dropped, 'dropped the oldest day: the tables were over their size limit');
    }
  };
  const timer = setInterval(() => {
    tracer
      .job('retention', look)
      .catch((error: unknown) => logger.error({ reason: messageOf(error) }, 'retention'));
  }, INTERVAL_MS);
  return () => clearInterval(timer);
}
