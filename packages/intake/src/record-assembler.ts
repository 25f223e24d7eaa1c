/**
 * Physical lines of one source in, the texts of records out: wrappers of transports undone, parts of cut
 * lines put together, what belongs together joined. Lines of different origins (streams, pods) that
 * stand between each other in one source are joined each on their own.
 */
import { RecordJoiner, type JoinedRecord } from './join/record-joiner.ts';
import { OrderedRecords } from './ordered-records.ts';
import type { TransportFields, Wrapped } from './transport/transport.ts';
import { Unwrapper } from './transport/unwrapper.ts';

/** What the wrappers of a record's first line say. */
export interface Wrapping {
  /** From the outermost to the innermost: `github-actions`, `compose`. */
  readonly transports: readonly string[];
  readonly timeNs: bigint | undefined;
  readonly severityNumber: number;
  readonly service: string;
  /** From the outermost to the innermost; the inner one knows better. */
  readonly resources: readonly TransportFields[];
  readonly attributes: readonly TransportFields[];
}

/** Of a line that nothing wrapped. */
export const UNWRAPPED: Wrapping = {
  transports: [],
  timeNs: undefined,
  severityNumber: 0,
  service: '',
  resources: [],
  attributes: [],
};

export type AssembledRecord = JoinedRecord<Wrapping>;

/** Wrappers within wrappers: an Actions log that prints the logs of Compose. */
const DEPTH_MAX = 3;
/** Origins whose records are open at the same time; the one that was silent longest ends its record. */
const ORIGINS_MAX = 1024;
/** An origin that is silent for so many lines of the source has ended its record. */
export const SILENT_LINES_MAX = 500;
/** A line that was cut is put together up to this length; the limit of a message is about the same. */
const PARTIAL_LENGTH_MAX: number = 2 * 1024 * 1024;

interface Line {
  readonly text: string;
  readonly raw: string;
  readonly lineCount: number;
  readonly origin: string;
  readonly wrapping: Wrapping;
  readonly number: number;
}

export class RecordAssembler {
  private readonly emit: (record: AssembledRecord) => void;
  private readonly ordered: OrderedRecords<AssembledRecord>;
  // One for each depth: what wraps what is inside is of another kind.
  private readonly unwrappers: readonly Unwrapper[];
  private readonly plain: OriginLines;
  private readonly origins: Map<string, OriginLines> = new Map();
  private lineNumber = 0;

  constructor(emit: (record: AssembledRecord) => void) {
    this.emit = emit;
    this.ordered = new OrderedRecords(emit, this);
    this.unwrappers = Array.from({ length: DEPTH_MAX }, () => new Unwrapper());
    this.plain = new OriginLines((record, from) => this.take(record, from));
  }

  /** The number, from 0, of the line that begins the record which this line belongs to. */
  push(line: string): number {
    const number = this.lineNumber;
    this.lineNumber += 1;
    const unwrapped = this.unwrappers[0]?.unwrap(line);
    if (!unwrapped) {
      this.plain.lastNumber = number;
      if (this.origins.size > 0) this.endSilent();
      const joined = { text: line, raw: line, lineCount: 1, origin: UNWRAPPED };
      return this.plain.push(joined, number);
    }
    return this.pushWrapped(
      { text: line, raw: line, lineCount: 1, origin: '', wrapping: UNWRAPPED, number },
      unwrapped,
    );
  }

  /** The number of the first line of what did not come out yet; Infinity when all has. */
  get openFrom(): number {
    return Math.min(this.oldestOpen(), this.ordered.firstFrom);
  }

  /** Lines of how many origins the source has between each other. */
  get originCount(): number {
    return this.origins.size + (this.plain.isOpen ? 1 : 0);
  }

  /** All records at hand are complete, though more of their lines may come. */
  flush(): void {
    this.plain.flush();
    for (const lines of this.origins.values()) lines.flush();
    this.ordered.flush();
  }

  // A source of one origin, the usual one, has nothing to put in order.
  private take(record: AssembledRecord, from: number): void {
    if (this.origins.size === 0 && this.ordered.isEmpty) this.emit(record);
    else this.ordered.add({ record, from, length: record.raw.length });
  }

  /** The number of the line that begins the oldest record that may still grow; Infinity when none may. */
  oldestOpen(): number {
    let oldest = this.plain.openFrom;
    for (const { openFrom } of this.origins.values()) oldest = Math.min(oldest, openFrom);
    return oldest;
  }

