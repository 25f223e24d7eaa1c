/**
 * Events of protocols that are not OTLP, written through the LogWriter. A body that says more than its
 * event (a severity, a time, fields) is parsed by the log formats, as collectors' lines are.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogResource, LogScope } from '@tendril/columns/log-resource';
import type { LineContext, ParsedFields, ParsedLine } from '@tendril/intake/format';
import { isQuietText } from '@tendril/intake/formats/quiet-text';
import { FORMATS } from '@tendril/intake/formats/registry';
import { standsAlone } from '@tendril/intake/join/continuation';
import { isBlank, isLogged } from '@tendril/intake/join/line-shape';
import { RecordJoiner } from '@tendril/intake/join/record-joiner';
import { NO_SCOPE } from '@tendril/intake/log-context';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import type { RejectionCode } from '@tendril/model/failure';
import { NS_PER_MS, NS_PER_SECOND } from '@tendril/model/time-range';
import { BodyLineReader, withoutColours } from './body-line.ts';
import { eventResource } from './event-resource.ts';
import { fieldsKey } from './fields-key.ts';
import { NearestZone } from './nearest-zone.ts';

/** A line cannot be written after it was shipped; clocks of two machines differ a little. */
const AHEAD_NS_MAX: bigint = 300n * NS_PER_SECOND;
const ORIGINAL_KEY = 'log.record.original';

/** For events that do not say it themselves. */
export interface EventFallback {
  readonly service?: string;
  readonly severityText?: string;
  readonly severityNumber?: number;
}

const NO_FALLBACK: EventFallback = {};

interface LineOrigin {
  readonly event: ParsedLine;
  readonly fallback: EventFallback;
}

interface SourceJoiner {
  readonly origin: LineOrigin;
  readonly joiner: RecordJoiner<LineOrigin>;
}

interface SourceResource {
  readonly fields: ParsedFields | undefined;
  readonly service: string;
  readonly resource: LogResource;
}

const OFFSET_KEY = 'log.offset';
/** Sources whose lines are joined side by side; a request has few. */
const JOINERS_MAX = 256;

export class EventWriter {
  private readonly writer: LogWriter;
  private readonly scopes: Map<string, LogScope> = new Map([['', NO_SCOPE]]);
  private scopeName = '';
  private readonly bodies: BodyLineReader;
  /** By source: the lines that may have more to come. */
  private readonly joiners: Map<string, RecordJoiner<LineOrigin>> = new Map();
  /** Of the line before: most come next to others of their source. */
  private last: SourceJoiner | undefined;
  private linesHeld = 0;
  /** False once events turned out to have no source in common, which makes joining a waste of time. */
  private hasSources = true;
  private readonly nowNs: bigint;
  /** Of the record before. */
  private lastResource: SourceResource | undefined;

  /** Begins a request. */
  constructor(writer: LogWriter, sink: BatchSink<LogBatch>, nowNs: bigint) {
    this.writer = writer;
    this.nowNs = nowNs;
    this.bodies = new BodyLineReader(writer.formats ?? FORMATS);
    writer.open(sink);
  }

  /**
   * An event that is a line and nothing more is joined with the lines of its source that belong to it, within
   * the request.
   */
  write(event: ParsedLine, fallback: EventFallback = NO_FALLBACK): void {
    if (!this.hasSources || !isLine(event) || this.needsNoOthers(event.body)) {
      this.put(event, event.body, fallback);
      return;
    }
    this.linesHeld += 1;
    const line = { text: event.body, raw: event.body, lineCount: 1, origin: { event, fallback } };
    this.joinerOf(event, fallback).push(line);
  }

  /** True of a text that says nothing beside itself, and is a record of its own. */
  isMessage(line: string): boolean {
    if (isBlank(line) || (this.hasSources && !this.needsNoOthers(line))) return false;
    return withoutColours(line) === line && this.bodies.read(line, this.nowNs) === undefined;
  }

  // Of a line that waits it may be the end.
  private needsNoOthers(line: string): boolean {
    const mayGoOn = this.joiners.size > 0 || (!isQuietText(line) && isLogged(line));
    return !mayGoOn && standsAlone(line);
  }

  private put(event: ParsedLine, raw: string, fallback: EventFallback): void {
    const record = event.severityNumber === 0 ? this.withLine(event) : event;
    const { writer } = this;
    writer.useResource(this.resource(record.resource, fallback.service ?? ''));
    this.useScope(record.scopeName);
    writer.begin();
    if (record.body !== raw && !record.attributes.has(ORIGINAL_KEY)) writer.original(raw);
    if (record.timeNs !== undefined) writer.timeNs(record.timeNs);
    const severity = record.severityNumber === 0 ? fallback : record;
    writer.severity(severity.severityNumber ?? 0, severity.severityText ?? '');
    writer.body(record.body);
    if (record.eventName !== '') writer.eventName(record.eventName);
    writer.fields(record.attributes);
    writer.end();
  }

  // Events are of one source when all they say beside their line, and where it stands, is the same.
  private joinerOf(event: ParsedLine, fallback: EventFallback): RecordJoiner<LineOrigin> {
    const { last } = this;
    if (last !== undefined && isOneSource(last.origin, { event, fallback })) return last.joiner;
    const joiner = this.joinerOfKey(sourceKey(event, fallback));
    this.last = { origin: { event, fallback }, joiner };
    return joiner;
  }

