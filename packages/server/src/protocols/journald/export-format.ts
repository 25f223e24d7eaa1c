/**
 * The journal export format: chunks in, entries out. A field is `NAME=text` on a line, or `NAME`, eight bytes
 * of length and as many bytes; an empty line ends an entry. Fields over the limit (core dumps) are left
 * out, the rest of their entry is not.
 */
import { Failure } from '@tendril/model/failure';
import { FrameBuffer } from '../frame-buffer.ts';

export interface JournalEntry {
  /** In order; a name may be repeated. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** A field was too long and is missing. */
  readonly isCut: boolean;
  readonly byteLength: number;
}

export const FIELD_BYTES_MAX: number = 2 * 1024 * 1024;
export const ENTRY_BYTES_MAX: number = 8 * 1024 * 1024;
const FIELDS_MAX = 1024;
const LENGTH_BYTES = 8;
const FEED = 0x0a;
const EQUALS = 0x3d;
const NAME = /^[A-Z0-9_]{1,64}$/;

export class JournalExport {
  private readonly buffer: FrameBuffer = new FrameBuffer();
  private fields: (readonly [string, string])[] = [];
  private byteLength = 0;
  private isCut = false;
  /** Of a field that is left out: so many bytes are still to come. */
  private toSkip = 0;
  /** Of the chunk at hand: where the next line begins, and up to where no line feed was found. */
  private at = 0;
  private searched = 0;

  get heldBytes(): number {
    return this.buffer.length + this.byteLength;
  }

  /** Throws a `malformed` Failure. */
  *push(chunk: Uint8Array): Generator<JournalEntry> {
    this.buffer.append(chunk);
    const bytes = this.buffer.bytes();
    this.at = 0;
    while (this.skip(bytes) && this.at < bytes.length) {
      const isEnd = this.readLine(bytes);
      if (isEnd === undefined) break;
      this.searched = this.at;
      if (isEnd && this.byteLength > 0) yield this.finish();
    }
    this.buffer.consume(this.at);
    this.searched = Math.max(0, this.searched - this.at);
  }

  /** The last entry of a request may lack its empty line. */
  *end(): Generator<JournalEntry> {
    if (this.buffer.length > 0 || this.toSkip > 0)
      throw malformed('it ends in the middle of a field');
    if (this.byteLength > 0) yield this.finish();
  }

  private skip(bytes: Buffer): boolean {
    const skipped = Math.min(this.toSkip, bytes.length - this.at);
    this.at += skipped;
    this.toSkip -= skipped;
    return this.toSkip === 0;
  }

  // True after an empty line; undefined while the line or the field is not whole.
  private readLine(bytes: Buffer): boolean | undefined {
    const { at } = this;
    const feed = bytes.indexOf(FEED, Math.max(at, this.searched));
    if (feed < 0) {
      this.searched = bytes.length;
      if (bytes.length - at > FIELD_BYTES_MAX) throw malformed('a line is too long');
      return undefined;
    }
    this.at = feed + 1;
    if (feed === at) return true;
    const equals = bytes.indexOf(EQUALS, at);
    if (equals < 0 || equals > feed) return this.readBinary(bytes, at, feed);
    this.add(bytes.toString('latin1', at, equals), bytes, equals + 1, feed);
    return false;
  }

  // Its name lies between `at` and `feed`.
  private readBinary(bytes: Buffer, at: number, feed: number): false | undefined {
    this.at = at;
    this.searched = feed;
    const start = feed + 1 + LENGTH_BYTES;
    if (bytes.length < start) return undefined;
    const length = bytes.readBigUInt64LE(feed + 1);
    if (length > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed('a field is too long');
    const end = start + Number(length);
    if (Number(length) > FIELD_BYTES_MAX) {
      this.isCut = true;
      this.byteLength += 1;
      this.at = start;
      this.toSkip = Number(length) + 1;
      return false;
    }
    if (bytes.length <= end) return undefined;
    if (bytes[end] !== FEED) throw malformed('a field does not end where it says');
    this.add(bytes.toString('latin1', at, feed), bytes, start, end);
    this.at = end + 1;
    return false;
  }

  private add(name: string, bytes: Buffer, start: number, end: number): void {
    if (!NAME.test(name))
      throw malformed(`${JSON.stringify(name.slice(0, 40))} is not a field's name`);
    this.byteLength += name.length + (end - start) + 2;
    if (this.fields.length >= FIELDS_MAX || this.byteLength > ENTRY_BYTES_MAX) {
      this.isCut = true;
      return;
    }
    this.fields.push([name, bytes.toString('utf8', start, end)]);
  }

  private finish(): JournalEntry {
    const { fields, isCut, byteLength } = this;
    this.fields = [];
    this.isCut = false;
    this.byteLength = 0;
    return { fields, isCut, byteLength };
  }
}

function malformed(reason: string): Failure {
  return new Failure({ code: 'malformed', detail: `cannot read the journal: ${reason}` });
}
