/** GELF over TCP: messages end with a NUL; some senders write a line feed instead. */
import { Failure } from '@tendril/model/failure';
import { FrameBuffer } from '../frame-buffer.ts';
import { MESSAGE_BYTES_MAX } from './gelf.ts';

const FEED = 0x0a;
const CLOSING_BRACE = 0x7d;

export class GelfFrames {
  private readonly buffer: FrameBuffer = new FrameBuffer();
  /** Bytes at the start of the buffer in which no message ends. */
  private searched = 0;

  /** Bytes of a message that has begun and not ended. */
  get heldBytes(): number {
    return this.buffer.length;
  }

  /** Messages are valid until the next `push`. Throws a `too_large` Failure. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    this.buffer.append(chunk);
    for (;;) {
      const bytes = this.buffer.bytes();
      const end = messageEnd(bytes, this.searched);
      if (end < 0) break;
      this.buffer.consume(end + 1);
      this.searched = 0;
      if (end > 0) yield bytes.subarray(0, end);
    }
    this.searched = this.buffer.length;
    if (this.buffer.length <= MESSAGE_BYTES_MAX) return;
    throw new Failure({
      code: 'too_large',
      detail: `a message has more than ${MESSAGE_BYTES_MAX} bytes`,
      params: { bytesMax: MESSAGE_BYTES_MAX },
    });
  }

  /** The sender closed: what it left is a message. */
  finish(): Uint8Array {
    return this.buffer.bytes();
  }
}

/** A line feed ends a message only behind its closing brace: JSON may be written over several lines. */
function messageEnd(bytes: Uint8Array, from: number): number {
  const nul = bytes.indexOf(0, from);
  // Line feeds behind the NUL are those of other messages, and looked for when it is their turn.
  const message = nul < 0 ? bytes : bytes.subarray(0, nul);
  for (let feed = message.indexOf(FEED, from); feed >= 0;) {
    if (feed === 0 || message[feed - 1] === CLOSING_BRACE) return feed;
    feed = message.indexOf(FEED, feed + 1);
  }
  return nul;
}
