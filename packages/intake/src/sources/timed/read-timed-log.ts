/** A log whose lines begin with their times, read once, as batches of a line source. */
import type { LineBatch } from '../line-source.ts';
import { TimedReader } from './timed-reader.ts';

export async function* readTimedLog(
  open: () => Promise<AsyncIterable<Buffer>>,
): AsyncGenerator<LineBatch> {
  const chunks = await open();
  let readBytes = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      readBytes += chunk.length;
      yield chunk;
    }
  };
  const reading = { expectOverlap: false, isLast: () => true };
  for await (const { cutLines, lines } of new TimedReader().read(counted(), reading)) {
    yield { lines, checkpointAfter: () => undefined, readBytes, cutLines };
  }
}
