/**
 * Memory for frames. A frame lives for a second or two, until it is fed, and at full rate they come to
 * 100 MB/s: allocated one by one they make the garbage collector run several times a second. So they
 * are cut from slabs, which are used again when all frames in them were released.
 */
import { freeMemory } from '../free-memory.ts';

export interface FrameSpace {
  readonly bytes: Buffer;
  /** The bytes will not be read any more. Call it once; a space that is only dropped costs its slab. */
  readonly release: () => void;
}

const SLAB_BYTES = 8 * 1024 * 1024;
/** A larger frame gets memory of its own, so that a slab is never mostly empty. */
const SHARED_BYTES_MAX = SLAB_BYTES / 4;
/** What two inserts of 150,000 records free, one after the other. */
const IDLE_SLABS_MAX = 16;

/** Taken between two trims: what a canary and our own spans take is less. */
const REST_BYTES = 1024 * 1024;
/** What was taken since the last rest leaves memory behind that is worth a collection. */
const BUSY_BYTES = 64 * 1024 * 1024;

interface Slab {
  readonly bytes: Buffer;
  usedBytes: number;
  liveFrames: number;
}

export class FrameMemory {
  readonly #idle: Slab[] = [];
  /** How many of them were idle all the time since the last trim. */
  #spareSlabs = 0;
  #current: Slab | undefined;
  /** Since the last trim, */
  #takenBytes = 0;
  /** and since the last rest. */
  #busyBytes = 0;

  /** Not cleared. */
  take(byteLength: number): FrameSpace {
    this.#takenBytes += byteLength;
    if (byteLength > SHARED_BYTES_MAX) {
      return { bytes: Buffer.allocUnsafeSlow(byteLength), release: () => undefined };
    }
    const slab = this.#slabWith(byteLength);
    const bytes = slab.bytes.subarray(slab.usedBytes, slab.usedBytes + byteLength);
    slab.usedBytes += byteLength;
    slab.liveFrames += 1;
    return { bytes, release: () => this.#release(slab) };
  }

  /**
   * Gives memory back that was not needed since the last call. What comes and goes within that time stays:
   * slabs made anew each second would keep the garbage collector busy (bench ingest-logs). True once after each
   * load, when it is over.
   */
  trim(): boolean {
    for (const { bytes } of this.#idle.splice(0, this.#spareSlabs)) freeMemory(bytes);
    this.#spareSlabs = this.#idle.length;
    this.#busyBytes += this.#takenBytes;
    const isOver = this.#takenBytes <= REST_BYTES && this.#busyBytes >= BUSY_BYTES;
    this.#takenBytes = 0;
    if (isOver) this.#busyBytes = 0;
    return isOver;
  }

  #slabWith(byteLength: number): Slab {
    const current = this.#current;
    if (current !== undefined && current.usedBytes + byteLength <= SLAB_BYTES) return current;
    // One whose frames are all gone already is used again at once.
    if (current?.liveFrames === 0) this.#idle.push(current);
    const slab = this.#idle.pop() ?? newSlab();
    this.#spareSlabs = Math.min(this.#spareSlabs, this.#idle.length);
    slab.usedBytes = 0;
    this.#current = slab;
    return slab;
  }

  #release(slab: Slab): void {
    slab.liveFrames -= 1;
    if (slab.liveFrames > 0) return;
    if (slab === this.#current) slab.usedBytes = 0;
    else if (this.#idle.length < IDLE_SLABS_MAX) this.#idle.push(slab);
  }
}

function newSlab(): Slab {
  return { bytes: Buffer.allocUnsafeSlow(SLAB_BYTES), usedBytes: 0, liveFrames: 0 };
}
