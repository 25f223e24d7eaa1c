/**
 * Records of several origins, put back into the order in which they begin in their source: one that is
 * complete waits for those that began before it and are still open.
 */

/** Records that wait at most, and the length of their texts; beyond it order is given up for memory. */
const WAITING_MAX = 1000;
const WAITING_LENGTH_MAX: number = 16 * 1024 * 1024;

interface Waiting<T> {
  readonly record: T;
  /** The number of the line that begins it. */
  readonly from: number;
  readonly length: number;
}

/** What is open beside the records that wait. */
interface OpenRecords {
  readonly originCount: number;
  /** The number of the first line of the oldest open record; Infinity when none is open. */
  oldestOpen(): number;
}

export class OrderedRecords<T> {
  private readonly emit: (record: T) => void;
  private readonly source: OpenRecords;
  private waiting: Waiting<T>[] = [];
  private length = 0;
  private untilLook = 1;

  constructor(emit: (record: T) => void, source: OpenRecords) {
    this.emit = emit;
    this.source = source;
  }

  add(waiting: Waiting<T>): void {
    let at = this.waiting.length;
    while (at > 0 && (this.waiting[at - 1]?.from ?? 0) > waiting.from) at -= 1;
    this.waiting.splice(at, 0, waiting);
    this.length += waiting.length;
    this.untilLook -= 1;
    if (this.untilLook <= 0 || this.length > WAITING_LENGTH_MAX) this.look();
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Where the first that waits begins; Infinity when none does. */
  get firstFrom(): number {
    return this.waiting[0]?.from ?? Infinity;
  }

  /** All that wait. */
  flush(): void {
    this.release(this.waiting.length);
  }

  private look(): void {
    const oldest = this.source.oldestOpen();
    const found = this.waiting.findIndex(({ from }) => from > oldest);
    this.release(found < 0 ? this.waiting.length : found);
    const isFull = this.waiting.length > WAITING_MAX || this.length > WAITING_LENGTH_MAX;
    if (isFull) this.release(Math.ceil(this.waiting.length / 2));
    // Looking costs as much as there are origins: as many records share it.
    this.untilLook = Math.max(1, this.source.originCount);
  }

  private release(count: number): void {
    const released = this.waiting.slice(0, count);
    this.waiting = this.waiting.slice(count);
    for (const { record, length } of released) {
      this.length -= length;
      this.emit(record);
    }
  }
}
