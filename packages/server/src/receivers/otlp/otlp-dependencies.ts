/** What both OTLP transports are built from. */
import type { LogWriter } from '@tendril/intake/log-writer';
import type { Limits } from '@tendril/model/limits';
import type { Pipeline } from '../../pipeline/pipeline.ts';

export interface OtlpDependencies {
  readonly pipeline: Pipeline;
  readonly writer: LogWriter;
  readonly limits: Limits;
  /** Throws `Failure` `unauthorized` or `forbidden`. */
  readonly authorize: (facts: SenderFacts) => void;
  /** Origins whose browsers may send; `*` for all. */
  readonly corsOrigins: readonly string[];
  readonly warn: (message: string) => void;
}

export interface SenderFacts {
  /** As in the route table of `access/`. */
  readonly route: string;
  /** The Authorization header as sent. */
  readonly authorization: string | undefined;
  readonly remoteAddress: string;
}
