/**
 * A place in a log file that is found again after the file was renamed, copied, compressed or replaced: by
 * its inode first, by its content else. The bytes before the place vouch for it, so another file is never
 * taken for this one because its beginning looks alike.
 */
import { createHash } from 'node:crypto';
import type { Checkpoint } from '../../line-source.ts';

export interface FilePlace extends Checkpoint {
  /** Of the content, whatever file it is in: inodes are used again. */
  readonly id: string;
  /** Where the file was seen last; for people. */
  readonly path: string;
  /** Of the `tailBytes` bytes before `offset`. */
  readonly tail: string;
  readonly tailBytes: number;
}

/** How much of the beginning, and of what stands before the place, is compared. */
export const COMPARED_BYTES_MAX = 1024;

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** Reads up to `length` bytes; fewer at the end of the content. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;

/** Whether this content is the one that the place is in. */
export async function holds(readAt: ReadAt, place: FilePlace): Promise<boolean> {
  const { fingerprint, fingerprintBytes } = place;
  const head = await readAt(0, fingerprintBytes);
  if (head.length < fingerprintBytes || digestOf(head) !== fingerprint) return false;
  return await endsWithTail(readAt, place);
}

/** Whether the bytes before the place are still there: cheaper, where the file is known by its inode. */
export async function endsWithTail(
  readAt: ReadAt,
  { offset, tail, tailBytes }: Pick<FilePlace, 'offset' | 'tail' | 'tailBytes'>,
): Promise<boolean> {
  const bytes = await readAt(offset - tailBytes, tailBytes);
  return bytes.length === tailBytes && digestOf(bytes) === tail;
}
