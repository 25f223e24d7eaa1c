/**
 * Physical lines of one origin in, records out: what belongs together is joined with line feeds. Blank
 * lines within a record stay, those between records go.
 */
import { isColouredUpTo, plainLine } from './colours.ts';
import { ContinuationRule } from './continuation.ts';
import { beginsWithDate, isBlank } from './line-shape.ts';

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
/** As much of a line as tells that it begins with a date. */
const DATE_LENGTH = 15;

export class RecordJoiner<Origin> {
  private readonly emit: (record: JoinedRecord<Origin>) => void;
  private readonly rule = new ContinuationRule();
  private text: string | undefined = '';
  /** The line that the text is, when nobody has asked for it. */
  private coloured = '';
  private raw = '';
  private lineCount = 0;
  private origin: Origin | undefined;
  private readonly blanks: string[] = [];

  constructor(emit: (record: JoinedRecord<Origin>) => void) {
    this.emit = emit;
  }

  /** True when the line begins a record; blank ones do not. */
  push(line: JoinableLine<Origin>): boolean {
    const { text, raw } = line;
    if (beginsWithDate(text) && !isColouredUpTo(text, DATE_LENGTH)) {
      this.rule.beginDated(text);
      this.begin(line, undefined);
      return true;
    }
    const plain = plainLine(text);
    if (isBlank(plain)) {
      this.noteBlank(text, raw);
      return false;
    }
    const blanksBefore = this.blanks.length;
    const continuation = this.rule.next({ plain, raw: text, blanksBefore });
    if (continuation === 'begins' || !this.isOpen) {
      this.begin(line, plain);
      return true;
    }
    this.text ??= plainLine(this.coloured);
    this.addBlanks();
    this.text += continuation === 'splices' ? plain : `\n${plain}`;
    this.raw += `\n${raw}`;
    this.lineCount += line.lineCount;
    return false;
  }

  private begin({ lineCount, origin, raw, text }: JoinableLine<Origin>, plain?: string): void {
    this.flush();
    this.text = plain;
    this.coloured = text;
    this.raw = raw;
    this.lineCount = lineCount;
    this.origin = origin;
  }

  /** True between the first line of a record and its `flush`. */
  get isOpen(): boolean {
    return this.lineCount > 0;
  }

  /** The record at hand is complete, though more of its lines may come: they begin another one. */
  flush(): void {
    const { coloured, text, raw, lineCount, origin } = this;
    this.blanks.length = 0;
    if (lineCount === 0 || origin === undefined) return;
    this.lineCount = 0;
    this.text = '';
    this.coloured = '';
    this.raw = '';
    if (text === undefined) this.emit(new OneLine(coloured, { raw, lineCount, origin }));
    else this.emit({ text, raw, lineCount, origin });
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

/** A record of one line. Its colours are taken away when its text is asked for: who ships it does not. */
class OneLine<Origin> implements JoinedRecord<Origin> {
  readonly raw: string;
  readonly lineCount: number;
  readonly origin: Origin;
  private readonly coloured: string;
  private plain: string | undefined;

  constructor(coloured: string, { raw, lineCount, origin }: Omit<JoinedRecord<Origin>, 'text'>) {
    this.coloured = coloured;
    this.raw = raw;
    this.lineCount = lineCount;
    this.origin = origin;
  }

  get text(): string {
    this.plain ??= plainLine(this.coloured);
    return this.plain;
  }
}
