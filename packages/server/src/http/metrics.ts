/** Our own metrics in Prometheus text format, on a registry of our own. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS } from '@tendril/api/health';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import type { Mount } from './mount.ts';

/** From a needle to a query that is given up. */
const SECONDS_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface HttpMetrics {
  readonly registry: Registry;
  /** One request was answered (its first byte, where it is a stream). */
  answered(facts: {
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
}

export function createHttpMetrics({
  pipeline,
  engine,
  canaries,
  patternsUntold,
}: HttpDependencies): HttpMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'tendril_http_request_seconds',
    help: 'Time to the first byte of the answer.',
    labelNames: ['route', 'status'],
    buckets: SECONDS_BUCKETS,
    registers: [registry],
  });
  addPipelineMetrics(registry, pipeline);
  addCanaries(registry, canaries);
  addGauge(registry, 'tendril_engine_ready', '1 while the engine answers.', () =>
    engine.state() === 'ready' ? 1 : 0,
  );
  addGauge(
    registry,
    'tendril_patterns_untold',
    'Records since the start whose pattern was not described: a source brings too many.',
    patternsUntold,
  );
  return {
    registry,
    answered: ({ route, status, seconds: value }) => {
      seconds.observe({ route, status: `${Math.floor(status / 100)}xx` }, value);
    },
  };
}

export function mountMetrics(mount: Mount, { registry }: HttpMetrics): void {
  mount(METRICS, async () => {
    const headers = { 'content-type': registry.contentType };
    return new Response(await registry.metrics(), { headers });
  });
}

function addPipelineMetrics(registry: Registry, pipeline: Pipeline): void {
  const status = (): ReturnType<Pipeline['status']> => pipeline.status();
  addGauge(registry, 'tendril_wal_bytes', 'Bytes in the write-ahead log.', () => status().walBytes);
  addGauge(
    registry,
    'tendril_pending_records',
    'Acknowledged records that the engine does not have yet.',
    () => status().pendingRecords,
  );
  addGauge(
    registry,
    'tendril_lag_seconds',
    'Age of the oldest pending record.',
    () => status().lagMs / 1000,
  );
  addGauge(
    registry,
    'tendril_disk_free_bytes',
    'Free bytes where the data directory is.',
    () => status().diskFreeBytes,
  );
  addGauge(
    registry,
    'tendril_quarantined_frames',
    'Frames set aside because the engine refused them or they were damaged.',
    () => status().quarantinedFrames,
  );
  addAccounts(registry, pipeline);
}

/** The accounting identity by source and outcome; its sum over outcomes is what was received. */
function addAccounts(registry: Registry, pipeline: Pipeline): void {
  const records = new Counter({
    name: 'tendril_records_total',
    help: 'Records received, by source and by what became of them.',
    labelNames: ['source', 'outcome'],
    registers: [registry],
    collect() {
      records.reset();
      for (const account of pipeline.accounts()) {
        const {
          source,
          received: _sum,
          lastSeenMs: _seen,
          receivedPerSecond: _rate,
          rejected,
          ...outcomes
        } = account;
        for (const [outcome, count] of Object.entries(outcomes))
          records.inc({ source, outcome }, count);
        const rejectedCount = Object.values(rejected).reduce((sum, count) => sum + count, 0);
        records.inc({ source, outcome: 'rejected' }, rejectedCount);
      }
    },
  });
}

function addCanaries(registry: Registry, canaries: HttpDependencies['canaries']): void {
  const records = new Counter({
    name: 'tendril_canary_records_total',
    help: 'Canary records by receiver and by what became of them.',
    labelNames: ['receiver', 'outcome'],
    registers: [registry],
    collect() {
      records.reset();
      for (const { receiver, delayMs: _delay, ...outcomes } of canaries()) {
        for (const [outcome, count] of Object.entries(outcomes))
          records.inc({ receiver, outcome }, count);
      }
    },
  });
  const delay = new Gauge({
    name: 'tendril_canary_delay_seconds',
    help: 'From sending the last canary record to finding it by a search.',
    labelNames: ['receiver'],
    registers: [registry],
    collect() {
      for (const { receiver, delayMs } of canaries()) delay.set({ receiver }, delayMs / 1000);
    },
  });
}

function addGauge(registry: Registry, name: string, help: string, value: () => number): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: () => {
      gauge.set(value());
    },
  });
}
