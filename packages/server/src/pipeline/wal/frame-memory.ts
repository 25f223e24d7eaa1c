/**
 * Memory for frames. A frame lives for a second or two, until it is fed, and at full rate they come to
 * 100 MB/s: allocated one by one they make the garbage collector run several times a second. So they
 * are cut from slabs, which are used again when all frames in them were released.
 */
export interface FrameSpace {
  readonly bytes: Buffer;
  /** The bytes will not be read any more. Call it once; a space that is only dropped costs its slab. */
  readonly release: () => void;
}

const SLAB_BYTES = 8 * 1024 * 1024;
/** A larger frame gets memory of its own, so that a slab is never mostly empty. */
const SHARED_BYTES_MAX = SLAB_BYTES / 4;
/** What one insert of 200,000 records frees. */
const IDLE_SLABS_MAX = 8;

interface Slab {
  readonly bytes: Buffer;
  usedBytes: number;
  liveFrames: number;
}

export class FrameMemory {
  readonly #idle: Slab[] = [];
  #current: Slab | undefined;

  /** Not cleared. */
  take(byteLength: number): FrameSpace {
    if (byteLength > SHARED_BYTES_MAX) {
      return { bytes: Buffer.allocUnsafeSlow(byteLength), release: () => undefined };
    }
    const slab = this.#slabWith(byteLength);
    const bytes = slab.bytes.subarray(slab.usedBytes, slab.usedBytes + byteLength);
    slab.usedBytes += byteLength;
    slab.liveFrames += 1;
    return { bytes, release: () => this.#release(slab) };
  }

  /** Gives memory back that is not in use. */
  trim(): void {
    this.#idle.length = 0;
  }

  #slabWith(byteLength: number): Slab {
    const current = this.#current;
    if (current !== undefined && current.usedBytes + byteLength <= SLAB_BYTES) return current;
    // One whose frames are all gone already is used again at once.
    if (current?.liveFrames === 0) this.#idle.push(current);
    const slab = this.#idle.pop() ?? newSlab();
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
