/**
 * Memory for what is made of columns each time a batch is encoded, used again after `reset`. Made anew it
 * comes to 50 bytes a record, which the garbage collector answers with full collections, since nothing
 * else of a record gives it an occasion (bench ingest-logs).
 */
const ALIGNMENT_BYTES = 8;

export class ScratchMemory {
  private memory: Uint8Array = new Uint8Array(0);
  private usedBytes = 0;

  /** Zeros, aligned for numbers of any width; valid until `reset`. */
  take(byteLength: number): Uint8Array {
    const end = this.usedBytes + byteLength;
    // What was taken before stays where it is.
    if (end > this.memory.length) this.startAnew(Math.max(byteLength, this.memory.length * 2));
    const start = this.usedBytes;
    this.usedBytes += Math.ceil(byteLength / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    return this.memory.subarray(start, start + byteLength).fill(0);
  }

  reset(): void {
    this.usedBytes = 0;
  }

  private startAnew(byteLength: number): void {
    this.memory = new Uint8Array(byteLength);
    this.usedBytes = 0;
  }
}