  private joinerOfKey(key: string): RecordJoiner<LineOrigin> {
    const known = this.joiners.get(key);
    if (known) return known;
    if (this.joiners.size >= JOINERS_MAX) {
      // Each said one line: what they say beside it (an id, a size) tells events apart, not sources.
      this.hasSources = this.linesHeld > this.joiners.size + 1;
      this.flush();
    }
    const joiner = new RecordJoiner<LineOrigin>(({ text, raw, origin }) => {
      const { event: first } = origin;
      this.put(text === first.body ? first : { ...first, body: text }, raw, origin.fallback);
    });
    this.joiners.set(key, joiner);
    return joiner;
  }

  private flush(): void {
    for (const joiner of this.joiners.values()) joiner.flush();
    this.joiners.clear();
    this.last = undefined;
    this.linesHeld = 0;
  }

  /** Of the record that begins next. */
  useScope(name: string): void {
    if (name === this.scopeName) return;
    this.scopeName = name;
    this.writer.useScope(this.scope(name));
  }

  reject(code: RejectionCode, reason: string): void {
    this.writer.begin();
    this.writer.reject(code, reason);
  }

  /** Call it at the end: what waited for more lines is written now. */
  outcome(): WriteOutcome {
    this.flush();
    return this.writer.outcome();
  }

  // The event with what its body says, where a format knows the body.
  private withLine(event: ParsedLine): ParsedLine {
    const { body } = event;
    const found = this.bodies.read(body, event.timeNs ?? this.nowNs);
    if (!found) {
      const plain = withoutColours(body);
      return plain === body ? event : { ...event, body: plain };
    }
    const { line, isTimeLost } = found;
    const isLost = isTimeLost && event.timeNs !== undefined;
    return joined(event, line, isLost ? event.timeNs : betterTime(event.timeNs, line.timeNs));
  }

  private resource(fields: ParsedFields | undefined, service: string): LogResource {
    const { lastResource } = this;
    if (fields !== undefined && lastResource?.fields === fields) {
      if (lastResource.service === service) return lastResource.resource;
    }
    const resource = this.resourceOf(fields, service);
    this.lastResource = { fields, service, resource };
    return resource;
  }

  private resourceOf(fields: ParsedFields | undefined, service: string): LogResource {
    const { context } = this.writer;
    const key = `event\n${service}\n${fieldsKey(fields)}`;
    return context.resourceOfBytes(key, () => eventResource(context, fields, service));
  }

  private scope(name: string): LogScope {
    const known = this.scopes.get(name);
    if (known) return known;
    const scope = this.writer.context.scope({ ...NO_SCOPE, name });
    if (this.scopes.size < SCOPES_REMEMBERED_MAX) this.scopes.set(name, scope);
    return scope;
  }
}

/** Nothing but a line, which others may belong to. */
export function isLine({ severityNumber, eventName, body }: ParsedLine): boolean {
  return severityNumber === 0 && eventName === '' && !isBlank(body);
}

/** For times that stand in fields: without a zone they are near the time of arrival. */
export function nearestContext(nowNs: bigint): LineContext {
  return { zone: new NearestZone(Number(nowNs / NS_PER_MS)), asOfNs: nowNs };
}

/** Scopes remembered within a request; loggers have few. */
const SCOPES_REMEMBERED_MAX = 1024;

function joined(event: ParsedLine, line: ParsedLine, timeNs: bigint | undefined): ParsedLine {
  return {
    timeNs,
    severityText: line.severityText,
    severityNumber: line.severityNumber,
    body: line.body,
    eventName: line.eventName || event.eventName,
    scopeName: line.scopeName || event.scopeName,
    attributes: merged(event.attributes, line.attributes),
    resource: mergedResource(event.resource, line.resource),
  };
}

/** The line's own time, unless the event's is finer or the line's cannot be. */
function betterTime(eventNs: bigint | undefined, lineNs: bigint | undefined): bigint | undefined {
  if (eventNs === undefined || lineNs === undefined) return lineNs ?? eventNs;
  if (lineNs > eventNs + AHEAD_NS_MAX) return eventNs;
  const isWholeSecond = lineNs % NS_PER_SECOND === 0n;
  return isWholeSecond && eventNs / NS_PER_SECOND === lineNs / NS_PER_SECOND ? eventNs : lineNs;
}

function merged(event: ParsedFields, line: ParsedFields): ParsedFields {
  return line.size === 0 ? event : new Map([...event, ...line]);
}

function mergedResource(
  event: ParsedFields | undefined,
  line: ParsedFields | undefined,
): ParsedFields | undefined {
  return event && line ? merged(event, line) : (line ?? event);
}

/** Without looking into them: what is not the same may still be equal. */
function isOneSource(one: LineOrigin, other: LineOrigin): boolean {
  return (
    one.event.resource === other.event.resource &&
    one.event.attributes === other.event.attributes &&
    one.event.scopeName === other.event.scopeName &&
    one.fallback === other.fallback
  );
}

function sourceKey(event: ParsedLine, fallback: EventFallback): string {
  const { service = '', severityText = '', severityNumber = 0 } = fallback;
  const names = `${service}\n${severityText}\n${severityNumber}\n${event.scopeName}\n`;
  return `${names}${fieldsKey(event.resource)}\n${fieldsKey(event.attributes, OFFSET_KEY)}`;
}
