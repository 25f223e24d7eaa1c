/** Finds the segments of a directory and puts them in the order they were written. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@tendril/model/failure';
import type { Quarantine } from '../quarantine.ts';
import { parseHeadMeta, type HeadMeta } from './frame-meta.ts';
import { parseSegmentName, type SegmentName } from './segment-name.ts';
import { readSegment } from './segment-reader.ts';
import type { WalSegment } from './wal.ts';

export interface FoundSegment extends WalSegment {
  /** Undefined when it is damaged. */
  readonly head: HeadMeta | undefined;
  /** From the head, which is right even if the file was renamed or copied. */
  readonly firstFrame: number;
}

export interface FoundSegments {
  readonly segments: readonly FoundSegment[];
  /** Files that could not be opened; they were moved to quarantine. */
  readonly unreadable: number;
}

export interface FindSegmentsOptions {
  readonly directory: string;
  readonly quarantine: Quarantine;
  readonly nowMs: number;
}

export async function findSegments(options: FindSegmentsOptions): Promise<FoundSegments> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const segments: FoundSegment[] = [];
  let unreadable = 0;
  for (const fileName of await readdir(options.directory)) {
    const name = parseSegmentName(fileName);
    if (name === undefined) continue;
    const path = join(options.directory, fileName);
    try {
      segments.push(await readHead(name, path));
    } catch (error) {
      unreadable += 1;
      const reason = `cannot be read: ${messageOf(error)}`;
      const entry = { name: fileName, reason, records: undefined, atMs: options.nowMs };
      await options.quarantine.keepFile(entry, path);
    }
  }
  return { segments: segments.sort(inWritingOrder), unreadable };
}

async function readHead(name: SegmentName, path: string): Promise<FoundSegment> {
  const lastFrame = name.firstFrame - 1;
  const segment = { name, path, bytes: 0, lastFrame, keep: false, requests: [] };
  for await (const item of readSegment({ path, salt: name.salt })) {
    if (item.kind === 'rubble') continue;
    if (item.header.kind !== 'head') break;
    const firstFrame = item.header.frame;
    if (item.kind === 'frame') return { ...segment, head: parseHeadMeta(item.meta), firstFrame };
  }
  return { ...segment, head: undefined, firstFrame: name.firstFrame };
}

function inWritingOrder(left: FoundSegment, right: FoundSegment): number {
  return left.firstFrame - right.firstFrame || (left.path < right.path ? -1 : 1);
}
