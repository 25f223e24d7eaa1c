/**
 * Which format a line has: the formats in the order they are asked, sorted by the character a line
 * begins with, and for each source a memory of what its lines were. No flag is needed and no line is
 * looked at twice: each line is asked about on its own, so files of mixed formats work.
 */
import type { LineContext, LineFormat, LineGate, ParsedLine, Specificity } from './format.ts';

/** A line's fields and the format that found them. */
export interface RecognisedLine {
  readonly format: LineFormat;
  readonly parsed: ParsedLine;
}

/** Formats with their order of asking. Made once for a list of formats; holds no state of any source. */
export class FormatTable {
  readonly formats: readonly LineFormat[];
  // By the first character: those below 128, then all others in one list.
  private readonly candidates: readonly (readonly Candidate[])[];

  /** Asked by specificity, then in the order given. Names are unique. */
  constructor(formats: readonly LineFormat[]) {
    this.formats = formats.toSorted((a, b) => rank(a) - rank(b));
    const all = this.formats.map(candidateOf);
    const lists = new Map<string, readonly Candidate[]>();
    this.candidates = Array.from({ length: ASCII + 1 }, (_, code) => {
      const list = all.filter(({ format }) => canBegin(format.gate, code));
      return shared(lists, list);
    });
  }

  /** The same with others, which are asked before those of their specificity that are here. */
  with(formats: readonly LineFormat[]): FormatTable {
    return formats.length === 0 ? this : new FormatTable([...formats, ...this.formats]);
  }

  /** The named format and, for lines it does not know, the fallback. Undefined for an unknown name. */
  only(name: string): FormatTable | undefined {
    const named = this.formats.find((format) => format.name === name);
    if (!named) return undefined;
    const fallback = this.formats.filter(({ specificity }) => specificity === 'fallback');
    return new FormatTable([named, ...fallback.filter((format) => format !== named)]);
  }

  /** Formats that lines beginning like this one may have, in the order to ask. */
  candidatesOf(line: string): readonly Candidate[] {
    const code = line.charCodeAt(0);
    return this.candidates[code < ASCII ? code : ASCII] ?? [];
  }
}

/** Recognises the lines of one source. */
export class FormatDetector {
  private readonly table: FormatTable;
  // What the last specific line was: most sources have one format.
  private likely: Candidate | undefined;
  // In which it was found.
  private list: readonly Candidate[] | undefined;

  constructor(table: FormatTable) {
    this.table = table;
  }

  /** `line` is without colours. Undefined when no format knows it. */
  recognise(line: string, context: LineContext): RecognisedLine | undefined {
    const recognised = this.recogniseWhole(line, context);
    if (recognised?.format.isEnvelope !== true) return recognised;
    const { parsed } = recognised;
    const inner = this.recogniseMessage(parsed.body, context);
    return inner ? { format: inner.format, parsed: enveloped(parsed, inner.parsed) } : recognised;
  }

  private recogniseWhole(line: string, context: LineContext): RecognisedLine | undefined {
    const { likely } = this;
    const candidates = this.table.candidatesOf(line);
    if (likely && (candidates === this.list || candidates.includes(likely))) {
      const parsed = parseWith(likely, line, context);
      if (parsed) return { format: likely.format, parsed };
    }
    for (const candidate of candidates) {
      if (candidate === likely) continue;
      const parsed = parseWith(candidate, line, context);
      if (!parsed) continue;
      const { format } = candidate;
      // A generic format is never asked first: it would take the lines of specific ones.
      if (format.specificity === 'specific') {
        this.likely = candidate;
        this.list = candidates;
      }
      return { format, parsed };
    }
    return undefined;
  }

  // What only is text is no line of its own.
  private recogniseMessage(body: string, context: LineContext): RecognisedLine | undefined {
    for (const candidate of this.table.candidatesOf(body)) {
      const { format } = candidate;
      if (format.isEnvelope === true || format.specificity === 'fallback') continue;
      const parsed = parseWith(candidate, body, context);
      if (parsed) return { format, parsed };
    }
    return undefined;
  }
}

/** The program knows better than what passed its line on. */
function enveloped(envelope: ParsedLine, line: ParsedLine): ParsedLine {
  const severity = line.severityNumber > 0 ? line : envelope;
  return {
    timeNs: line.timeNs ?? envelope.timeNs,
    severityText: severity.severityText,
    severityNumber: severity.severityNumber,
    body: line.body,
    eventName: line.eventName || envelope.eventName,
    scopeName: line.scopeName || envelope.scopeName,
    attributes: new Map([...envelope.attributes, ...line.attributes]),
    resource: new Map([...(envelope.resource ?? []), ...(line.resource ?? [])]),
  };
}

const ASCII = 128;
const RANKS: Readonly<Record<Specificity, number>> = { specific: 0, generic: 1, fallback: 2 };

function rank({ specificity }: LineFormat): number {
  return RANKS[specificity];
}

function canBegin(gate: LineGate | undefined, code: number): boolean {
  if (gate?.first === undefined) return true;
  return code < ASCII && gate.first.includes(String.fromCharCode(code));
}

// Most characters have the same candidates as others: one list for all of them.
function shared(
  lists: Map<string, readonly Candidate[]>,
  list: readonly Candidate[],
): readonly Candidate[] {
  const names = list.map(({ format }) => format.name).join(' ');
  const known = lists.get(names) ?? list;
  lists.set(names, known);
  return known;
}

/** A format with its gate as it is asked. */
interface Candidate {
  readonly format: LineFormat;
  readonly contains: readonly Needle[];
  readonly containsAny: readonly Needle[];
}

/**
 * A text that is looked for. Quotes are what JSON has most of, and a search that begins with one stops at
 * each: what follows the quote is looked for first (`npm run bench -- lines`).
 */
interface Needle {
  readonly text: string;
  readonly tail: string;
}

function candidateOf(format: LineFormat): Candidate {
  const { contains = [], containsAny = [] } = format.gate ?? {};
  return {
    format,
    contains: contains.map(needleOf),
    containsAny: containsAny.map(needleOf),
  };
}

function needleOf(text: string): Needle {
  return { text, tail: text.length > 1 && text.startsWith('"') ? text.slice(1) : '' };
}

function parseWith(
  { format, contains, containsAny }: Candidate,
  line: string,
  context: LineContext,
): ParsedLine | undefined {
  for (const needle of contains) if (!holds(line, needle)) return undefined;
  const isNone = containsAny.length > 0 && !containsAny.some((needle) => holds(line, needle));
  return isNone ? undefined : format.parse(line, context);
}

function holds(line: string, { text, tail }: Needle): boolean {
  return (tail === '' || line.includes(tail)) && line.includes(text);
}
