/** Standard input as a line source. It cannot be read twice: no checkpoints. */
import { asUtf8 } from '../as-utf8.ts';
import { byteLines } from '../byte-lines.ts';
import type { LineSource } from '../line-source.ts';

export const STDIN_NAME = '-';

export function stdinSource(input: AsyncIterable<Uint8Array>): LineSource {
  return {
    name: STDIN_NAME,
    resource: {},
    sizeBytes: undefined,
    modifiedAtMs: undefined,
    read() {
      let bytes = 0;
      const counted = counting(input, (count) => {
        bytes += count;
      });
      return byteLines(asUtf8(counted), {
        offset: 0,
        checkpointAt: () => undefined,
        readBytes: () => bytes,
      });
    },
  };
}

async function* counting(
  input: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of input) {
    count(chunk.byteLength);
    yield chunk;
  }
}
