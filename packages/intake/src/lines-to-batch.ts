/**
 * Lines of text into a batch: wrappers undone, joined, recognised by the format that knows them, written
 * through the LogWriter, which redacts and enforces limits. No line is lost: what no format knows becomes
 * a record with the whole line as its message.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogScope } from '@tendril/columns/log-resource';
import type { Attributes } from '@tendril/model/attribute';
import { FormatDetector, type FormatTable } from './format-table.ts';
import type { LineContext, LineFormat, ParsedLine } from './format.ts';
import { LineResources } from './line-resources.ts';
import { NO_SCOPE } from './log-context.ts';
import type { LogWriter } from './log-writer.ts';
import { RecordAssembler, type AssembledRecord, type Wrapping } from './record-assembler.ts';
import { RecordContext } from './record-context.ts';
import type { WriteOutcome } from './request-state.ts';

/** What is known of lines before they are read. */
export interface LinesSource {
  readonly formats: FormatTable;
  readonly context: LineContext;
  /** True when somebody has said what the zone is: nothing else is believed then. */
  readonly isZoneGiven?: boolean;
  /** A record's own words go before it. */
  readonly resource: Attributes;
}

export interface LinesWriting extends LinesSource {
  readonly writer: LogWriter;
  /** Called for each record after it was written. */
  readonly onRecord?: (facts: RecordFacts) => void;
}

export interface LinesRequest extends LinesWriting {
  readonly sink: BatchSink<LogBatch>;
}

/** How a record was read; none of this is stored. */
export interface RecordFacts {
  /** Undefined when no format knew the line. */
  readonly format: LineFormat | undefined;
  /** From the outermost to the innermost. */
  readonly transports: readonly string[];
  /** Physical lines. */
  readonly lineCount: number;
  /** The time that the line states. */
  readonly timeNs: bigint | undefined;
  /** The time that the transport states. */
  readonly transportNs: bigint | undefined;
  /** What the line's time did not say. */
  readonly assumed: AssumedTime;
}

export interface AssumedTime {
  /** The zone was taken from the source. */
  readonly zone: boolean;
  /** The zone was taken from the transport's time. */
  readonly inferredZone: boolean;
  readonly year: boolean;
}

export interface LinesOutcome extends WriteOutcome {
  /** Physical lines, before joining. */
  readonly lineCount: number;
}

/** The lines of one request. */
export function linesToBatch(lines: Iterable<string>, request: LinesRequest): LinesOutcome {
  const { writer, sink } = request;
  writer.open(sink);
  const records = new LinesToBatch(request);
  for (const line of lines) records.push(line);
  records.flush();
  return { ...writer.outcome(), lineCount: records.lineCount };
}

const ORIGINAL_KEY = 'log.record.original';
/** Scopes remembered within a request; loggers have few. */
const SCOPES_REMEMBERED_MAX = 1024;

/** The lines of one source as they come; the writer is open. */
export class LinesToBatch {
  /** Physical lines in records so far. */
  lineCount = 0;
  private readonly request: LinesWriting;
  private readonly writer: LogWriter;
  private readonly assembler: RecordAssembler;
  private readonly detector: FormatDetector;
  private readonly context: RecordContext;
  private readonly resources: LineResources;
  private readonly scopes: Map<string, LogScope> = new Map([['', NO_SCOPE]]);

  constructor(request: LinesWriting) {
    this.request = request;
    this.writer = request.writer;
    this.assembler = new RecordAssembler((record) => this.write(record));
    this.detector = new FormatDetector(request.formats);
    this.context = new RecordContext(request.context, request.isZoneGiven === true);
    this.resources = new LineResources(request.writer.context, request.resource);
  }

  push(line: string): void {
    this.assembler.push(line);
  }

  /** The number, from 0, of the first line pushed whose record is not written; Infinity when all are. */
  get openFrom(): number {
    return this.assembler.openFrom;
  }

  /** Writes the records at hand, though more of their lines may come. */
  flush(): void {
    this.assembler.flush();
  }

  private write(record: AssembledRecord): void {
    const { text, raw, origin, lineCount } = record;
    this.lineCount += lineCount;
    this.context.begin(origin.timeNs);
    const recognised = this.detector.recognise(text, this.context);
    const parsed = recognised?.parsed ?? wholeLine(text);
    this.begin(parsed, origin, recognised?.format.serviceHint ?? '');
    if (parsed.body !== raw && !parsed.attributes.has(ORIGINAL_KEY)) this.writer.original(raw);
    this.writeParsed(parsed, origin);
    this.writer.end();
    this.request.onRecord?.(this.factsOf(record, parsed, recognised?.format));
  }

  private begin(parsed: ParsedLine, wrapping: Wrapping, serviceHint: string): void {
    const { writer } = this;
    writer.useResource(this.resources.of(parsed.resource, wrapping, serviceHint));
    writer.useScope(this.scope(parsed.scopeName));
    writer.begin();
  }

  private writeParsed(parsed: ParsedLine, wrapping: Wrapping): void {
    const { writer } = this;
    const timeNs = parsed.timeNs ?? wrapping.timeNs;
    if (timeNs !== undefined) writer.timeNs(timeNs);
    if (wrapping.timeNs !== undefined) writer.observedTimeNs(wrapping.timeNs);
    writer.severity(parsed.severityNumber || wrapping.severityNumber, parsed.severityText);
    writer.body(parsed.body);
    if (parsed.eventName !== '') writer.eventName(parsed.eventName);
    for (const [name, value] of parsed.attributes) writer.attribute(name, value);
    for (const fields of wrapping.attributes) {
      for (const [name, value] of fields) {
        if (!parsed.attributes.has(name)) writer.attribute(name, value);
      }
    }
  }

  private factsOf(
    { origin, lineCount }: AssembledRecord,
    { timeNs }: ParsedLine,
    format: LineFormat | undefined,
  ): RecordFacts {
    const { zone, isYearAssumed } = this.context;
    const isTimed = timeNs !== undefined;
    return {
      format,
      transports: origin.transports,
      lineCount,
      timeNs,
      transportNs: origin.timeNs,
      assumed: {
        zone: isTimed && zone.isAssumed,
        inferredZone: isTimed && zone.isInferred,
        year: isTimed && isYearAssumed,
      },
    };
  }

  private scope(name: string): LogScope {
    const known = this.scopes.get(name);
    if (known) return known;
    const scope = this.writer.context.scope({ ...NO_SCOPE, name });
    if (this.scopes.size < SCOPES_REMEMBERED_MAX) this.scopes.set(name, scope);
    return scope;
  }
}

/** The message is the line; no time, no severity. */
function wholeLine(line: string): ParsedLine {
  return {
    timeNs: undefined,
    severityText: '',
    severityNumber: 0,
    body: line,
    eventName: '',
    scopeName: '',
    attributes: new Map(),
    resource: undefined,
  };
}
