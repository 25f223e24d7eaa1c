/** What both OTLP transports are built from. */
import type { ReceiverDependencies } from '../receiver-dependencies.ts';

export interface OtlpDependencies extends ReceiverDependencies {
  /** Origins whose browsers may send; `*` for all. */
  readonly corsOrigins: readonly string[];
}
