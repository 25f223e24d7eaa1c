/**
 * Batches that cost next to nothing to make: some are encoded in advance, and each time one is taken its ids are
 * written over in place. On two cores a sender that encodes takes what the server could have, and the number is its.
 */
import { randomBytes } from 'node:crypto';
import { ReceiverLoad, type LoadRecord } from './load.ts';
import type { Batch, Encoding } from './senders.ts';

/** Templates, services and callers differ from one to the next. */
const SKELETONS = 12;
/** Of the number in an operation id; none of them repeats within a run. */
const NUMBER_DIGITS = 9;
const CHUNK_BYTES = 16;

interface Skeleton {
  readonly records: readonly LoadRecord[];
  readonly bytes: Buffer;
  /** Where the numbers of operation ids and the id of the batch stand. */
  readonly numbersAt: readonly (readonly number[])[];
  readonly chunksAt: readonly number[];
}

export class PreparedLoad {
  private readonly encoding: Encoding;
  private readonly skeletons: readonly Skeleton[];
  private taken = 0;
  private number: number;

  /** Loads with different seeds, below 900, have no record in common. */
  constructor(seed: number, perRequest: number, encoding: Encoding) {
    this.encoding = encoding;
    this.number = (seed + 1) * 1_000_000;
    const load = new ReceiverLoad(seed);
    this.skeletons = Array.from({ length: SKELETONS }, () =>
      skeletonOf(load.next(perRequest), encoding),
    );
  }

  /** The next batch; its memory is used again after some more, when it has been answered. */
  next(): Batch {
    const skeleton = this.skeletons[this.taken % SKELETONS];
    if (skeleton === undefined) throw new Error('there is nothing prepared');
    this.taken += 1;
    const { bytes, chunksAt, numbersAt, records } = skeleton;
    const chunk = randomBytes(CHUNK_BYTES).toString('base64');
    for (const at of chunksAt) bytes.write(chunk, at, 'latin1');
    for (const places of numbersAt) {
      this.number += 1;
      for (const at of places) putDigits(bytes, at, this.number);
    }
    return { records, chunk, bytes: this.encoding.finish?.(bytes, records) ?? bytes };
  }
}

function putDigits(bytes: Buffer, start: number, number: number): void {
  let rest = number;
  for (let at = start + NUMBER_DIGITS - 1; at >= start; at -= 1) {
    bytes[at] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

function skeletonOf(load: readonly LoadRecord[], { bytesOf }: Encoding): Skeleton {
  const records = load.map((record, index) => ({
    ...record,
    operationId: `${record.operationId.slice(0, 8)}-${String(index).padStart(NUMBER_DIGITS, '0')}`,
  }));
  const chunk = randomBytes(CHUNK_BYTES).toString('base64');
  const bytes = Buffer.from(bytesOf(records, chunk));
  const numbersAt = placesOfIds(bytes, records);
  return { records, bytes, numbersAt, chunksAt: placesOf(bytes, chunk, 0, bytes.length) };
}

// Records stand in their order, or by stream.
function placesOfIds(bytes: Buffer, records: readonly LoadRecord[]): number[][] {
  return records.map(({ operationId }) => {
    const places = placesOf(bytes, operationId, 0, bytes.length);
    if (places.length === 0) throw new Error('a record has no operation id in its batch');
    return places.map((at) => at + operationId.length - NUMBER_DIGITS);
  });
}

function placesOf(bytes: Buffer, text: string, start: number, end: number): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(text, start); at >= 0 && at < end; at = bytes.indexOf(text, at + 1)) {
    places.push(at);
  }
  return places;
}
