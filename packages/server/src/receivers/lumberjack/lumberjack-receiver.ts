/**
 * The receiver `lumberjack`: Beats, Logstash and what else speaks Lumberjack. A window of events is answered
 * when it is on disk; until then its sender hears every few seconds that it has to wait, and nothing more is
 * read from it.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { Failure } from '@tendril/model/failure';
import { NS_PER_MS } from '@tendril/model/time-range';
import { decodeBeatsEvents, type BeatsEvent } from '../../protocols/lumberjack/beats-events.ts';
import {
  innerFrames,
  lumberjackAnswer,
  LumberjackFrames,
  type InnerFrame,
} from '../../protocols/lumberjack/frames.ts';
import { freeMemory } from '../../pipeline/free-memory.ts';
import { ingestPatiently } from '../patient-ingest.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';
import type { StreamConnection } from '../stream-receiver.ts';

const SOURCE = 'lumberjack';
/** Beats give up after 30 s and send everything again. */
const KEEP_ALIVE_EVERY_MS = 5_000;
/** Of a window; what came of a larger one is stored, and answered, in parts. */
const STORE_BYTES = 8 * 1024 * 1024;
const STORE_EVENTS = 65_536;

export async function serveLumberjack(
  connection: StreamConnection,
  dependencies: ReceiverDependencies,
): Promise<void> {
  const frames = new LumberjackFrames();
  const window = new Window(connection, dependencies);
  for await (const chunk of connection.chunks) {
    for (const frame of frames.push(chunk)) {
      if (frame.kind === 'compressed') await takeCompressed(frame.bytes, window, dependencies);
      else if (window.take(copied(frame))) await window.store();
    }
    connection.heldBytes = frames.heldBytes + window.heldBytes;
  }
}

const inflateZlib = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflate);

async function takeCompressed(
  bytes: Uint8Array,
  window: Window,
  { limits }: ReceiverDependencies,
): Promise<void> {
  const inflated = await inflateZlib(bytes, { maxOutputLength: limits.requestBytesMax }).catch(
    (cause: unknown) => {
      throw new Failure({
        code: 'malformed',
        detail: `a compressed frame is not zlib, or has more than ${limits.requestBytesMax} bytes inflated`,
        cause,
      });
    },
  );
  for (const frame of innerFrames(inflated)) {
    if (window.take(frame)) await window.store();
  }
  // Left to the collector, some hundred KiB for each window would wait for it.
  if (window.heldBytes === 0) freeMemory(inflated);
}

/** Frames of a connection lie in a buffer that is used again; `slice` of a Buffer would not copy. */
function copied(frame: InnerFrame): InnerFrame {
  switch (frame.kind) {
    case 'window':
      return frame;
    case 'json':
      return { ...frame, bytes: Buffer.from(frame.bytes) };
    case 'pairs':
      return {
        ...frame,
        pairs: frame.pairs.map(([key, value]) => [Buffer.from(key), Buffer.from(value)]),
      };
    default:
      return frame satisfies never;
  }
}

/** The events that came since the last answer. */
class Window {
  private readonly connection: StreamConnection;
  private readonly dependencies: ReceiverDependencies;
  private events: BeatsEvent[] = [];
  private bytes = 0;
  private sequence = 0;
  /** Events that are still to come. */
  private missing = 0;

  constructor(connection: StreamConnection, dependencies: ReceiverDependencies) {
    this.connection = connection;
    this.dependencies = dependencies;
  }

  get heldBytes(): number {
    return this.bytes;
  }

  /** True when it is time to store: the window is full, or what came of it is much. */
  take(frame: InnerFrame): boolean {
    if (frame.kind !== 'window') {
      this.add(frame);
      return this.missing === 0 || this.bytes >= STORE_BYTES || this.events.length >= STORE_EVENTS;
    }
    this.missing = frame.size;
    if (frame.size === 0) this.connection.write(lumberjackAnswer(0));
    // A new one before the old was full: what came counts.
    return this.events.length > 0;
  }

  private add(frame: Exclude<InnerFrame, { kind: 'window' }>): void {
    this.events.push(frame);
    this.bytes += frame.kind === 'json' ? frame.bytes.length : frame.byteLength;
    this.sequence = frame.sequence;
    this.missing = Math.max(0, this.missing - 1);
  }

  async store(): Promise<void> {
    const { events, sequence, connection } = this;
    this.events = [];
    this.bytes = 0;
    const waiting = setInterval(() => connection.write(lumberjackAnswer(0)), KEEP_ALIVE_EVERY_MS);
    try {
      await ingest(events, connection.signal, this.dependencies);
    } finally {
      clearInterval(waiting);
    }
    connection.write(lumberjackAnswer(sequence));
  }
}

async function ingest(
  events: readonly BeatsEvent[],
  signal: AbortSignal,
  { pipeline, writer, nowMs }: ReceiverDependencies,
): Promise<void> {
  const nowNs = BigInt(nowMs()) * NS_PER_MS;
  const requestId = requestIdOf(events);
  const request = {
    source: SOURCE,
    ...(requestId !== undefined && { requestId }),
    decode: (sink: Parameters<typeof decodeBeatsEvents>[2]) =>
      decodeBeatsEvents(events, writer, sink, nowNs),
  };
  await ingestPatiently(pipeline, request, signal);
}

/**
 * A sender that did not hear the answer sends the same events again. Beats' have a time; without one, two
 * equal windows may well be two.
 */
function requestIdOf(events: readonly BeatsEvent[]): string | undefined {
  const parts: Uint8Array[] = [];
  for (const event of events) {
    if (event.kind !== 'json' || !event.bytes.includes(TIME_KEY)) return undefined;
    parts.push(event.bytes, FEED);
  }
  // In one piece: a call into native code for each event would cost more than what it does.
  const id = createHash('sha1').update(Buffer.concat(parts)).digest('base64url');
  return `${SOURCE}:${id}`;
}

const TIME_KEY = Buffer.from('"@timestamp"');
const FEED = Buffer.from('\n');