  private pushWrapped(
    line: Line,
    { transport, wrapped }: { readonly transport: string; readonly wrapped: Wrapped },
  ): number {
    const inner = innerLine(line, transport, wrapped);
    const lines = this.linesOf(inner.origin);
    lines.lastNumber = this.lineNumber;
    this.endSilent();
    const whole = lines.complete(inner, wrapped.isPartial);
    if (!whole) return lines.partialFrom;
    const depth = whole.wrapping.transports.length;
    const nested = depth < DEPTH_MAX ? this.unwrappers[depth]?.unwrap(whole.text) : undefined;
    if (nested) return this.pushWrapped(whole, nested);
    const { text, raw, lineCount, wrapping } = whole;
    return lines.push({ text, raw, lineCount, origin: wrapping }, whole.number);
  }

  // The last of the map is the one that was written to last.
  private linesOf(origin: string): OriginLines {
    const known = this.origins.get(origin);
    if (known) {
      this.origins.delete(origin);
      this.origins.set(origin, known);
      return known;
    }
    if (this.origins.size >= ORIGINS_MAX) this.forgetOldest();
    const lines = new OriginLines((record, from) => this.take(record, from));
    this.origins.set(origin, lines);
    return lines;
  }

  private endSilent(): void {
    const silentFrom = this.lineNumber - SILENT_LINES_MAX;
    if (this.plain.isOpen && this.plain.lastNumber < silentFrom) this.plain.flush();
    for (const { lastNumber } of this.origins.values()) {
      if (lastNumber >= silentFrom) return;
      this.forgetOldest();
    }
  }

  private forgetOldest(): void {
    const [oldest] = this.origins;
    if (!oldest) return;
    oldest[1].flush();
    this.origins.delete(oldest[0]);
  }
}

/** The lines of one origin: parts of a line that was cut, then the record they belong to. */
class OriginLines {
  /** The line that begins the line whose parts are at hand. */
  partialFrom = 0;
  /** The last line. */
  lastNumber = 0;
  private readonly joiner: RecordJoiner<Wrapping>;
  private recordFrom = 0;
  private partial: Line | undefined;

  /** `from` is the number of the line that begins the record. */
  constructor(emit: (record: AssembledRecord, from: number) => void) {
    this.joiner = new RecordJoiner((record) => emit(record, this.recordFrom));
  }

  get isOpen(): boolean {
    return this.joiner.isOpen;
  }

  /** The number of the line that begins what is open; Infinity when nothing is. */
  get openFrom(): number {
    if (this.joiner.isOpen) return this.recordFrom;
    return this.partial ? this.partialFrom : Infinity;
  }

  /** Undefined while parts are missing. */
  complete(line: Line, isPartial: boolean): Line | undefined {
    const { partial } = this;
    if (!partial && !isPartial) return line;
    const whole = partial ? together(partial, line) : line;
    if (isPartial && whole.text.length < PARTIAL_LENGTH_MAX) {
      this.partial = whole;
      this.partialFrom = whole.number;
      return undefined;
    }
    this.partial = undefined;
    return whole;
  }

  push(line: Parameters<RecordJoiner<Wrapping>['push']>[0], number: number): number {
    if (this.joiner.push(line) || !this.joiner.isOpen) this.recordFrom = number;
    return this.recordFrom;
  }

  flush(): void {
    const { partial } = this;
    this.partial = undefined;
    if (partial) {
      const { text, raw, lineCount, wrapping } = partial;
      this.joiner.push({ text, raw, lineCount, origin: wrapping });
    }
    this.joiner.flush();
  }
}

function together(first: Line, next: Line): Line {
  return {
    ...first,
    text: first.text + next.text,
    raw: `${first.raw}\n${next.raw}`,
    lineCount: first.lineCount + next.lineCount,
  };
}

function innerLine(line: Line, transport: string, wrapped: Wrapped): Line {
  const { wrapping } = line;
  return {
    ...line,
    text: wrapped.text,
    origin: `${line.origin}${transport} ${wrapped.origin}\n`,
    wrapping: {
      transports: [...wrapping.transports, transport],
      timeNs: wrapped.timeNs ?? wrapping.timeNs,
      severityNumber: wrapped.severityNumber || wrapping.severityNumber,
      service: wrapped.service || wrapping.service,
      resources: added(wrapping.resources, wrapped.resource),
      attributes: added(wrapping.attributes, wrapped.attributes),
    },
  };
}

function added(
  fields: readonly TransportFields[],
  more: TransportFields | undefined,
): readonly TransportFields[] {
  return more === undefined || more.size === 0 ? fields : [...fields, more];
}
