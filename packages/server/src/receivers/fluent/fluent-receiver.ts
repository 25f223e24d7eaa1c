/**
 * The receiver `fluent`: Fluentd, Fluent Bit, Docker's log driver and loggers by the forward protocol. A chunk is
 * answered when it is on disk, where its sender asks for that.
 */
import { createHash, randomBytes } from 'node:crypto';
import { encode } from '@msgpack/msgpack';
import { Failure } from '@tendril/model/failure';
import { NS_PER_MS } from '@tendril/model/time-range';
import { FrameBuffer } from '../../protocols/frame-buffer.ts';
import {
  decodeForward,
  readForwardMessage,
  type ForwardMessage,
} from '../../protocols/fluent/forward.ts';
import { answerPing, helo } from '../../protocols/fluent/handshake.ts';
import { ValueScanner } from '../../protocols/fluent/messagepack.ts';
import { ingestPatiently } from '../patient-ingest.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';
import type { StreamConnection } from '../stream-receiver.ts';

const SOURCE = 'fluent';
const NONCE_BYTES = 16;
/** A message has an array of entries around its records. */
const MESSAGE_LEVELS = 4;

export async function serveFluent(
  connection: StreamConnection,
  dependencies: ReceiverDependencies,
  sharedKey: string | undefined,
): Promise<void> {
  const nonce = randomBytes(NONCE_BYTES);
  let isGreeted = sharedKey === undefined;
  if (!isGreeted) connection.write(helo(nonce));
  const values = new Values(dependencies);
  const intake = new MessageIntake(connection, dependencies);
  for await (const chunk of connection.chunks) {
    try {
      for (const value of values.push(chunk)) {
        if (isGreeted || sharedKey === undefined) {
          await intake.take(value);
          continue;
        }
        const { isWelcome, pong } = answerPing(value, { nonce, sharedKey });
        connection.write(pong);
        if (!isWelcome) return;
        isGreeted = true;
      }
    } finally {
      // What came before a message that cannot be read counts.
      await intake.flush();
    }
    connection.heldBytes = values.heldBytes;
  }
}

/** The stream cut into MessagePack values. */
class Values {
  private readonly buffer: FrameBuffer = new FrameBuffer();
  private readonly scanner: ValueScanner;
  private readonly bytesMax: number;

  constructor({ limits }: ReceiverDependencies) {
    this.scanner = new ValueScanner(limits.nestingDepthMax + MESSAGE_LEVELS);
    this.bytesMax = limits.requestBytesMax;
  }

  get heldBytes(): number {
    return this.buffer.length;
  }

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    this.buffer.append(chunk);
    for (;;) {
      const bytes = this.buffer.bytes();
      const end = this.scanner.end(bytes);
      if (end === undefined) break;
      this.buffer.consume(end);
      yield bytes.subarray(0, end);
    }
    if (this.buffer.length <= this.bytesMax) return;
    throw new Failure({
      code: 'too_large',
      detail: `a message has more than ${this.bytesMax} bytes`,
      params: { bytesMax: this.bytesMax },
    });
  }
}

/**
 * Messages that nobody waits for are stored together, as far as they came in one piece: loggers and Docker send each
 * record as a message of its own.
 */
class MessageIntake {
  private readonly connection: StreamConnection;
  private readonly dependencies: ReceiverDependencies;
  private waiting: ForwardMessage[] = [];

  constructor(connection: StreamConnection, dependencies: ReceiverDependencies) {
    this.connection = connection;
    this.dependencies = dependencies;
  }

  /** The bytes are read until `flush` at the latest. */
  async take(bytes: Uint8Array): Promise<void> {
    const { requestBytesMax: bytesMax, nestingDepthMax } = this.dependencies.limits;
    const depthMax = nestingDepthMax + MESSAGE_LEVELS;
    const message = readForwardMessage(bytes, { bytesMax, depthMax });
    if (message === undefined) return;
    if (message.chunk === '') {
      this.waiting.push(message);
      return;
    }
    await this.flush();
    // A chunk has an id that it keeps when it is sent again; other messages are at least once.
    await this.store([message], { requestId: `${SOURCE}:${hashOf(bytes)}` });
    this.connection.write(encode({ ack: message.chunk }));
  }

  async flush(): Promise<void> {
    const messages = this.waiting;
    this.waiting = [];
    if (messages.length > 0) await this.store(messages, {});
  }

  private async store(
    messages: readonly ForwardMessage[],
    id: { readonly requestId?: string },
  ): Promise<void> {
    const { pipeline, writer, nowMs } = this.dependencies;
    const nowNs = BigInt(nowMs()) * NS_PER_MS;
    const request = {
      source: SOURCE,
      ...id,
      decode: (sink: Parameters<typeof decodeForward>[2]) =>
        decodeForward(messages, writer, sink, nowNs),
    };
    await ingestPatiently(pipeline, request, this.connection.signal);
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('base64url');
}
