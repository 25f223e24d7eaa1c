/** All benchmarks, by name. */
import type { Benchmark } from './benchmark.ts';
import { faults } from './faults/faults.ts';
import { ingestLogs } from './ingest-logs/ingest-logs.ts';
import { lineSpeed } from './micro/lines.ts';
import { otlpDecode } from './micro/otlp-decode.ts';
import { redactSpeed } from './micro/redact.ts';
import { patterns } from './patterns/patterns.ts';
import { queryLogs } from './query-logs/query-logs.ts';
import { senders } from './senders/senders.ts';

export const BENCHMARKS: readonly Benchmark[] = [
  ingestLogs,
  queryLogs,
  faults,
  senders,
  otlpDecode,
  lineSpeed,
  redactSpeed,
  patterns,
];
