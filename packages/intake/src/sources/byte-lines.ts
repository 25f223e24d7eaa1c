/** A stream of bytes as batches of lines, for every source that is one. */
import type { Checkpoint, LineBatch } from './line-source.ts';
import { LineSplitter, type SplitLines } from './line-splitter.ts';

export interface ByteLinesOptions {
  /** Where in the text the first chunk begins. */
  readonly offset: number;
  readonly checkpointAt: (offset: number) => Checkpoint | undefined;
  /** How much of the source has been read. */
  readonly readBytes: () => number;
}

export async function* byteLines(
  chunks: AsyncIterable<Uint8Array>,
  { offset, checkpointAt, readBytes }: ByteLinesOptions,
): AsyncGenerator<LineBatch> {
  const splitter = new LineSplitter(offset);
  let cutBefore = 0;
  const batchOf = ({ lines, offsetAfter }: SplitLines): LineBatch => {
    const cutLines = splitter.cutLines - cutBefore;
    cutBefore = splitter.cutLines;
    return {
      lines,
      checkpointAfter: (count) => checkpointAt(offsetAfter(count)),
      readBytes: readBytes(),
      cutLines,
    };
  };
  for await (const chunk of chunks) {
    const split = splitter.push(asBuffer(chunk));
    if (split.lines.length > 0) yield batchOf(split);
  }
  const rest = splitter.finish();
  if (rest.lines.length > 0) yield batchOf(rest);
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk)
    ? chunk
    : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
