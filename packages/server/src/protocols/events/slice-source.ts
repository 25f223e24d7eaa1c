/** Slices of few buffers, one after the other, as ranges: the source of the buffer before is used again. */
import { ByteSource } from '@tendril/columns/byte-store';

export class SliceSource {
  private source: ByteSource = new ByteSource(new Uint8Array(0));

  /** In which the slice begins at its `byteOffset`. */
  of({ buffer }: Uint8Array): ByteSource {
    if (buffer !== this.source.bytes.buffer) {
      this.source = new ByteSource(Buffer.from(buffer as ArrayBuffer));
    }
    return this.source;
  }
}
