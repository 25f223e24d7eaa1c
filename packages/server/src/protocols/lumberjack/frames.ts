/**
 * Frames of Lumberjack, version 2 as Beats and Logstash speak it and version 1 of logstash-forwarder:
 * chunks in, frames out. Decompressing, windows and answers are the receiver's job.
 */
import { Failure } from '@tendril/model/failure';
import { FrameBuffer } from '../frame-buffer.ts';

export type LumberjackFrame =
  | InnerFrame
  /** A zlib stream of whole frames, none of them compressed. */
  | { readonly kind: 'compressed'; readonly bytes: Uint8Array };

export type InnerFrame =
  /** So many events follow before an answer is due. */
  | { readonly kind: 'window'; readonly size: number }
  /** JSON of an event. */
  | { readonly kind: 'json'; readonly sequence: number; readonly bytes: Buffer }
  | {
      readonly kind: 'pairs';
      readonly sequence: number;
      readonly pairs: readonly (readonly [Uint8Array, Uint8Array])[];
      readonly byteLength: number;
    };

/** Of one frame; a batch of Beats compresses to some hundred KiB. */
export const FRAME_BYTES_MAX: number = 16 * 1024 * 1024;
const PAIRS_MAX = 1024;
const HEADER_BYTES = 2;
const NUMBER_BYTES = 4;

const VERSION_1 = 0x31;
const VERSION_2 = 0x32;
const TYPE = { window: 0x57, json: 0x4a, pairs: 0x44, compressed: 0x43 } as const;

export class LumberjackFrames {
  private readonly buffer: FrameBuffer = new FrameBuffer();

  /** Bytes of a frame that has begun and not ended. */
  get heldBytes(): number {
    return this.buffer.length;
  }

  /** Frames are valid until the next `push`. Throws a `malformed` or `too_large` Failure. */
  *push(chunk: Uint8Array): Generator<LumberjackFrame> {
    this.buffer.append(chunk);
    yield* wholeFrames(this.buffer, true);
  }
}

/**
 * What was in a compressed frame, in which there is no other; the frames lie in `inflated`. Throws a `malformed` or
 * `too_large` Failure.
 */
export function* innerFrames(inflated: Buffer): Generator<InnerFrame> {
  const buffer = FrameBuffer.over(inflated);
  for (const frame of wholeFrames(buffer, false)) {
    if (frame.kind !== 'compressed') yield frame;
  }
  if (buffer.length > 0) throw malformed('a compressed frame ends in the middle of a frame');
}

function* wholeFrames(buffer: FrameBuffer, mayCompress: boolean): Generator<LumberjackFrame> {
  for (;;) {
    const reader = new FrameReader(buffer.bytes());
    const frame = readFrame(reader, mayCompress);
    if (frame === undefined) return;
    buffer.consume(reader.position);
    yield frame;
  }
}

/** Tells the sender that all events up to this one are stored; 0 that it has to go on waiting. */
export function lumberjackAnswer(sequence: number): Uint8Array {
  const bytes = Buffer.from('2A\0\0\0\0');
  bytes.writeUInt32BE(sequence, HEADER_BYTES);
  return bytes;
}

// Undefined while the frame is not whole.
function readFrame(reader: FrameReader, mayCompress: boolean): LumberjackFrame | undefined {
  const { bytes } = reader;
  const [version, type] = bytes;
  if (version !== undefined && version !== VERSION_1 && version !== VERSION_2) {
    throw malformed('a frame does not begin with its version; is the sender using TLS?');
  }
  if (type === undefined) return undefined;
  reader.position = HEADER_BYTES;
  switch (type) {
    case TYPE.window:
      return wholeOrNot(reader.number(), (size) => ({ kind: 'window', size }));
    case TYPE.json:
      return wholeOrNot(reader.number(), (sequence) =>
        wholeOrNot(reader.text(), (json) => ({ kind: 'json', sequence, bytes: json })),
      );
    case TYPE.pairs:
      return wholeOrNot(reader.number(), (sequence) => readPairs(reader, sequence));
    case TYPE.compressed:
      if (!mayCompress) throw malformed('a compressed frame is inside a compressed frame');
      return wholeOrNot(reader.text(), (inner) => ({ kind: 'compressed', bytes: inner }));
    default:
      throw malformed(`there is no frame of type 0x${type.toString(16)}`);
  }
}

function wholeOrNot<T>(
  part: T | undefined,
  make: (part: T) => LumberjackFrame | undefined,
): LumberjackFrame | undefined {
  return part === undefined ? undefined : make(part);
}

function readPairs(reader: FrameReader, sequence: number): LumberjackFrame | undefined {
  const count = reader.number();
  if (count === undefined) return undefined;
  if (count > PAIRS_MAX) throw malformed(`an event has ${count} fields, limit ${PAIRS_MAX}`);
  const pairs: [Uint8Array, Uint8Array][] = [];
  for (let number = 0; number < count; number += 1) {
    const key = reader.text();
    const value = reader.text();
    if (key === undefined || value === undefined) return undefined;
    pairs.push([key, value]);
  }
  return { kind: 'pairs', sequence, pairs, byteLength: reader.position };
}

class FrameReader {
  position = 0;
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  number(): number | undefined {
    if (this.position + NUMBER_BYTES > this.bytes.length) return undefined;
    const value = this.bytes.readUInt32BE(this.position);
    this.position += NUMBER_BYTES;
    return value;
  }

  text(): Buffer | undefined {
    const length = this.number();
    if (length === undefined) return undefined;
    if (length > FRAME_BYTES_MAX || this.position + length > FRAME_BYTES_MAX * 2) {
      throw new Failure({
        code: 'too_large',
        detail: `a frame has ${length} bytes, limit ${FRAME_BYTES_MAX}`,
        params: { bytesMax: FRAME_BYTES_MAX },
      });
    }
    const end = this.position + length;
    if (end > this.bytes.length) return undefined;
    const text = this.bytes.subarray(this.position, end);
    this.position = end;
    return text;
  }
}

function malformed(reason: string): Failure {
  return new Failure({ code: 'malformed', detail: `cannot read Lumberjack: ${reason}` });
}
