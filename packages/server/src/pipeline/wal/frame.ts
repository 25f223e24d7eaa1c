/**
 * The bytes of one WAL frame: a header of 64 bytes, the meta (JSON), then the table blocks.
 *
 * Three checksums, so that damage costs as little as it can: with a sound header the length and the
 * record count of a damaged frame are known, with a sound meta its request ids and accounts are.
 * Every checksum is seeded with the segment's salt: log text that happens to look like a frame, or
 * was made to, is never taken for one when the reader searches for the next frame after damage.
 */
import { crc32 } from 'node:zlib';
import { Failure } from '@tendril/model/failure';

export const FRAME_HEADER_BYTES = 64;
export const FRAME_VERSION = 1;
/** A request has at most 64 MiB; a frame holds it decoded, with ids and indexes beside it. */
export const FRAME_BYTES_MAX: number = 256 * 1024 * 1024;
/** "TDW1" */
export const FRAME_MAGIC: Buffer = Buffer.from('TDW1', 'latin1');

const KINDS = ['head', 'data', 'ids', 'feed'] as const;

/** `head` opens a segment, `ids` outlives one, `feed` is an entry of the feed journal. */
export type FrameKind = (typeof KINDS)[number];

export interface FrameHeader {
  /** Undefined when a later version wrote a kind that this one does not know. */
  readonly kind: FrameKind | undefined;
  readonly version: number;
  /** Of the tables the blocks were written for. */
  readonly schemaVersion: number;
  readonly metaBytes: number;
  readonly blockBytes: number;
  readonly metaCrc: number;
  readonly blockCrc: number;
  readonly frame: number;
  /** First frame of the group that was committed together. */
  readonly groupFirst: number;
  readonly records: number;
  /** Set on the last frame of a group. */
  readonly commits: boolean;
}

export interface FrameContent {
  readonly kind: FrameKind;
  readonly schemaVersion: number;
  readonly frame: number;
  readonly groupFirst: number;
  readonly records: number;
  readonly commits: boolean;
  readonly meta: string;
  readonly blocks: readonly Uint8Array[];
}

/** The only copy of the blocks that the pipeline makes: it is written, and then kept for the feeder. */
export function encodeFrame(
  content: FrameContent,
  salt: number,
  allocate: (byteLength: number) => Buffer = (byteLength) => Buffer.allocUnsafeSlow(byteLength),
): Buffer {
  const metaBytes = Buffer.byteLength(content.meta);
  const blockBytes = content.blocks.reduce((sum, block) => sum + block.length, 0);
  const frameBytes = FRAME_HEADER_BYTES + metaBytes + blockBytes;
  if (frameBytes > FRAME_BYTES_MAX) throw frameTooLarge(frameBytes);

  const bytes = allocate(frameBytes);
  bytes.write(content.meta, FRAME_HEADER_BYTES);
  let offset = FRAME_HEADER_BYTES + metaBytes;
  for (const block of content.blocks) {
    bytes.set(block, offset);
    offset += block.length;
  }
  writeHeader(bytes, { content, metaBytes, blockBytes, salt });
  return bytes;
}

function writeHeader(
  bytes: Buffer,
  frame: { content: FrameContent; metaBytes: number; blockBytes: number; salt: number },
): void {
  const { content, metaBytes, blockBytes, salt } = frame;
  const metaEnd = FRAME_HEADER_BYTES + metaBytes;
  bytes.fill(0, 0, FRAME_HEADER_BYTES);
  FRAME_MAGIC.copy(bytes, 0);
  bytes.writeUInt8(FRAME_VERSION, 4);
  bytes.writeUInt8(KINDS.indexOf(content.kind), 5);
  bytes.writeUInt16LE(content.schemaVersion, 6);
  bytes.writeUInt32LE(metaBytes, 8);
  bytes.writeUInt32LE(blockBytes, 12);
  bytes.writeUInt32LE(crc32(bytes.subarray(FRAME_HEADER_BYTES, metaEnd), salt), 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(metaEnd), salt), 20);
  bytes.writeUIntLE(content.frame, 24, 6);
  bytes.writeUIntLE(content.groupFirst, 32, 6);
  bytes.writeUInt32LE(content.records, 40);
  bytes.writeUInt8(content.commits ? 1 : 0, 44);
  bytes.writeUInt32LE(
    crc32(bytes.subarray(0, FRAME_HEADER_BYTES - 4), salt),
    FRAME_HEADER_BYTES - 4,
  );
}

/** Undefined when there is no sound header at `offset`. */
export function decodeFrameHeader(
  bytes: Buffer,
  offset: number,
  salt: number,
): FrameHeader | undefined {
  const end = offset + FRAME_HEADER_BYTES;
  if (end > bytes.length || !hasMagic(bytes, offset)) return undefined;
  const crc = crc32(bytes.subarray(offset, end - 4), salt);
  if (crc !== bytes.readUInt32LE(end - 4)) return undefined;
  const header: FrameHeader = {
    kind: KINDS[bytes.readUInt8(offset + 5)],
    version: bytes.readUInt8(offset + 4),
    schemaVersion: bytes.readUInt16LE(offset + 6),
    metaBytes: bytes.readUInt32LE(offset + 8),
    blockBytes: bytes.readUInt32LE(offset + 12),
    metaCrc: bytes.readUInt32LE(offset + 16),
    blockCrc: bytes.readUInt32LE(offset + 20),
    frame: bytes.readUIntLE(offset + 24, 6),
    groupFirst: bytes.readUIntLE(offset + 32, 6),
    records: bytes.readUInt32LE(offset + 40),
    commits: bytes.readUInt8(offset + 44) === 1,
  };
  return frameBytes(header) > FRAME_BYTES_MAX ? undefined : header;
}

/** Length of the whole frame, header included. */
export function frameBytes(header: FrameHeader): number {
  return FRAME_HEADER_BYTES + header.metaBytes + header.blockBytes;
}

/** Whether the bytes are what the header promised. */
export function isSound(bytes: Buffer, crc: number, salt: number): boolean {
  return crc32(bytes, salt) === crc;
}

function hasMagic(bytes: Buffer, offset: number): boolean {
  return bytes.compare(FRAME_MAGIC, 0, 4, offset, offset + 4) === 0;
}

function frameTooLarge(bytes: number): Failure {
  return new Failure({
    code: 'too_large',
    detail: `cannot write a WAL frame of ${bytes} bytes: the limit is ${FRAME_BYTES_MAX}`,
    params: { bytes, bytesMax: FRAME_BYTES_MAX },
  });
}
