/**
 * Physical lines of one origin in, records out: what belongs together is joined with line feeds. Blank
 * lines within a record stay, those between records go.
 */
import { withoutColours } from './colours.ts';
import { ContinuationRule } from './continuation.ts';
import { isBlank } from './line-shape.ts';

/** `Origin` is what its reader knows of a line: where it came from. */
export interface JoinedRecord<Origin> {
  /** Without colours, as one text. */
  readonly text: string;
  /** The physical lines as they were read, between line feeds. */
  readonly raw: string;
  /** Physical lines. */
  readonly lineCount: number;
  /** Of the first line. */
  readonly origin: Origin;
}

export interface JoinableLine<Origin> {
  /** May have colours. */
  readonly text: string;
  /** The line as it was read, wrappers included; several where a wrapper had cut it. */
  readonly raw: string;
  readonly lineCount: number;
  readonly origin: Origin;
}

/** More blank lines than these are not kept within a record. */
const BLANK_LINES_MAX = 10;

/** A line as records hold it. */
export function plainLine(text: string): string {
  return withoutReturn(withoutColours(text));
}

// Wrappers keep the carriage return that a line of a file loses.
function withoutReturn(plain: string): string {
  let { length } = plain;
  while (plain.charCodeAt(length - 1) === CARRIAGE_RETURN) length -= 1;
  return length === plain.length ? plain : plain.slice(0, length);
}

const CARRIAGE_RETURN = 0x0d;

export class RecordJoiner<Origin> {
  private readonly emit: (record: JoinedRecord<Origin>) => void;
  private readonly rule = new ContinuationRule();
  private text = '';
  private raw = '';
  private lineCount = 0;
  private origin: Origin | undefined;
  private readonly blanks: string[] = [];

  constructor(emit: (record: JoinedRecord<Origin>) => void) {
    this.emit = emit;
  }

  /** True when the line begins a record; blank ones do not. */
  push({ text, raw, lineCount, origin }: JoinableLine<Origin>): boolean {
    const plain = plainLine(text);
    if (isBlank(plain)) {
      this.noteBlank(text, raw);
      return false;
    }
    const blanksBefore = this.blanks.length;
    const continuation = this.rule.next({ plain, raw: text, blanksBefore });
    if (continuation === 'begins' || !this.isOpen) {
      this.flush();
      this.text = plain;
      this.raw = raw;
      this.lineCount = lineCount;
      this.origin = origin;
      return true;
    }
    this.addBlanks();
    this.text += continuation === 'splices' ? plain : `\n${plain}`;
    this.raw += `\n${raw}`;
    this.lineCount += lineCount;
    return false;
  }

  /** True between the first line of a record and its `flush`. */
  get isOpen(): boolean {
    return this.lineCount > 0;
  }

  /** The record at hand is complete, though more of its lines may come: they begin another one. */
  flush(): void {
    const { text, raw, lineCount, origin } = this;
    this.blanks.length = 0;
    if (lineCount === 0 || origin === undefined) return;
    this.lineCount = 0;
    this.text = '';
    this.raw = '';
    this.emit({ text, raw, lineCount, origin });
  }

  private noteBlank(text: string, raw: string): void {
    if (this.lineCount === 0) return;
    // The end of a colour stands on a line of its own at times: it ends what was coloured.
    this.rule.noteBlank(text);
    if (this.blanks.length < BLANK_LINES_MAX) this.blanks.push(raw);
  }

  private addBlanks(): void {
    for (const raw of this.blanks) {
      this.text += '\n';
      this.raw += `\n${raw}`;
      this.lineCount += 1;
    }
    this.blanks.length = 0;
  }
}
