/**
 * Names of segments: the number of the first frame, then the salt of the checksums. The salt stands in
 * the name because it must be known before a byte of the file is trusted.
 */
import { randomBytes } from 'node:crypto';

export interface SegmentName {
  readonly firstFrame: number;
  readonly salt: number;
}

const SEGMENT = /^(\d{13})-([0-9a-f]{8})\.wal$/;
const SPARE = /^spare-[0-9a-f]{16}\.wal$/;
const RETIRED_IDS = /^(\d{13})-([0-9a-f]{8})\.ids$/;

export function newSegmentName(firstFrame: number): SegmentName {
  return { firstFrame, salt: randomBytes(4).readUInt32LE() };
}

export function segmentFileName(name: SegmentName): string {
  return `${stem(name)}.wal`;
}

/** The request ids of a removed segment, until they expire. */
export function retiredIdsFileName(name: SegmentName): string {
  return `${stem(name)}.ids`;
}

export function parseSegmentName(fileName: string): SegmentName | undefined {
  return parse(SEGMENT, fileName);
}

/** Of a file that waits to be written over; says nothing of what is in it. */
export function newSpareName(): string {
  return `spare-${randomBytes(8).toString('hex')}.wal`;
}

export function isSpareName(fileName: string): boolean {
  return SPARE.test(fileName);
}

export function parseRetiredIdsName(fileName: string): SegmentName | undefined {
  return parse(RETIRED_IDS, fileName);
}

function stem({ firstFrame, salt }: SegmentName): string {
  return `${String(firstFrame).padStart(13, '0')}-${salt.toString(16).padStart(8, '0')}`;
}

function parse(pattern: RegExp, fileName: string): SegmentName | undefined {
  const [, frame, salt] = pattern.exec(fileName) ?? [];
  return frame === undefined || salt === undefined
    ? undefined
    : { firstFrame: Number(frame), salt: Number.parseInt(salt, 16) };
}
