/** A commit round to frames: one group, whose last frame carries the requests and accounts. */
import type { TableBlock } from '@tendril/columns/batch';
import type { FrameMemory } from './frame-memory.ts';
import { encodeFrame, FRAME_HEADER_BYTES } from './frame.ts';
import type { CommittedRequest, DataMeta, FrameTable, SourceCounters } from './frame-meta.ts';

/** What one batch becomes. */
export interface FrameBody {
  readonly records: Readonly<Record<string, number>>;
  readonly recordCount: number;
  readonly partitions: readonly number[];
  /** May be views into the batch's memory. */
  readonly blocks: readonly TableBlock[];
  /** The blocks have been copied: the batch may be filled again. */
  readonly release: () => void;
}

/** Gives the body of the frame with this number; called once, in order. */
export type FrameBuilder = (frame: number) => FrameBody;

export interface WalRound {
  /** None for a round that only changes accounts. */
  readonly frames: readonly FrameBuilder[];
  readonly requests: readonly CommittedRequest[];
  readonly accounts: Readonly<Record<string, SourceCounters>>;
  readonly atMs: number;
}

export interface EncodedFrame {
  readonly frame: number;
  /** The whole frame, as it is written. */
  readonly bytes: Buffer;
  readonly recordCount: number;
  readonly meta: DataMeta;
  /** The blocks inside `bytes`, one table after the other. */
  readonly blocks: Buffer;
  /** Nothing of the frame will be read any more. */
  readonly release: () => void;
}

export interface EncodeRoundOptions {
  readonly firstFrame: number;
  readonly salt: number;
  readonly schemaVersion: number;
  readonly memory: FrameMemory;
}

const NO_RECORDS: FrameBuilder = () => ({
  records: {},
  recordCount: 0,
  partitions: [],
  blocks: [],
  release: () => undefined,
});

export async function encodeRound(
  round: WalRound,
  options: EncodeRoundOptions,
): Promise<readonly EncodedFrame[]> {
  const builders = round.frames.length === 0 ? [NO_RECORDS] : round.frames;
  const encoded: EncodedFrame[] = [];
  for (const [index, build] of builders.entries()) {
    // A large request is many frames: other requests are decoded between them.
    if (index > 0) await new Promise<void>((resolve) => setImmediate(resolve));
    const frame = options.firstFrame + index;
    const commits = index === builders.length - 1;
    encoded.push(encodeOne({ round, body: build(frame), frame, commits, options }));
  }
  return encoded;
}

function encodeOne(input: {
  readonly round: WalRound;
  readonly body: FrameBody;
  readonly frame: number;
  readonly commits: boolean;
  readonly options: EncodeRoundOptions;
}): EncodedFrame {
  const { round, body, frame, commits, options } = input;
  const meta = dataMeta(round, body, commits);
  const text = JSON.stringify(meta);
  let release = (): void => undefined;
  const bytes = encodeFrame(
    {
      kind: 'data',
      schemaVersion: options.schemaVersion,
      frame,
      groupFirst: options.firstFrame,
      records: body.recordCount,
      commits,
      meta: text,
      blocks: body.blocks.flatMap((block) => block.bytes),
    },
    options.salt,
    (byteLength) => {
      const space = options.memory.take(byteLength);
      release = space.release;
      return space.bytes;
    },
  );
  body.release();
  const blocks = bytes.subarray(FRAME_HEADER_BYTES + Buffer.byteLength(text));
  return { frame, bytes, recordCount: body.recordCount, meta, blocks, release };
}

function dataMeta(round: WalRound, body: FrameBody, commits: boolean): DataMeta {
  return {
    atMs: round.atMs,
    records: body.records,
    partitions: body.partitions,
    tables: body.blocks.map(frameTable),
    requests: commits ? round.requests : [],
    accounts: commits ? round.accounts : {},
  };
}

function frameTable({ table, rowCount, bytes }: TableBlock): FrameTable {
  return { table, rows: rowCount, bytes: bytes.reduce((sum, part) => sum + part.length, 0) };
}
