/** What receivers are built from, whatever their protocol. */
import type { LogWriter } from '@tendril/intake/log-writer';
import type { SpanWriter } from '@tendril/intake/span-writer';
import type { Limits } from '@tendril/model/limits';
import type { Access } from '../access/access.ts';
import type { LogReader } from '../logs/log-reader.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { CollectorReports } from '../state/collector-reports.ts';
import type { Tracer } from '../telemetry/tracer.ts';

export interface ReceiverDependencies {
  readonly pipeline: Pipeline;
  readonly writer: LogWriter;
  readonly spanWriter: SpanWriter;
  /** Of spans, for those that answer queries. */
  readonly spanReader: LogReader;
  readonly limits: Limits;
  readonly access: Access;
  /** What agents say of themselves. */
  readonly collectors: CollectorReports;
  /** For those that answer queries. */
  readonly tracer: Tracer;
  readonly nowMs: () => number;
  readonly warn: (message: string) => void;
}
