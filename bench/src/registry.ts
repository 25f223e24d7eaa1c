/** All benchmarks, by name. */
import type { Benchmark } from './benchmark.ts';
import { agent } from './agent/agent.ts';
import { analyze } from './analyze/analyze.ts';
import { chains } from './chains/chains.ts';
import { faults } from './faults/faults.ts';
import { ingestLogs } from './ingest-logs/ingest-logs.ts';
import { lineSpeed } from './micro/lines.ts';
import { knownErrorSpeed } from './micro/known-errors.ts';
import { otlpDecode } from './micro/otlp-decode.ts';
import { redactSpeed } from './micro/redact.ts';
import { patterns } from './patterns/patterns.ts';
import { ingestSpans } from './ingest-spans/ingest-spans.ts';
import { querySpans } from './query-spans/query-spans.ts';
import { queryLogs } from './query-logs/query-logs.ts';
import { clients } from './receivers/clients.ts';
import { receivers } from './receivers/receivers.ts';
import { receiverDecode } from './micro/receiver-decode.ts';
import { senders } from './senders/senders.ts';
import { rootCause } from './root-cause/root-cause.ts';
import { uiTraces } from './ui/trace-pages.ts';
import { ui } from './ui/ui.ts';

export const BENCHMARKS: readonly Benchmark[] = [
  ingestLogs,
  queryLogs,
  ui,
  uiTraces,
  ingestSpans,
  querySpans,
  faults,
  senders,
  receivers,
  clients,
  analyze,
  agent,
  otlpDecode,
  receiverDecode,
  lineSpeed,
  knownErrorSpeed,
  redactSpeed,
  patterns,
  rootCause,
  chains,
];
