/**
 * MessagePack within bounds. Where a value ends is found before anything is built from it, so that a header
 * of five bytes cannot make four billion elements, and nesting stops at a depth.
 */
import { decode, ExtensionCodec } from '@msgpack/msgpack';
import { decodeUtf8 } from '@tendril/columns/utf8';
import { Failure } from '@tendril/model/failure';

/** A time as Fluent writes it, in whole nanoseconds. */
export class EventTime {
  readonly ns: bigint;

  constructor(ns: bigint) {
    this.ns = ns;
  }
}

/**
 * Texts and byte strings are both bytes: old senders write one for the other. Throws a `malformed` Failure.
 */
export function decodeMessagePack(bytes: Uint8Array): unknown {
  try {
    return decode(withoutProto(bytes), {
      extensionCodec: EXTENSIONS,
      useBigInt64: true,
      rawStrings: true,
      mapKeyConverter: String,
    });
  } catch (cause) {
    throw malformed('a value is not MessagePack', cause);
  }
}

const PROTO = Buffer.from('__proto__');

// The library refuses a whole message for a key of this name; here the key gets another one.
function withoutProto(bytes: Uint8Array): Uint8Array {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = view.indexOf(PROTO);
  if (at < 0) return bytes;
  const copy = Buffer.from(view);
  for (; at >= 0; at = copy.indexOf(PROTO, at)) copy.write('_proto___', at);
  return copy;
}

export function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return decodeUtf8(value, 0, value.length);
  return typeof value === 'string' ? value : '';
}

/** The extension of Fluent's times. */
export const EVENT_TIME = 0;
const EXTENSIONS: ExtensionCodec = new ExtensionCodec();
EXTENSIONS.register({
  type: EVENT_TIME,
  encode: () => null,
  decode: (bytes) => {
    if (bytes.length !== 8) throw malformed('an event time has not 8 bytes');
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    return new EventTime(BigInt(view.getUint32(0)) * 1_000_000_000n + BigInt(view.getUint32(4)));
  },
});

/** Finds the end of the value that bytes begin with, and goes on where it stopped when more have come. */
export class ValueScanner {
  private readonly depthMax: number;
  private position = 0;
  /** For each open array or map: values that are still to come. */
  private open: number[] = [];

  constructor(depthMax: number) {
    this.depthMax = depthMax;
  }

  /**
   * `bytes` begin where they began before, and may have grown. Undefined while the value is not whole;
   * after its end the scanner is ready for the next one.
   */
  end(bytes: Uint8Array): number | undefined {
    for (;;) {
      const header = headerAt(bytes, this.position);
      if (header === undefined || header.end > bytes.length) return undefined;
      this.position = header.end;
      if (header.children > 0) this.openContainer(header.children);
      else if (this.closeValue()) return this.finished();
    }
  }

  private openContainer(children: number): void {
    if (this.open.length >= this.depthMax)
      throw malformed(`it is nested deeper than ${this.depthMax}`);
    this.open.push(children);
  }

  // True when that was the last value of all that is open.
  private closeValue(): boolean {
    for (let depth = this.open.length - 1; depth >= 0; depth -= 1) {
      const left = (this.open[depth] ?? 1) - 1;
      this.open[depth] = left;
      if (left > 0) return false;
      this.open.pop();
    }
    return true;
  }

  private finished(): number {
    const end = this.position;
    this.position = 0;
    return end;
  }
}

interface Header {
  /** Of the header, and of the content of what is no array or map. */
  readonly end: number;
  /** Values that belong to it. */
  readonly children: number;
}

/** Bytes after the first one that are all of the value, for the types whose size is fixed. */
const FIXED_BYTES: ReadonlyMap<number, number> = new Map([
  ...[0xc0, 0xc2, 0xc3].map((type) => [type, 0] as const),
  ...[0xcc, 0xd0].map((type) => [type, 1] as const),
  ...[0xcd, 0xd1, 0xd4].map((type) => [type, 2] as const),
  [0xd5, 3],
  ...[0xca, 0xce, 0xd2].map((type) => [type, 4] as const),
  [0xd6, 5],
  ...[0xcb, 0xcf, 0xd3].map((type) => [type, 8] as const),
  [0xd7, 9],
  [0xd8, 17],
]);

/** Bytes of the length, and how many more bytes than it says follow. */
const SIZED: ReadonlyMap<number, readonly [lengthBytes: number, more: number]> = new Map([
  [0xc4, [1, 0]],
  [0xc5, [2, 0]],
  [0xc6, [4, 0]],
  [0xc7, [1, 1]],
  [0xc8, [2, 1]],
  [0xc9, [4, 1]],
  [0xd9, [1, 0]],
  [0xda, [2, 0]],
  [0xdb, [4, 0]],
]);

/** Bytes of the count, and values of each of what is counted. */
const CONTAINERS: ReadonlyMap<number, readonly [countBytes: number, values: number]> = new Map([
  [0xdc, [2, 1]],
  [0xdd, [4, 1]],
  [0xde, [2, 2]],
  [0xdf, [4, 2]],
]);

// Undefined while the header is not whole.
function headerAt(bytes: Uint8Array, at: number): Header | undefined {
  const type = bytes[at];
  if (type === undefined) return undefined;
  const after = at + 1;
  if (type <= 0x7f || type >= 0xe0) return { end: after, children: 0 };
  if (type <= 0x8f) return { end: after, children: (type & 0x0f) * 2 };
  if (type <= 0x9f) return { end: after, children: type & 0x0f };
  if (type <= 0xbf) return { end: after + (type & 0x1f), children: 0 };
  const fixed = FIXED_BYTES.get(type);
  if (fixed !== undefined) return { end: after + fixed, children: 0 };
  const sized = SIZED.get(type);
  if (sized) return sizedHeader(bytes, after, sized);
  const container = CONTAINERS.get(type);
  if (!container) throw malformed(`there is no type 0x${type.toString(16)}`);
  const [countBytes, values] = container;
  const count = bigEndian(bytes, after, countBytes);
  return count === undefined ? undefined : { end: after + countBytes, children: count * values };
}

function sizedHeader(
  bytes: Uint8Array,
  after: number,
  [lengthBytes, more]: readonly [number, number],
): Header | undefined {
  const length = bigEndian(bytes, after, lengthBytes);
  if (length === undefined) return undefined;
  return { end: after + lengthBytes + length + more, children: 0 };
}

function bigEndian(bytes: Uint8Array, at: number, count: number): number | undefined {
  if (at + count > bytes.length) return undefined;
  let value = 0;
  for (let i = 0; i < count; i += 1) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

function malformed(reason: string, cause?: unknown): Failure {
  return new Failure({ code: 'malformed', detail: `cannot read MessagePack: ${reason}`, cause });
}
