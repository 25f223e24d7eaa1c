/** The column RecordId of a batch: rows of one frame are numbered from 0. */
import { recordId, type RecordIdParts } from '@tendril/model/record-id';
import type { ScratchMemory } from './scratch-memory.ts';

export function recordIds(
  ids: RecordIdParts,
  rowCount: number,
  scratch: ScratchMemory,
): Uint8Array {
  const bytes = scratch.take(rowCount * 8);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, rowCount * 2);
  const first = recordId({ ...ids, row: 0 });
  const low = Number(BigInt.asIntN(32, first));
  const high = Number(BigInt.asIntN(32, first >> 32n));
  for (let row = 0; row < rowCount; row += 1) {
    words[row * 2] = low | row;
    words[row * 2 + 1] = high;
  }
  return bytes;
}
