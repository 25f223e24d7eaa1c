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
  for await (const chunk of connection.chunks) {
    for (const value of values.push(chunk)) {
      if (isGreeted || sharedKey === undefined) {
        await store(value, connection, dependencies);
        continue;
      }
      const { isWelcome, pong } = answerPing(value, { nonce, sharedKey });
      connection.write(pong);
      if (!isWelcome) return;
      isGreeted = true;
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

async function store(
  bytes: Uint8Array,
  connection: StreamConnection,
  dependencies: ReceiverDependencies,
): Promise<void> {
  const { pipeline, writer, limits, nowMs } = dependencies;
  const { requestBytesMax: bytesMax, nestingDepthMax } = limits;
  const depthMax = nestingDepthMax + MESSAGE_LEVELS;
  const message = readForwardMessage(bytes, { bytesMax, depthMax });
  if (message === undefined) return;
  const nowNs = BigInt(nowMs()) * NS_PER_MS;
  const request = {
    source: SOURCE,
    ...requestIdOf(message, bytes),
    decode: (sink: Parameters<typeof decodeForward>[2]) =>
      decodeForward(message, writer, sink, nowNs),
  };
  await ingestPatiently(pipeline, request, connection.signal);
  if (message.chunk !== '') connection.write(encode({ ack: message.chunk }));
}

/** A chunk has an id that it keeps when it is sent again; other messages are at least once. */
function requestIdOf(
  { chunk }: ForwardMessage,
  bytes: Uint8Array,
): { readonly requestId?: string } {
  if (chunk === '') return {};
  return { requestId: `${SOURCE}:${createHash('sha1').update(bytes).digest('base64url')}` };
}
