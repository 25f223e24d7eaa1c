/**
 * The agent: follows logs, makes records of their lines, keeps them on disk until the server has them, and
 * moves places behind that. It can be killed at any moment: nothing is lost, and what is sent twice has the
 * same batch id, by which the server knows it.
 */
import { createHash, randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import type { CollectedKind, CollectorReport } from '@tendril/api/collectors';
import { linesSource } from '@tendril/intake/formats/body-source';
import type { FormatTable } from '@tendril/intake/format-table';
import type { Redactor } from '@tendril/intake/redact/redactor';
import { LINE_BYTES_MAX } from '@tendril/intake/sources/line-splitter';
import { MergedLines } from '@tendril/intake/sources/merged-lines';
import type { Origin, SourceEvent } from '@tendril/intake/sources/origin-lines';
import { localZone } from '@tendril/intake/zone';
import { messageOf } from '@tendril/model/failure';
import { agentFormats, hasOwnPacks, type AgentConfig } from './agent-config.ts';
import {
  openSources,
  type AgentPlace,
  type CollectedLines,
  type OpenedSource,
} from './agent-sources.ts';
import { DiskBuffer, type BufferedEntry } from './buffer/disk-buffer.ts';
import { CollectionHealth } from './collection-health.ts';
import { LossRecords } from './loss-records.ts';
import type { Rejected } from './otlp/export-response.ts';
import { OriginStreams } from './origin-streams.ts';
import { PlaceFile } from './place-file.ts';
import { RequestRecords, type ShippedSource } from './request-records.ts';
import { reportHealth } from './shipping/report-health.ts';
import { sendRequest, type SendOutcome, type SendTarget } from './shipping/send-request.ts';

export interface AgentOptions {
  readonly config: AgentConfig;
  readonly redactor: Redactor;
  /** Those of the server; of the configuration when absent. */
  readonly formats?: FormatTable;
  /** Says where clusters and engines are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  readonly onEvent: (event: AgentEvent) => void;
  /** Called for each request that is on disk. */
  readonly onKept?: () => void;
}

export type AgentEvent =
  | SourceEvent
  | { readonly kind: 'waiting'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string; readonly recordCount: number };

/** Worth a request: a request costs about a millisecond (`bench agent`), and servers take some megabytes. */
const RECORDS_MAX = 5_000;
const REQUEST_BYTES: number = 2 * 1024 * 1024;
/** A record that may still grow is complete when nothing came for so long; also the delay of a quiet file. */
const QUIET_MS = 500;
const SAVE_EVERY_MS = 1_000;
/** Origins remembered, those that were read last. */
const ORIGINS_MAX = 10_000;
/** Before a source that failed as a whole is opened again. */
const RETRY_MS = { min: 1_000, max: 30_000 };
/** Requests on their way at once. */
const SENDING_MAX = 4;
const NS_PER_MS = 1_000_000n;

const compress = promisify(zstdCompress);

/** Runs until the signal is given; what is not acknowledged by then is on disk. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { config, signal } = options;
  const formats = options.formats ?? agentFormats(config);
  const places = await PlaceFile.open(join(config.dataDir, 'places.json'));
  const buffer = await DiskBuffer.open<AgentPlace>({
    directory: join(config.dataDir, 'buffer'),
    bytesMax: config.bufferMegabytes * 1024 * 1024,
    acknowledged: places.acknowledged,
  });
  // What an earlier run left in the buffer was read already.
  const left = buffer.entries.flatMap((entry) => entry.places);
  const from = [...places.places, ...left];
  const health = new CollectionHealth(options.nowMs);
  const target = { url: config.server.replace(/\/+$/, ''), token: config.token, fetch };
  const shipping = ship(options, { buffer, health, places, target });
  const saving = saveRegularly(signal, buffer, places);
  const report = reporterOf(options, buffer, health);
  const reporting = reportHealth({ target, report, signal });
  try {
    await new Collector(options, { buffer, formats, health }).collect(from);
  } finally {
    await Promise.all([shipping, saving, reporting]);
    await places.save();
    await buffer.close();
  }
}

/** Says how collecting goes. */
function reporterOf(
  { config, nowMs }: AgentOptions,
  buffer: DiskBuffer<AgentPlace>,
  health: CollectionHealth,
): () => CollectorReport {
  const { dataDir, host } = config;
  const startedAt = new Date(nowMs()).toISOString();
  const id = createHash('sha256')
    .update(`${host}\0${resolve(dataDir)}`)
    .digest('hex')
    .slice(0, 16);
  return () => ({
    id,
    host,
    startedAt,
    waitingRecords: buffer.recordCount,
    bufferBytes: buffer.bytes,
    bufferBytesMax: config.bufferMegabytes * 1024 * 1024,
    sentRecords: health.sentRecords,
    refusedRecords: health.refusedRecords,
    refusedReason: health.refusedReason,
    sources: health.report(),
  });
}

interface Collecting {
  readonly buffer: DiskBuffer<AgentPlace>;
  readonly formats: FormatTable;
  readonly health: CollectionHealth;
}

/** Reads the sources of the configuration into the buffer. */
class Collector {
  private readonly options: AgentOptions;
  private readonly formats: FormatTable;
  private readonly buffer: DiskBuffer<AgentPlace>;
  private readonly health: CollectionHealth;
  private readonly records: RequestRecords;
  /** Whose configuration holds for an origin. */
  private readonly sources: Map<string, OpenedSource> = new Map();
  /** Where a source goes on that is opened again. */
  private readonly readTo: Map<string, AgentPlace> = new Map();

  constructor(options: AgentOptions, { buffer, formats, health }: Collecting) {
    this.options = options;
    this.formats = formats;
    this.buffer = buffer;
    this.health = health;
    const { config, nowMs, redactor } = options;
    const nowNs = (): bigint => BigInt(Math.trunc(nowMs())) * NS_PER_MS;
    const hasOwnFormats = options.formats === undefined && hasOwnPacks(config);
    this.records = new RequestRecords({ redactor, nowNs, hasOwnFormats });
  }

  async collect(places: readonly AgentPlace[]): Promise<void> {
    const { nowMs } = this.options;
    const { records } = this;
    const merged = new MergedLines<CollectedLines>();
    const reading = this.readAll(places, merged);
    const streams = new OriginStreams({
      records,
      sourceOf: (origin) => this.linesOf(origin),
    });
    for await (const lines of withQuiet(merged.take(), QUIET_MS)) {
      if (lines) {
        this.sources.delete(lines.origin.id);
        this.sources.set(lines.origin.id, lines.source);
        forgetOldest(this.sources, ORIGINS_MAX);
        this.noteRead(lines, streams.push(lines, nowMs()));
        this.tellOfCut(lines);
      }
      streams.flushQuiet(nowMs() - QUIET_MS);
      // A log that is behind fills a request; nobody waits for one that is not.
      const isWorthIt = records.count >= RECORDS_MAX || records.bytes >= REQUEST_BYTES;
      if (isWorthIt || !lines) await this.keep(streams);
    }
    streams.flushQuiet(Infinity);
    await this.keep(streams);
    await reading;
  }

  private async readAll(
    places: readonly AgentPlace[],
    merged: MergedLines<CollectedLines>,
  ): Promise<void> {
    const { config, environment, nowMs, onEvent, signal } = this.options;
    // Read by this run goes before what an earlier one was told.
    const placesNow = (): readonly AgentPlace[] => [...places, ...this.readTo.values()];
    const losses = new LossRecords(nowMs, (lines) => void merged.put(lines));
    const tell = (kind: CollectedKind, event: SourceEvent): void => {
      onEvent(event);
      this.health.note(kind, event);
      if (event.kind === 'possible_loss') losses.add(event);
    };
    const sources = openSources(config, (kind) => ({
      places: placesNow,
      environment,
      nowMs,
      signal,
      onEvent: (event) => tell(kind, event),
    }));
    signal.addEventListener('abort', () => merged.end(), { once: true });
    await Promise.all(sources.map(async (source) => await this.read(source, merged)));
    merged.end();
  }

  /** A source that cannot be read is told of; the others go on. */
  private async read(source: OpenedSource, merged: MergedLines<CollectedLines>): Promise<void> {
    const { onEvent, signal } = this.options;
    for (
      let pauseMs = RETRY_MS.min;
      !signal.aborted;
      pauseMs = Math.min(RETRY_MS.max, pauseMs * 2)
    ) {
      try {
        for await (const lines of source.open()) {
          this.readTo.delete(lines.origin.id);
          this.readTo.set(lines.origin.id, lines.placeAfter(lines.lines.length));
          forgetOldest(this.readTo, ORIGINS_MAX);
          await merged.put({ ...lines, source });
        }
      } catch (error) {
        const event = {
          kind: 'unreadable' as const,
          path: source.name,
          detail: messageOf(error),
        };
        onEvent(event);
        if (source.kind !== undefined) this.health.note(source.kind, event);
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** `writtenNs` is when the newest record of these lines was written. */
  private noteRead({ lines, origin, source }: CollectedLines, writtenNs: bigint | undefined): void {
    if (source.kind === undefined) return;
    this.health.read({
      kind: source.kind,
      name: origin.name,
      sourceName: source.name,
      lineCount: lines.length,
      writtenMs: writtenNs === undefined ? undefined : Number(writtenNs / NS_PER_MS),
    });
  }

  private tellOfCut({ cutLines, origin }: CollectedLines): void {
    if (cutLines === 0) return;
    const detail = `${cutLines} lines were longer than ${LINE_BYTES_MAX} bytes and lost their end`;
    this.options.onEvent({ kind: 'possible_loss', path: origin.name, detail });
  }

  private async keep(streams: OriginStreams): Promise<void> {
    const { count: recordCount } = this.records;
    if (recordCount === 0) return;
    const places = streams.takePlaces();
    const request = await compress(this.records.take(), COMPRESSION);
    this.records.begin();
    while (this.buffer.isFull && !this.options.signal.aborted) {
      await this.buffer.change(this.options.signal);
    }
    if (this.options.signal.aborted && this.buffer.isFull) return;
    await this.buffer.add({
      batchId: `agent-${randomUUID()}`,
      recordCount,
      places,
      request,
    });
    this.options.onKept?.();
  }

  private linesOf({ id, resource }: Origin): ShippedSource {
    const { config, nowMs } = this.options;
    const source = this.sources.get(id);
    const { environment, format, resource: added, service, zone } = source?.config ?? {};
    const nowNs = BigInt(Math.trunc(nowMs())) * NS_PER_MS;
    const known = {
      ...(source?.isOfThisHost === true && { host: config.host }),
      ...(service !== undefined && { service }),
      ...(environment !== undefined && { environment }),
      ...(format !== undefined && { format }),
      ...(zone === undefined ? { hostZone: localZone().name } : { zone }),
    };
    const lines = linesSource(known, this.formats, nowNs);
    return { ...lines, format, resource: { ...resource, ...lines.resource, ...added } };
  }
}

function forgetOldest(remembered: Map<string, unknown>, sizeMax: number): void {
  const [oldest] = remembered.keys();
  if (remembered.size > sizeMax && oldest !== undefined) remembered.delete(oldest);
}

/** A request comes out in one piece or two. */
const COMPRESSION = {
  chunkSize: 128 * 1024,
  params: { [constants.ZSTD_c_compressionLevel]: 1 },
};

/** Undefined each time nothing came for a while. */
async function* withQuiet<T>(
  source: AsyncGenerator<T>,
  quietMs: number,
): AsyncGenerator<T | undefined> {
  let next = source.next();
  for (;;) {
    const { promise: quiet, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), quietMs);
    const came = await Promise.race([next, quiet]);
    clearTimeout(timer);
    if (came?.done) return;
    yield came?.value;
    if (came) next = source.next();
  }
}

interface Shipping {
  readonly buffer: DiskBuffer<AgentPlace>;
  readonly health: CollectionHealth;
  readonly places: PlaceFile;
  readonly target: SendTarget;
}

/** Sends entries a few at once; places move in the order in which they were read. */
async function ship(options: AgentOptions, shipping: Shipping): Promise<void> {
  const { signal } = options;
  const sending: Promise<boolean>[] = [];
  let before: Promise<boolean> = Promise.resolve(true);
  for (;;) {
    while (sending.length >= SENDING_MAX) await sending.shift();
    const entry = await shipping.buffer.next(signal);
    if (!entry) break;
    before = sendInOrder(options, { ...shipping, entry, before });
    sending.push(before);
  }
  await Promise.all(sending);
}

interface Sending extends Shipping {
  readonly entry: BufferedEntry<AgentPlace>;
  readonly before: Promise<boolean>;
}

/** False when it, or one before it, was not done: it is sent again after the next start. */
async function sendInOrder(
  { onEvent, signal }: AgentOptions,
  { before, entry, health, places, target }: Sending,
): Promise<boolean> {
  const outgoing = { batchId: entry.batchId, body: await entry.request() };
  const outcome = await sendRequest(target, outgoing, {
    signal,
    onWait: (detail) => onEvent({ kind: 'waiting', detail }),
  });
  if (!(await before) || outcome.kind === 'stopped') return false;
  const refused = refusedOf(outcome, entry.recordCount);
  if (refused) onEvent({ kind: 'refused', detail: refused.reason, recordCount: refused.count });
  health.delivered(entry.recordCount, refused);
  places.move(entry.places, entry.number);
  entry.release();
  return true;
}

function refusedOf(
  outcome: Exclude<SendOutcome, { kind: 'stopped' }>,
  recordCount: number,
): Rejected | undefined {
  if (outcome.kind === 'acknowledged') return outcome.rejected;
  return { count: recordCount, reason: outcome.reason };
}

async function saveRegularly(
  signal: AbortSignal,
  buffer: DiskBuffer<AgentPlace>,
  places: PlaceFile,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(SAVE_EVERY_MS, undefined, { signal }).catch(() => undefined);
    await buffer.sync();
    await places.save();
    await buffer.removeReleased();
  }
}
