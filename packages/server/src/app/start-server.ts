/**
 * The composition root: builds every component in the order of the data's way, and stops them in the
 * reverse order. Nothing else knows all parts.
 */
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LIMITS, type Limits } from '@tendril/model/limits';
import { decodeBody } from '@tendril/intake/formats/decode-body';
import { NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import { createAccess, type Access } from '../access/access.ts';
import { refuseOpenBind } from '../access/loopback.ts';
import type { SessionSigner } from '../access/session-cookie.ts';
import { TokenRegistry } from '../access/token-registry.ts';
import { startCanary, type Canary } from '../canary/canary.ts';
import type { CanaryTarget } from '../canary/send.ts';
import { CANARY_SENDERS } from '../canary/senders.ts';
import { openDataDir, type DataDir } from '../engine/data-dir.ts';
import type { Engine } from '../engine/engine.ts';
import { TracedEngine } from '../engine/traced-engine.ts';
import { createHttpApp } from '../http/http-app.ts';
import { openPages } from '../http/pages.ts';
import { LogReader } from '../logs/log-reader.ts';
import { SPAN_SOURCE } from '../logs/record-source.ts';
import { startChangesJob } from '../jobs/changes-job.ts';
import { startServiceEdgesJob } from '../jobs/service-edges-job.ts';
import { startPatternJob } from '../jobs/pattern-job.ts';
import { startRetentionJob } from '../jobs/retention-job.ts';
import { openPipeline } from '../pipeline/open-pipeline.ts';
import { DEFAULT_PIPELINE_LIMITS, type PipelineLimits } from '../pipeline/pipeline-limits.ts';
import type { RecordTable } from '../pipeline/pending-times.ts';
import { takingTurns } from '../pipeline/turns.ts';
import { requestHandler } from '../receivers/http-receiver.ts';
import type { ReceiverDependencies } from '../receivers/receiver-dependencies.ts';
import { RECEIVERS, type ReceiverDefinition } from '../receivers/registry.ts';
import type { ListenAddress, Receiver } from '../receivers/receiver.ts';
import { CollectorReports } from '../state/collector-reports.ts';
import { tokenMirror } from '../state/token-mirror.ts';
import { tokenTable } from '../state/token-table.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import type { ServerConfig } from './config.ts';
import { createIntake } from './intake.ts';
import { packFormats, packKnowledge } from './own-packs.ts';
import { startMainListener, type MountedReceiver } from './main-listener.ts';
import { startOwnSources } from './own-sources.ts';
import { createOwnTelemetry } from './own-telemetry.ts';
import { pagesFolder } from './pages-folder.ts';
import { siteSecret } from '@tendril/config/site-secret';
import { prepareSchema, startEngine } from './start-engine.ts';
import { VERSION } from './version.ts';

/** Raised with each migration that changes what batches are written for. */
const SCHEMA_VERSION = 3;

export interface RunningServer {
  /** Of the main port. */
  readonly url: string;
  readonly receivers: readonly Receiver[];
  /** Rejects when the server cannot go on, e.g. because the database is of a newer version. */
  readonly failed: Promise<never>;
  /** Lets requests in flight finish and feeds what is pending, at most `drainMs`. */
  close(drainMs: number): Promise<void>;
}

export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const stack = new CleanUp();
  try {
    return await build(config, stack);
  } catch (error) {
    await stack.close(0);
    throw error;
  }
}

/** What was started, to be stopped last first. */
class CleanUp {
  readonly #steps: ((drainMs: number) => Promise<unknown> | void)[] = [];

  add(step: (drainMs: number) => Promise<unknown> | void): void {
    this.#steps.push(step);
  }

