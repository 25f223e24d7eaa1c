/**
 * GELF over UDP cuts long messages into chunks: `1e 0f`, an id of eight bytes, number and count, then the part.
 * Messages whose chunks do not all come in time are given up and counted.
 */
export interface GelfDatagram {
  readonly bytes: Uint8Array;
  readonly peer: string;
}

/** By the specification: after that the message is discarded. */
const WAIT_MS_MAX = 5_000;
const CHUNKS_MAX = 128;
const HEADER_BYTES = 12;
/** Of all messages that wait for a chunk. */
const WAITING_MESSAGES_MAX = 4_096;
const WAITING_BYTES_MAX: number = 32 * 1024 * 1024;

interface Waiting {
  readonly parts: (Uint8Array | undefined)[];
  readonly sinceMs: number;
  missing: number;
  byteLength: number;
}

export class GelfChunks {
  /** Messages that were given up. */
  lost = 0;
  private readonly waiting: Map<string, Waiting> = new Map();
  private waitingBytes = 0;

  /** The message that is whole now; undefined while parts are missing. */
  add({ bytes, peer }: GelfDatagram, nowMs: number): GelfDatagram | undefined {
    if (!isChunk(bytes)) return { bytes, peer };
    this.giveUpOld(nowMs);
    const number = bytes[10] ?? 0;
    const count = bytes[11] ?? 0;
    if (count === 0 || count > CHUNKS_MAX || number >= count || bytes.length === HEADER_BYTES) {
      this.lost += 1;
      return undefined;
    }
    const id = `${peer} ${Buffer.from(bytes.subarray(2, 10)).toString('hex')}`;
    const message = this.waiting.get(id) ?? this.begin(id, count, nowMs);
    if (message.parts.length !== count || message.parts[number] !== undefined) return undefined;
    return this.addPart(id, message, { number, part: bytes.subarray(HEADER_BYTES), peer });
  }

  /** Gives up what waits for too long. */
  giveUpOld(nowMs: number): void {
    for (const [id, { sinceMs }] of this.waiting) {
      const isCrowded =
        this.waitingBytes > WAITING_BYTES_MAX || this.waiting.size > WAITING_MESSAGES_MAX;
      // The oldest come first.
      if (nowMs - sinceMs <= WAIT_MS_MAX && !isCrowded) return;
      this.forget(id);
      this.lost += 1;
    }
  }

  private begin(id: string, count: number, nowMs: number): Waiting {
    const parts = Array.from({ length: count }, (): Uint8Array | undefined => undefined);
    const message = { parts, sinceMs: nowMs, missing: count, byteLength: 0 };
    this.waiting.set(id, message);
    return message;
  }

  private addPart(
    id: string,
    message: Waiting,
    { number, part, peer }: { number: number; part: Uint8Array; peer: string },
  ): GelfDatagram | undefined {
    message.parts[number] = part;
    message.missing -= 1;
    message.byteLength += part.length;
    this.waitingBytes += part.length;
    if (message.missing > 0) return undefined;
    this.forget(id);
    return { bytes: Buffer.concat(message.parts.flatMap((one) => one ?? [])), peer };
  }

  private forget(id: string): void {
    this.waitingBytes -= this.waiting.get(id)?.byteLength ?? 0;
    this.waiting.delete(id);
  }
}

function isChunk(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && bytes[0] === 0x1e && bytes[1] === 0x0f;
}
