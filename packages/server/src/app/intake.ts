/** What writes records into batches: the catalog, the redactor and the one LogWriter of this process. */
import { join } from 'node:path';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { LogWriter } from '@tendril/intake/log-writer';
import { allowLongInlining } from '@tendril/intake/long-inlining';
import { createRedactor, type Redactor } from '@tendril/intake/redact/redactor';
import { RULE_NAMES, type RuleName } from '@tendril/intake/redact/scan';
import type { Limits } from '@tendril/model/limits';
import type { ServerConfig } from './config.ts';
import { siteSecret } from './site-secret.ts';

export interface Intake {
  readonly catalog: RecordCatalog;
  readonly redactor: Redactor;
  readonly writer: LogWriter;
}

export function createIntake(config: ServerConfig, limits: Limits, statePath: string): Intake {
  allowLongInlining();
  const keyFile = config['redaction.keyFile'];
  const redactor = createRedactor({
    key: siteSecret(keyFile ?? join(statePath, 'redaction.key'), keyFile === undefined),
    contentMode: config['redaction.messageContent'],
    ...(config['redaction.enabled'] ? {} : { rules: ALL_OFF }),
  });
  const { attributePathsMax } = limits;
  const catalog = new RecordCatalog({ attributePathsMax, nowMs: Date.now });
  const nowNs = (): bigint => BigInt(Date.now()) * 1_000_000n;
  return { catalog, redactor, writer: new LogWriter({ catalog, redactor, limits, nowNs }) };
}

const ALL_OFF = Object.fromEntries(RULE_NAMES.map((name) => [name, false])) as Readonly<
  Record<RuleName, boolean>
>;
