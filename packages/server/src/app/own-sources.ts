/** Logs that the server collects itself: the agent, run inside, which ships to the server's own receiver. */
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { runAgent, type AgentEvent } from '@tendril/agent/agent';
import { readSources } from '@tendril/agent/agent-config';
import { processEnvironment } from '@tendril/config/environment';
import type { FormatTable } from '@tendril/intake/format-table';
import type { Redactor } from '@tendril/intake/redact/redactor';
import { Failure, messageOf } from '@tendril/model/failure';
import type { Logger } from '../telemetry/logger.ts';
import type { ServerConfig } from './config.ts';

export interface OwnSourcesOptions {
  readonly config: ServerConfig;
  readonly dataPath: string;
  readonly formats: FormatTable;
  readonly redactor: Redactor;
  /** Of our own OTLP receiver; undefined when it is off. */
  readonly url: string | undefined;
  readonly token: string;
  readonly logger: Logger;
}

/** Of what waits while the engine is busy; the write-ahead log has its own limit. */
const BUFFER_MEGABYTES = 256;

/** Returns how to stop it. Throws a `Failure` when the file says nothing that can be read. */
export function startOwnSources(options: OwnSourcesOptions): () => Promise<void> {
  const { config, dataPath, formats, logger, redactor, token, url } = options;
  if (config.sources === undefined) return async () => undefined;
  const sources = readSources(config.sources, formats);
  if (url === undefined) {
    const problem = 'sources need the otlp-http receiver, which is off';
    const path = config.sources;
    throw new Failure({ code: 'agent_config', detail: problem, params: { path, problem } });
  }
  const dataDir = join(dataPath, 'agent');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const stopping = new AbortController();
  const agentConfig = {
    ...sources,
    server: url,
    token,
    dataDir,
    bufferMegabytes: BUFFER_MEGABYTES,
    host: hostname(),
    packs: config.packs,
  };
  const running = runAgent({
    config: agentConfig,
    formats,
    redactor,
    environment: processEnvironment(),
    signal: stopping.signal,
    nowMs: Date.now,
    onEvent: (event) => note(event, logger),
  }).catch((error: unknown) => logger.error({ reason: messageOf(error) }, 'collecting ended'));
  return async () => {
    stopping.abort();
    await running;
  };
}

function note(event: AgentEvent, logger: Logger): void {
  const isUsual = event.kind === 'opened' || event.kind === 'closed';
  if (isUsual) logger.debug(event, 'collecting');
  else logger.warn(event, 'collecting');
}