  async close(drainMs: number): Promise<void> {
    for (const step of this.#steps.splice(0).toReversed()) await step(drainMs);
  }
}

async function build(config: ServerConfig, stack: CleanUp): Promise<RunningServer> {
  const dataDir = openDataDir(config.dataDir);
  stack.add(() => dataDir.close());
  const own = createOwnTelemetry(config['telemetry.self']);
  const { tracer } = own;
  const logger = createLogger({
    level: config.logLevel,
    file: join(dataDir.logPath, 'server.log'),
    onLine: own.onLine,
    currentTrace: () => tracer.current,
  });
  const engine = new TracedEngine(await startEngine(config, dataDir, logger), tracer);
  stack.add(async () => engine.close());
  const stopping = new AbortController();
  stack.add(() => stopping.abort());
  const schema = prepareSchema(engine, {
    retentionDays: config['retention.days'],
    logger,
    signal: stopping.signal,
  });
  const limits = limitsOf(config);
  const formats = packFormats(config, dataDir.path);
  const intake = createIntake(config, { limits, statePath: dataDir.statePath, formats });
  const opened = await openPipeline(
    {
      dataDir: dataDir.path,
      engine: {
        insertNative: async (insert) => {
          await schema.ready;
          await engine.insertNative(insert);
        },
      },
      serverId: config.serverId,
      schemaVersion: SCHEMA_VERSION,
      limits: pipelineLimitsOf(config),
      nowMs: Date.now,
      onBlocksLost: () => intake.forgetSent(),
      warn: (message, details) => logger.warn(details ?? {}, message),
    },
    intake.signals,
  );
  stack.add(async (drainMs) => opened.close(drainMs));
  const pipeline = takingTurns(opened);
  const ownStore = own.store({
    pipeline,
    writer: intake.writer,
    spanWriter: intake.spanWriter,
  });
  stack.add(async () => ownStore.close());
  logger.info(opened.replayed, 'write-ahead log read');
  const { access, registry, signer } = await openAccess(config, { dataDir, engine, logger, stack });
  stack.add(startPatternJob({ engine, schema, logger, tracer }));
  stack.add(
    startRetentionJob({
      engine,
      schema,
      logger,
      tracer,
      bytesMax: () => tableBytesMax(config, dataDir),
    }),
  );
  stack.add(startServiceEdgesJob({ engine, schema, logger, tracer }));
  stack.add(startChangesJob({ engine, schema, logger, tracer }));
  const receivers: Receiver[] = [];
  const collectors = new CollectorReports(Date.now);
  let canary: Canary | undefined;
  const closing = new AbortController();
  const reading = {
    engine,
    limits,
    flush: async (signal?: AbortSignal, range?: TimeRange, table?: RecordTable) => {
      await ownStore.send(table);
      await pipeline.flush(signal, range, table);
    },
  };
  const spanReader = new LogReader({ ...reading, source: SPAN_SOURCE });
  const http = createHttpApp({
    closing: closing.signal,
    version: VERSION,
    reader: new LogReader(reading),
    spanReader,
    knowledge: packKnowledge(config, dataDir.path),
    engine,
    pipeline,
    forgetSent: intake.forgetSent,
    decodeLines: (body, source, sink) => {
      const nowNs = BigInt(Date.now()) * NS_PER_MS;
      return decodeBody({ body, source, formats, writer: intake.writer, sink, nowNs });
    },
    access,
    registry,
    signer,
    limits,
    allowedOrigins: config['access.allowedOrigins'],
    receivers: () => receivers.map(({ name, url }) => ({ name, url })),
    retention: () => ({
      days: config['retention.days'],
      bytesMax: config['engine.url'] === undefined ? tableBytesMax(config, dataDir) : null,
    }),
    collectors,
    canaries: () => canary?.tallies() ?? [],
    patternsUntold: intake.patternsUntold,
    logger,
    tracer,
    pages: openPages(pagesFolder()),
  });
  const dependencies: ReceiverDependencies = {
    pipeline,
    writer: intake.writer,
    spanWriter: intake.spanWriter,
    spanReader,
    limits,
    access,
    collectors,
    tracer,
    nowMs: Date.now,
    warn: (message) => logger.warn(message),
  };
  const mounted = mountedReceivers(config, dependencies);
  const address = { host: config.host, port: config.port };
  const main = await startMainListener(http, address, mounted);
  stack.add(async (drainMs) => {
    closing.abort();
    await main.close(drainMs);
  });
  receivers.push(...mounted.map(({ name, path }) => mountedReceiver(name, main.url + path)));
  receivers.push(...(await startReceivers(config, dependencies)));
  stack.add(async (drainMs) =>
    Promise.all(receivers.map(async (receiver) => receiver.close(drainMs))),
  );
  if (config['canary.enabled']) {
    const targets = canaryTargets(
      config,
      [{ name: 'ndjson', url: main.url }, ...receivers],
      registry,
    );
    const everyMs = config['canary.everyMs'];
    const { warn, nowMs } = dependencies;
    const started = startCanary({ targets, engine, pipeline, everyMs, nowMs, warn });
    stack.add(async () => started.close());
    canary = started;
  }
  stack.add(
    startOwnSources({
      config,
      dataPath: dataDir.path,
      formats,
      redactor: intake.redactor,
      url: receivers.find(({ name }) => name === 'otlp-http')?.url,
      token: registry.createOwn('sources', ['ingest']),
      logger,
    }),
  );
  if (engine.state() === 'ready') await schema.ready;
  logger.info({ receivers: receivers.map(({ url }) => url) }, 'server ready');
  return {
    url: main.url,
    receivers,
    failed: schema.ready.then(async () => new Promise<never>(() => undefined)),
    close: async (drainMs) => stack.close(drainMs),
  };
}

function limitsOf(config: ServerConfig): Limits {
  const names = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];
  const entries = names.map((name) => [name, config[`limits.${name}`]] as const);
  return Object.fromEntries(entries) as unknown as Limits;
}

