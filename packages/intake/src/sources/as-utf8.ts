/** A stream of bytes in UTF-16 as UTF-8; others stay as they are. */
import { Utf8Transcoder } from '../text-encoding.ts';

export async function* asUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const transcoder = new Utf8Transcoder();
  for await (const chunk of chunks) {
    const bytes = transcoder.push(chunk);
    if (bytes.length > 0) yield bytes;
  }
  const rest = transcoder.finish();
  if (rest.length > 0) yield rest;
}
