/**
 * Which lines belong to the one before: indented lines after a line that can be followed by a stack
 * trace, the unindented parts of the traces of Java, Python, Go, Node and Rust, and what OpenIM cuts in
 * two. For the lines of one origin, in order, without blank ones.
 */
import { severityOfName } from '@tendril/model/severity';
import { plainLine } from './colours.ts';
import {
  beginsPretty,
  beginsWithDate,
  beginsWithLevel,
  isIndented,
  isLogged,
} from './line-shape.ts';
import {
  CARGO_STATUS,
  LOGRUS_NESTED,
  NESTED_LINES_MAX,
  SPLIT_VERSION,
  TRACE_RULES,
  type TraceRule,
} from './trace-rules.ts';

/** Longest record that is joined; what is beyond begins a record of its own. */
export const JOINED_LINES_MAX = 1000;
export const JOINED_LENGTH_MAX: number = 1024 * 1024;

export interface ShapedLine {
  /** Without colours. */
  readonly plain: string;
  /** As it was written. */
  readonly raw: string;
  /** Blank lines between this one and the one before. */
  readonly blanksBefore: number;
}

/** `splices`: continues the record in the middle of a line. */
export type Continuation = 'begins' | 'continues' | 'splices';

/** Reads lines one after the other and says of each whether it continues the record before it. */
export class ContinuationRule {
  private lines = 0;
  private length = 0;
  private canContinue = false;
  private rule: TraceRule | undefined;
  private ruleLines = 0;
  private isNested = false;
  private isColoured = false;
  private previous = '';
  /** A line that begins a record and was not looked into: most are followed by another such line. */
  private dated: string | undefined;

  /** A line that begins with a date, as it was written: it begins a record. */
  beginDated(raw: string): void {
    this.dated = raw;
  }

  next(line: ShapedLine): Continuation {
    const { plain } = line;
    this.lookBack();
    this.ruleLines += 1;
    const wanted = this.lines === 0 ? 'begins' : this.wanted(line);
    const fits = this.lines < JOINED_LINES_MAX && this.length + plain.length < JOINED_LENGTH_MAX;
    const given = fits ? wanted : 'begins';
    this.lines = given === 'begins' ? 1 : this.lines + 1;
    this.length = given === 'begins' ? plain.length : this.length + plain.length + 1;
    this.previous = plain;
    // What only did not fit any more goes on as it was.
    if (wanted === 'begins') this.begin(line);
    else if (this.rule?.end?.test(plain)) this.close();
    return given;
  }

  /** A line without visible text, whose colours may end what was coloured. */
  noteBlank(raw: string): void {
    this.lookBack();
    if (this.rule?.until?.test(raw)) this.rule = undefined;
  }

  private lookBack(): void {
    const { dated: raw } = this;
    if (raw === undefined) return;
    const plain = plainLine(raw);
    this.dated = undefined;
    this.lines = 1;
    this.length = plain.length;
    this.previous = plain;
    this.begin({ plain, raw });
  }

  private begin({ plain, raw }: Pick<ShapedLine, 'plain' | 'raw'>): void {
    this.isColoured = plain !== raw;
    this.isNested = false;
    this.ruleLines = 0;
    if (beginsWithDate(plain)) {
      this.canContinue = true;
      this.isNested = LOGRUS_NESTED.test(plain);
      this.rule = plain.charCodeAt(4) === SLASH ? ruleOf(plain) : undefined;
      return;
    }
    if (beginsPretty(plain)) {
      this.canContinue = true;
      this.rule = undefined;
      return;
    }
    const isObject = plain.charCodeAt(0) === OPEN_BRACE && plain.length > 1;
    this.rule = isObject ? undefined : ruleOf(plain);
    this.canContinue = !isObject && (this.rule !== undefined || isLogged(plain));
  }

  private close(): void {
    this.rule = undefined;
    this.canContinue = false;
  }

  private wanted(line: ShapedLine): Continuation {
    const { plain } = line;
    if (this.rule?.until) return this.takesUntilEnd(line, this.rule);
    if (beginsWithDate(plain)) return 'begins';
    if (plain.charCodeAt(0) === CLOSE_BRACKET && this.isSplit(plain)) return 'splices';
    return this.belongs(line) ? 'continues' : 'begins';
  }

  // Whoever wrote the colour at its end may be gone: a date ends it as well.
  private takesUntilEnd({ plain, raw }: ShapedLine, { frame }: TraceRule): Continuation {
    if (beginsWithDate(plain)) return 'begins';
    const isAfterFrame = !this.isColoured && isIndented(this.previous) && !isIndented(plain);
    if (isAfterFrame && frame?.test(plain) === false) return 'begins';
    this.noteBlank(raw);
    return 'continues';
  }

  private isSplit(plain: string): boolean {
    return SPLIT_VERSION.tail.test(plain) && SPLIT_VERSION.head.test(this.previous);
  }

  private belongs({ plain, blanksBefore }: ShapedLine): boolean {
    const { rule } = this;
    if (rule && this.isPartOf(rule, plain)) return true;
    if (!this.canContinue) return false;
    if (isIndented(plain)) {
      return !CARGO_STATUS.test(plain) && !beginsPretty(plain) && !beginsWithLevel(plain);
    }
    if (CLOSING.test(plain) && this.isOpen) return true;
    if (blanksBefore > 0) return false;
    const attached = ruleOf(plain);
    if (attached) return this.attach(attached);
    return (
      this.isNested && this.lines < NESTED_LINES_MAX && !beginsObject(plain) && !isLogged(plain)
    );
  }

  private isPartOf(rule: TraceRule, plain: string): boolean {
    if (this.ruleLines <= (rule.linesTaken ?? 0)) return true;
    if (rule.part.test(plain)) return true;
    return rule.partAfterIndented?.test(plain) === true && isIndented(this.previous);
  }

  // The object or list that the line before prints has not ended.
  private get isOpen(): boolean {
    return isIndented(this.previous) || OPENING.test(this.previous);
  }

  private attach(rule: TraceRule): boolean {
    if (rule.isAlone || this.rule?.isAlone === true) return false;
    this.rule = rule;
    this.ruleLines = 0;
    return true;
  }
}

/**
 * True of a line that nothing which follows belongs to: where no other line waits for more, it is a record. Only for
 * lines that no logger wrote (`isLogged`, and `isQuietText`, which costs less).
 */
export function standsAlone(line: string): boolean {
  if (!BEGINS_WITH_WORD.test(line) || CONTROL.test(line)) return false;
  const [, word = ''] = FIRST_WORD.exec(line) ?? [];
  return severityOfName(word) === undefined && !ANY_START.test(line);
}

const BEGINS_WITH_WORD = /^[A-Za-z\p{Script=Han}]/u;
const CONTROL = /\p{Cc}/u;
// Where it is a level, a logger wrote the line: `isLogged`.
const FIRST_WORD = /^\W{0,2}?(\w{1,16})/;

const OPEN_BRACE = 0x7b;
const CLOSE_BRACKET = 0x5d;
const SLASH = 0x2f;
const CLOSING = /^[}\])][,;]?$/;
const OPENING = /[{[(]$/;

function beginsObject(plain: string): boolean {
  return plain.charCodeAt(0) === OPEN_BRACE;
}

// One look for all of them: most lines begin no trace.
const ANY_START = new RegExp(TRACE_RULES.map(({ start }) => start.source).join('|'));

function ruleOf(plain: string): TraceRule | undefined {
  return ANY_START.test(plain) ? TRACE_RULES.find(({ start }) => start.test(plain)) : undefined;
}
