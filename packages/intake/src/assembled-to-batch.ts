/**
 * Assembled records into a batch: recognised by the format that knows them, written through the LogWriter,
 * which redacts and enforces limits. No record is lost: what no format knows has its whole text as its
 * message.
 *
 * This is where a record gets its fields, whoever assembled it: this process, or an agent that shipped it
 * as it was read (`shipped-lines.ts`).
 */
import type { LogResource, LogScope } from '@tendril/columns/log-resource';
import type { Attributes } from '@tendril/model/attribute';
import { FormatDetector, type FormatTable } from './format-table.ts';
import { wholeLine, type LineContext, type LineFormat, type ParsedLine } from './format.ts';
import { LineResources } from './line-resources.ts';
import { NO_SCOPE } from './log-context.ts';
import type { LogWriter } from './log-writer.ts';
import type { AssembledRecord, Wrapping } from './record-assembler.ts';
import { RecordContext } from './record-context.ts';
import { ORIGINAL_KEY } from './shipped-lines.ts';

/** What is known of lines before they are read. */
export interface LinesSource {
  readonly formats: FormatTable;
  readonly context: LineContext;
  /** True when somebody has said what the zone is: nothing else is believed then. */
  readonly isZoneGiven?: boolean;
  /** A record's own words go before it. */
  readonly resource: Attributes;
  /** True when the resource says all there is to say but for the record's own words: its path is not read again. */
  readonly isResourceWhole?: boolean;
}

export interface LinesWriting extends LinesSource {
  readonly writer: LogWriter;
  /** Called for each record after it was written. */
  readonly onRecord?: (facts: RecordFacts) => void;
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

/** Scopes remembered within a request; loggers have few. */
const SCOPES_REMEMBERED_MAX = 1024;

/** The records of one source as they come; the writer is open. */
export class AssembledToBatch {
  private readonly writing: LinesWriting;
  private readonly writer: LogWriter;
  private readonly detector: FormatDetector;
  private readonly context: RecordContext;
  private readonly resources: LineResources;
  private readonly scopes: Map<string, LogScope> = new Map([['', NO_SCOPE]]);

  constructor(writing: LinesWriting) {
    const { context, formats, isResourceWhole = false, isZoneGiven = false, resource } = writing;
    this.writing = writing;
    this.writer = writing.writer;
    this.detector = new FormatDetector(formats);
    this.context = new RecordContext(context, isZoneGiven);
    this.resources = new LineResources(this.writer.context, resource, isResourceWhole);
  }

  /** `seenNs` is when the record was read, where that was not now. */
  write(record: AssembledRecord, seenNs?: bigint): void {
    const { text, raw, origin } = record;
    this.context.begin(origin.timeNs, seenNs);
    const recognised = this.detector.recognise(text, this.context);
    const parsed = recognised?.parsed ?? wholeLine(text);
    this.begin(parsed, origin, recognised?.format.serviceHint ?? '');
    const observedNs = origin.timeNs ?? seenNs;
    if (observedNs !== undefined) this.writer.observedTimeNs(observedNs);
    if (parsed.body !== raw && !parsed.attributes.has(ORIGINAL_KEY)) this.writer.original(raw);
    this.writeParsed(parsed, origin);
    this.writer.end();
    this.writing.onRecord?.(this.factsOf(record, parsed, recognised?.format));
  }

  /** When a record was written, which is not written here. */
  timeNsOf({ text, origin }: AssembledRecord): bigint | undefined {
    this.context.begin(origin.timeNs);
    return this.detector.recognise(text, this.context)?.parsed.timeNs ?? origin.timeNs;
  }

  /** Of a record that says nothing of itself. */
  resourceOf(wrapping: Wrapping): LogResource {
    return this.resources.of(undefined, wrapping, '');
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
    writer.severity(parsed.severityNumber || wrapping.severityNumber, parsed.severityText);
    writer.body(parsed.body);
    if (parsed.eventName !== '') writer.eventName(parsed.eventName);
    writer.fields(parsed.attributes);
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
