/** One way of hurting a server under load. */
import type { ServerProcess } from '../server-process.ts';

export interface Scenario {
  readonly name: string;
  /** Receivers that it needs beside OTLP. */
  readonly listen?: readonly string[];
  /** Starts the server, hurts it, and leaves it running with all load acknowledged. */
  run(server: ServerProcess, progress: (text: string) => void): Promise<ScenarioOutcome>;
}

interface ScenarioOutcome {
  /** Records that were made, each acknowledged; the ledger numbers them from 0. */
  readonly issued: number;
  /** The same of spans, for scenarios that send them. */
  readonly issuedSpans?: number;
  readonly notes: string;
}
