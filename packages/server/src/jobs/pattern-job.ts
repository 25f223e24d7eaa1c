/** Learns from time to time which patterns are one. */
import { messageOf } from '@tendril/model/failure';
import { sql } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import { JobLease } from './job-lease.ts';
import { learnPatterns } from './learn-patterns.ts';

const INTERVAL_MS = 20_000;
/** Learned even when no pattern is new: what is rare changes with the counts. */
const INTERVAL_WITHOUT_NEWS_MS = 600_000;
const LEASE_SECONDS = 60;

export interface PatternJobOptions {
  readonly engine: Engine;
  readonly schema: { readonly isReady: () => boolean };
  readonly logger: Logger;
  readonly tracer: Tracer;
}

/** Returns what stops it. */
export function startPatternJob({ engine, schema, logger, tracer }: PatternJobOptions): () => void {
  const stopping = new AbortController();
  const lease = new JobLease(engine, 'patterns', LEASE_SECONDS);
  let known = '';
  let learnedAtMs = -Infinity;
  let isRunning = false;
  const look = async (): Promise<void> => {
    if (!schema.isReady() || engine.state() !== 'ready') return;
    const now = await knownPatterns(engine);
    const isDue = performance.now() - learnedAtMs > INTERVAL_WITHOUT_NEWS_MS;
    if ((now === known && !isDue) || !(await lease.take())) return;
    const aliases = await learnPatterns(engine, stopping.signal);
    known = now;
    learnedAtMs = performance.now();
    if (aliases > 0) logger.info({ aliases }, 'patterns that differ in a name are one now');
  };
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    tracer
      .job('patterns', look)
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) logger.error({ reason: messageOf(error) }, 'patterns');
      })
      .finally(() => (isRunning = false));
  }, INTERVAL_MS);
  return () => {
    clearInterval(timer);
    stopping.abort();
  };
}

/** Changes when there are patterns that were not there. */
async function knownPatterns(engine: Engine): Promise<string> {
  const { rows } = await engine.query(
    sql`SELECT toString(uniqExact(PatternId)) AS patterns FROM patterns`,
    { limits: { timeoutMs: 10_000 } },
  );
  for await (const { patterns } of rows) return String(patterns);
  return '';
}
