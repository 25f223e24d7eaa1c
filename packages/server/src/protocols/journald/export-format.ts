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
  /** Bytes at the start of the buffer in which there is no line feed. */
  private searched = 0;

  get heldBytes(): number {
    return this.buffer.length + this.byteLength;
  }

  /** Throws a `malformed` Failure. */
  *push(chunk: Uint8Array): Generator<JournalEntry> {
    this.buffer.append(chunk);
    while (this.skip() && this.buffer.length > 0) {
      const isEnd = this.readLine();
      if (isEnd === undefined) return;
      if (isEnd && this.byteLength > 0) yield this.finish();
    }
  }

  /** The last entry of a request may lack its empty line. */
  *end(): Generator<JournalEntry> {
    if (this.buffer.length > 0 || this.toSkip > 0)
      throw malformed('it ends in the middle of a field');
    if (this.byteLength > 0) yield this.finish();
  }

  private skip(): boolean {
    const skipped = Math.min(this.toSkip, this.buffer.length);
    this.buffer.consume(skipped);
    this.toSkip -= skipped;
    return this.toSkip === 0;
  }

  // True after an empty line; undefined while the line or the field is not whole.
  private readLine(): boolean | undefined {
    const bytes = this.buffer.bytes();
    const feed = bytes.indexOf(FEED, this.searched);
    if (feed < 0) {
      this.searched = bytes.length;
      if (bytes.length > FIELD_BYTES_MAX) throw malformed('a line is too long');
      return undefined;
    }
    const equals = bytes.subarray(0, feed).indexOf(EQUALS);
    if (feed > 0 && equals < 0) return this.readBinary(bytes, feed);
    if (feed > 0) this.add(bytes.toString('latin1', 0, equals), bytes.subarray(equals + 1, feed));
    this.consume(feed + 1);
    return feed === 0;
  }

  private readBinary(bytes: Buffer, feed: number): false | undefined {
    const start = feed + 1 + LENGTH_BYTES;
    if (bytes.length < start) {
      this.searched = feed;
      return undefined;
    }
    const length = bytes.readBigUInt64LE(feed + 1);
    if (length > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed('a field is too long');
    const end = start + Number(length);
    if (Number(length) > FIELD_BYTES_MAX) {
      this.isCut = true;
      this.byteLength += 1;
      this.consume(start);
      this.toSkip = Number(length) + 1;
      return false;
    }
    if (bytes.length <= end) {
      this.searched = feed;
      return undefined;
    }
    if (bytes[end] !== FEED) throw malformed('a field does not end where it says');
    this.add(bytes.toString('latin1', 0, feed), bytes.subarray(start, end));
    this.consume(end + 1);
    return false;
  }

  private add(name: string, value: Buffer): void {
    if (!NAME.test(name))
      throw malformed(`${JSON.stringify(name.slice(0, 40))} is not a field's name`);
    this.byteLength += name.length + value.length + 2;
    if (this.fields.length >= FIELDS_MAX || this.byteLength > ENTRY_BYTES_MAX) {
      this.isCut = true;
      return;
    }
    this.fields.push([name, value.toString('utf8')]);
  }

  private consume(count: number): void {
    this.buffer.consume(count);
    this.searched = 0;
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