function pipelineLimitsOf(config: ServerConfig): PipelineLimits {
  return {
    ...DEFAULT_PIPELINE_LIMITS,
    walBytesMax: config['wal.bytesMax'],
    tailSubscribersMax: config['limits.tailSubscribersMax'],
    disk: {
      usedFractionMax: config['disk.usedShareMax'],
      freeBytesMin: config['disk.freeBytesMin'],
    },
  };
}

function tableBytesMax(config: ServerConfig, { enginePath }: DataDir): number {
  // The disks of an external ClickHouse are its owner's business.
  if (config['engine.url'] !== undefined) return Infinity;
  const { blocks, bsize } = statfsSync(enginePath);
  return blocks * bsize * config['retention.diskShareMax'];
}

interface AccessParts {
  readonly dataDir: DataDir;
  readonly engine: Engine;
  readonly logger: Logger;
  readonly stack: CleanUp;
}

async function openAccess(
  config: ServerConfig,
  { dataDir, engine, logger, stack }: AccessParts,
): Promise<{ access: Access; registry: TokenRegistry; signer: SessionSigner }> {
  const tokensFile = config['access.tokensFile'];
  const registry = await TokenRegistry.open({
    mirror: tokenMirror(join(dataDir.statePath, 'tokens.json')),
    table: tokenTable(engine),
    ...(tokensFile === undefined ? {} : { tokensFile }),
    isShared: engine.kind === 'remote',
    nowMs: Date.now,
    warn: (message) => logger.warn(message),
  });
  const listening = receiverAddresses(config).filter(({ definition }) => definition.takesTokens);
  const hosts = [config.host, ...listening.map(({ address }) => address.host)];
  refuseOpenBind({ hosts, tokensConfigured: registry.configured });
  registry.start();
  stack.add(() => registry.close());
  const sessionKey = siteSecret(join(dataDir.statePath, 'session.key'), true);
  const signer: SessionSigner = { key: sessionKey, nowMs: Date.now };
  const access = createAccess({
    registry,
    signer,
    hosts,
    allowedHosts: config['access.allowedHosts'],
    allowedOrigins: config['access.allowedOrigins'],
  });
  return { access, registry, signer };
}

function canaryTargets(
  config: ServerConfig,
  receivers: readonly Pick<Receiver, 'name' | 'url'>[],
  registry: TokenRegistry,
): readonly CanaryTarget[] {
  const token = registry.createOwn('canary', ['ingest']);
  const sharedKey = config['receivers.fluent.sharedKey'];
  return receivers
    .filter(({ name }) => CANARY_SENDERS.has(name) && !wantsClientCertificate(config, name))
    .map(({ name: receiver, url }) => ({ receiver, url, token, sharedKey }));
}

/** Then nobody without one can send, and neither can we. */
function wantsClientCertificate(config: ServerConfig, receiver: string): boolean {
  const key = `receivers.${receiver}.clientCaFile`;
  return key in config && config[key as keyof ServerConfig] !== undefined;
}

function receiverAddresses(
  config: ServerConfig,
): readonly { readonly definition: ReceiverDefinition; readonly address: ListenAddress }[] {
  return RECEIVERS.flatMap((definition) => {
    const address = definition.listen(config);
    if (address === undefined || address === 'main') return [];
    // `:4318` means that port on the address of the main port.
    return [{ definition, address: { ...address, host: address.host || config.host } }];
  });
}

function mountedReceivers(
  config: ServerConfig,
  dependencies: ReceiverDependencies,
): readonly (MountedReceiver & { readonly name: string })[] {
  return RECEIVERS.flatMap((definition) => {
    const { name, mount } = definition;
    if (mount === undefined || definition.listen(config) !== 'main') return [];
    const handle = requestHandler(mount.protocol(dependencies), mount.path);
    return [{ name, path: mount.path, handle }];
  });
}

/** It stops with the main port. */
function mountedReceiver(name: string, url: string): Receiver {
  return { name, url, close: async () => Promise.resolve() };
}

async function startReceivers(
  config: ServerConfig,
  dependencies: ReceiverDependencies,
): Promise<Receiver[]> {
  const started: Receiver[] = [];
  try {
    for (const { definition, address } of receiverAddresses(config)) {
      started.push(await definition.start(address, config, dependencies));
    }
    return started;
  } catch (error) {
    await Promise.all(started.map(async (receiver) => receiver.close(0)));
    throw error;
  }
}
