/** What writes records into batches: catalogs, the redactor, and the writers of this process. */
import { join } from 'node:path';
import { LogBatch } from '@tendril/columns/log-batch';
import { PatternCatalog } from '@tendril/columns/pattern-catalog';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { SpanBatch } from '@tendril/columns/span-batch';
import type { FormatTable } from '@tendril/intake/format-table';
import { LogWriter } from '@tendril/intake/log-writer';
import { allowLongInlining } from '@tendril/intake/long-inlining';
import { PatternScanner } from '@tendril/intake/patterns/pattern-scanner';
import { createRedactor, type Redactor } from '@tendril/intake/redact/redactor';
import { RULE_NAMES, type RuleName } from '@tendril/intake/redact/scan';
import { SpanWriter } from '@tendril/intake/span-writer';
import type { Limits } from '@tendril/model/limits';
import type { Signals } from '../pipeline/open-pipeline.ts';
import type { ServerConfig } from './config.ts';
import { siteSecret } from '@tendril/config/site-secret';

export interface Intake {
  readonly redactor: Redactor;
  readonly writer: LogWriter;
  readonly spanWriter: SpanWriter;
  /** How the pipeline makes and reads batches. */
  readonly signals: Signals;
  /** All that was left out because it had been sent is sent again. */
  readonly forgetSent: () => void;
  /** Records whose pattern was not described because a source brings too many. */
  readonly patternsUntold: () => number;
}

export interface IntakeOptions {
  readonly limits: Limits;
  readonly statePath: string;
  readonly formats: FormatTable;
}

export function createIntake(
  config: ServerConfig,
  { limits, statePath, formats }: IntakeOptions,
): Intake {
  allowLongInlining();
  const keyFile = config['redaction.keyFile'];
  const redactor = createRedactor({
    key: siteSecret(keyFile ?? join(statePath, 'redaction.key'), keyFile === undefined),
    contentMode: config['redaction.messageContent'],
    ...(config['redaction.enabled'] ? {} : { rules: ALL_OFF }),
  });
  const { attributePathsMax } = limits;
  const scanner = new PatternScanner();
  const patterns = new PatternCatalog({
    nowMs: Date.now,
    describe: (body) => scanner.describe(body),
  });
  const logs = new RecordCatalog({ attributePathsMax, patterns, nowMs: Date.now });
  const spans = new RecordCatalog({
    attributePathsMax,
    fieldsTable: 'span_fields',
    nowMs: Date.now,
  });
  const nowNs = (): bigint => BigInt(Date.now()) * 1_000_000n;
  return {
    redactor,
    writer: new LogWriter({ catalog: logs, redactor, limits, nowNs, formats }),
    spanWriter: new SpanWriter({ catalog: spans, redactor, limits, nowNs }),
    signals: {
      logs: {
        newBatch: () => new LogBatch(logs),
        table: 'logs',
        readRecord: (batch, row) => batch.record(row),
      },
      spans: { newBatch: () => new SpanBatch(spans), table: 'traces' },
    },
    forgetSent: () => {
      logs.forgetSent();
      spans.forgetSent();
    },
    patternsUntold: () => patterns.untold,
  };
}

const ALL_OFF = Object.fromEntries(RULE_NAMES.map((name) => [name, false])) as Readonly<
  Record<RuleName, boolean>
>;
