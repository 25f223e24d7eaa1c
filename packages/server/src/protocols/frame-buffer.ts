/**
 * Bytes of a stream that are not a whole frame yet. Grows by doubling up to what frames may have, so that
 * a sender of single bytes costs no more than its bytes.
 */
const BYTES_INITIAL = 4096;

export class FrameBuffer {
  private memory: Buffer = Buffer.alloc(0);
  private start = 0;
  private end = 0;

  /** Over bytes that are whole already, without copying them. */
  static over(bytes: Buffer): FrameBuffer {
    const buffer = new FrameBuffer();
    buffer.memory = bytes;
    buffer.end = bytes.length;
    return buffer;
  }

  get length(): number {
    return this.end - this.start;
  }

  append(chunk: Uint8Array): void {
    if (this.end + chunk.length > this.memory.length) this.makeRoom(chunk.length);
    this.memory.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** What is there; valid until the next `append`. */
  bytes(): Buffer {
    return this.memory.subarray(this.start, this.end);
  }

  /** The first `count` bytes are dealt with. */
  consume(count: number): void {
    this.start += Math.min(count, this.length);
    if (this.start < this.end) return;
    this.start = 0;
    this.end = 0;
    // A large frame came once; its memory is not kept for the life of the connection.
    if (this.memory.length > BYTES_KEPT_MAX) this.memory = Buffer.alloc(0);
  }

  private makeRoom(count: number): void {
    const { length } = this;
    const needed = length + count;
    const isRoomAtStart = needed <= this.memory.length / 2;
    const memory = isRoomAtStart
      ? this.memory
      : Buffer.allocUnsafeSlow(Math.max(BYTES_INITIAL, needed * 2));
    this.memory.copy(memory, 0, this.start, this.end);
    this.memory = memory;
    this.start = 0;
    this.end = length;
  }
}

const BYTES_KEPT_MAX: number = 256 * 1024;
