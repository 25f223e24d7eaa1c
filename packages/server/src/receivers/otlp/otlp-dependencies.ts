/** What both OTLP transports are built from. */
import type { LogWriter } from '@tendril/intake/log-writer';
import type { Limits } from '@tendril/model/limits';
import type { Access } from '../../access/access.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';

export interface OtlpDependencies {
  readonly pipeline: Pipeline;
  readonly writer: LogWriter;
  readonly limits: Limits;
  readonly access: Access;
  /** Origins whose browsers may send; `*` for all. */
  readonly corsOrigins: readonly string[];
  readonly warn: (message: string) => void;
}
