/**
 * The line of the record at hand as it is stored. Most of its parts are stored once more, as the message and
 * as attributes: their bytes are taken from here, encoded already, and what the search for secrets found
 * in the line holds for them too (`npm run bench -- lines`).
 */
import { ByteSource } from '@tendril/columns/byte-store';
import { GateList } from './redact/gate-list.ts';

/** In longer ones looking for a part may cost more than it saves. */
const LENGTH_MAX = 4096;
const NOTHING: ByteSource = new ByteSource(new Uint8Array(0));

export class StoredLine {
  /** Ranges of parts are of its bytes. */
  source: ByteSource = NOTHING;
  /** Of the search through the line. */
  readonly gates: GateList = new GateList();
  private text = '';
  private offset = 0;
  private next = 0;

  forget(): void {
    this.text = '';
    this.next = 0;
  }

  /** A line without secrets, in memory that stays where it is until `forget`. */
  keep(text: string, source: ByteSource, start: number, end: number): void {
    // Where characters and bytes are as many, places of the one are places of the other.
    if (end - start !== text.length || text.length > LENGTH_MAX) return;
    this.text = text;
    this.source = source;
    this.offset = start;
    this.next = 0;
  }

  /**
   * How far behind places of `line` those in `source` are, for all parts from `from` on; undefined when the end of
   * `line` is not that of the stored one. What was taken out of it, as colours are, stood before.
   */
  shiftOf(line: string, from: number): number | undefined {
    const shift = this.text.length - line.length;
    if (this.text === '' || shift < 0) return undefined;
    const isEnd = this.text === line || this.text.slice(from + shift) === line.slice(from);
    return isEnd ? this.offset + shift : undefined;
  }

  /** Where `part` begins in `source`, or -1. Parts are looked for in their order. */
  find(part: string): number {
    if (this.text === '') return -1;
    const at = this.text.indexOf(part, this.next);
    if (at < 0) return -1;
    this.next = at + part.length;
    return this.offset + at;
  }
}
