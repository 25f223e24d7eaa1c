/**
 * Request ids of removed segments: one small file per segment, kept until its ids have expired, so
 * that a repeated request is known although its records left the WAL long ago.
 */
import { readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeFrameHeader, encodeFrame, FRAME_HEADER_BYTES, isSound } from './frame.ts';
import { parseRetiredIds, type CommittedRequest } from './frame-meta.ts';
import { parseRetiredIdsName, retiredIdsFileName, type SegmentName } from './segment-name.ts';
import type { WalFiles } from './wal-files.ts';

export interface RetiredIdsOptions {
  readonly directory: string;
  readonly files: WalFiles;
  readonly name: SegmentName;
  readonly requests: readonly CommittedRequest[];
}

/** On stable storage when it resolves; writes nothing when there are no ids. */
export async function writeRetiredIds(options: RetiredIdsOptions): Promise<void> {
  const { directory, files, name, requests } = options;
  if (requests.length === 0) return;
  const path = join(directory, retiredIdsFileName(name));
  // Left over from a retirement that a kill cut short.
  await unlink(path).catch(() => undefined);
  const file = await files.create(path);
  try {
    await file.write([encodeIds(name, requests)], 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.syncDirectory(directory);
}

/** Reads the ids that are still alive and removes the files that hold none; skips damaged ones. */
export async function readRetiredIds(
  directory: string,
  sinceMs: number,
): Promise<readonly CommittedRequest[]> {
  const alive: CommittedRequest[] = [];
  for (const fileName of (await readdir(directory)).sort()) {
    const name = parseRetiredIdsName(fileName);
    if (name === undefined) continue;
    const path = join(directory, fileName);
    const requests = await readIds(path, name.salt);
    const living = requests.filter(({ atMs }) => atMs >= sinceMs);
    if (living.length === 0) await unlink(path).catch(() => undefined);
    for (const request of living) alive.push(request);
  }
  return alive;
}

/** Removes files whose ids have all expired, by the time they were written. */
export async function removeExpiredIds(directory: string, sinceMs: number): Promise<void> {
  for (const fileName of await readdir(directory)) {
    if (parseRetiredIdsName(fileName) === undefined) continue;
    const path = join(directory, fileName);
    if ((await stat(path)).mtimeMs < sinceMs) await unlink(path);
  }
}

function encodeIds(name: SegmentName, requests: readonly CommittedRequest[]): Buffer {
  const frame = name.firstFrame;
  const meta = JSON.stringify({ requests });
  const numbers = { schemaVersion: 0, frame, groupFirst: frame, records: 0, commits: true };
  return encodeFrame({ kind: 'ids', ...numbers, meta, blocks: [] }, name.salt);
}

async function readIds(path: string, salt: number): Promise<readonly CommittedRequest[]> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const header = decodeFrameHeader(bytes, 0, salt);
  if (header?.kind !== 'ids') return [];
  const meta = bytes.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + header.metaBytes);
  return isSound(meta, header.metaCrc, salt) ? parseRetiredIds(meta).requests : [];
}
