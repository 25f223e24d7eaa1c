/** Where the frames lie in a WAL, for tests that damage it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSegmentName } from '../wal/segment-name.ts';
import { readSegment } from '../wal/segment-reader.ts';
import type { StoredLine } from './text-batch.ts';

export interface LaidFrame {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  readonly frame: number;
  readonly groupFirst: number;
  readonly texts: readonly string[];
}

export interface WalImage {
  /** Every file of the directory. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly frames: readonly LaidFrame[];
}

export async function readWalImage(directory: string): Promise<WalImage> {
  const files = new Map<string, Buffer>();
  const frames: LaidFrame[] = [];
  for (const file of (await readdir(directory)).sort()) {
    files.set(file, await readFile(join(directory, file)));
    frames.push(...(await framesOf(directory, file)));
  }
  return { files, frames };
}

async function framesOf(directory: string, file: string): Promise<readonly LaidFrame[]> {
  const name = parseSegmentName(file);
  if (name === undefined) return [];
  const frames: LaidFrame[] = [];
  for await (const item of readSegment({ path: join(directory, file), salt: name.salt })) {
    if (item.kind !== 'frame' || item.header.kind !== 'data') continue;
    const { offset, bytes, header } = item;
    const { frame, groupFirst } = header;
    frames.push({ file, offset, bytes, frame, groupFirst, texts: textsOf(item.blocks) });
  }
  return frames;
}

function textsOf(blocks: Buffer): readonly string[] {
  const lines = blocks.toString().split('\n');
  return lines
    .filter((line) => line.startsWith('['))
    .map((line) => (JSON.parse(line) as StoredLine)[1]);
}
