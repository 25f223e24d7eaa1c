/** All benchmarks, by name. */
import type { Benchmark } from './benchmark.ts';
import { ingestLogs } from './ingest-logs/ingest-logs.ts';

export const BENCHMARKS: readonly Benchmark[] = [ingestLogs];
