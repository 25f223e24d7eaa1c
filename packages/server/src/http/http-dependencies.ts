/** What the API server is built from. */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { IngestRequest } from '@tendril/api/ingest';
import type { RetentionStatus } from '@tendril/api/status';
import type { Knowledge } from '@tendril/chains/findings';
import type { Limits } from '@tendril/model/limits';
import type { Access } from '../access/access.ts';
import type { SessionSigner } from '../access/session-cookie.ts';
import type { TokenRegistry } from '../access/token-registry.ts';
import type { CanaryTally } from '../canary/tally.ts';
import type { Engine } from '../engine/engine.ts';
import type { LogReader } from '../logs/log-reader.ts';
import type { DecodeOutcome, Pipeline } from '../pipeline/pipeline.ts';
import type { CollectorReports } from '../state/collector-reports.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import type { Pages } from './pages.ts';

/** Lines of JSON or text into batches, at once and without awaiting. */
export type DecodeLines = (
  /** UTF-8, decompressed; the last line may lack its end. */
  body: Uint8Array,
  /** What is known of the lines' source. */
  source: IngestRequest,
  sink: BatchSink<LogBatch>,
) => DecodeOutcome;

export interface HttpDependencies {
  readonly version: string;
  readonly reader: LogReader;
  /** Of spans. */
  readonly spanReader: LogReader;
  /** What packs know of errors. */
  readonly knowledge: () => Knowledge;
  readonly engine: Engine;
  readonly pipeline: Pipeline;
  /** What was told once, such as resources, is told again. */
  readonly forgetSent: () => void;
  readonly decodeLines: DecodeLines;
  readonly access: Access;
  readonly registry: TokenRegistry;
  readonly signer: SessionSigner;
  readonly limits: Limits;
  /** Origins whose pages may call the API with a token. */
  readonly allowedOrigins: readonly string[];
  /** What listens, for the status. */
  readonly receivers: () => readonly { readonly name: string; readonly url: string }[];
  /** How long what is stored stays, for the status. */
  readonly retention: () => RetentionStatus;
  /** What agents say of themselves. */
  readonly collectors: CollectorReports;
  /** What became of canaries, by receiver; empty when there are none. */
  readonly canaries: () => readonly CanaryTally[];
  /** Records whose pattern was not described because a source brings too many. */
  readonly patternsUntold: () => number;
  readonly logger: Logger;
  /** The one that the engine's queries are traced by. */
  readonly tracer: Tracer;
  readonly pages: Pages;
  /** Fires when the server stops: what would go on for ever ends then. */
  readonly closing: AbortSignal;
}
