/**
 * Lines of text into a batch: joined, recognised by the first format that knows them, written through
 * the LogWriter, which redacts and enforces limits. No line is lost: what no format knows becomes a
 * record with the whole line as its message.
 */
import { stripVTControlCharacters } from 'node:util';
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogResource, LogScope } from '@tendril/columns/log-resource';
import { emptyAttributes, type Attributes } from '@tendril/model/attribute';
import type { LineContext, ParsedFields, ParsedLine } from './format.ts';
import { FormatDetector, type FormatTable } from './format-table.ts';
import { LineJoiner } from './join/joined-lines.ts';
import { NO_SCOPE } from './log-context.ts';
import type { LogWriter } from './log-writer.ts';
import type { WriteOutcome } from './request-state.ts';

export interface LinesRequest {
  readonly writer: LogWriter;
  readonly sink: BatchSink<LogBatch>;
  readonly formats: FormatTable;
  readonly context: LineContext;
  /** What is known of the source of the lines; a record's own words go before it. */
  readonly resource: Attributes;
}

export interface LinesOutcome extends WriteOutcome {
  /** Physical lines, before joining. */
  readonly lineCount: number;
}

export function linesToBatch(lines: Iterable<string>, request: LinesRequest): LinesOutcome {
  const { writer, sink } = request;
  writer.open(sink);
  const joiner = new LineJoiner();
  const records = new RecordWriter(request);
  for (const text of joiner.join(lines)) records.write(text);
  return { ...writer.outcome(), lineCount: joiner.lineCount };
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

const ESCAPE = '\u001b';
const SERVICE_KEY = 'service.name';
const ORIGINAL_KEY = 'log.record.original';
/** Scopes remembered within a request; loggers have few. */
const SCOPES_REMEMBERED_MAX = 1024;

class RecordWriter {
  private readonly request: LinesRequest;
  private readonly writer: LogWriter;
  private readonly detector: FormatDetector;
  private readonly resource: LogResource;
  private readonly scopes: Map<string, LogScope> = new Map([['', NO_SCOPE]]);

  constructor(request: LinesRequest) {
    this.request = request;
    this.detector = new FormatDetector(request.formats);
    this.writer = request.writer;
    this.resource = this.writer.context.resource(request.resource, '');
  }

  write(line: string): void {
    const parsed = this.parse(line);
    const { writer } = this;
    writer.useResource(parsed.resource ? this.ownResource(parsed.resource) : this.resource);
    writer.useScope(this.scope(parsed.scopeName));
    writer.begin();
    if (parsed.timeNs !== undefined) writer.timeNs(parsed.timeNs);
    writer.severity(parsed.severityNumber, parsed.severityText);
    writer.body(parsed.body);
    if (parsed.eventName !== '') writer.eventName(parsed.eventName);
    for (const [name, value] of parsed.attributes) writer.attribute(name, value);
    if (parsed.body !== line && !parsed.attributes.has(ORIGINAL_KEY)) writer.original(line);
    writer.end();
  }

  private parse(line: string): ParsedLine {
    // Colours are in the way of every pattern.
    const plain = line.includes(ESCAPE) ? stripVTControlCharacters(line) : line;
    const recognised = this.detector.recognise(plain, this.request.context);
    if (!recognised) return wholeLine(plain);
    const { format, parsed } = recognised;
    return format.serviceHint === undefined ? parsed : this.withHint(parsed, format.serviceHint);
  }

  private withHint(parsed: ParsedLine, service: string): ParsedLine {
    const isNamed = this.resource.serviceName !== '' || parsed.resource?.has(SERVICE_KEY) === true;
    if (isNamed) return parsed;
    return { ...parsed, resource: new Map(parsed.resource).set(SERVICE_KEY, service) };
  }

  private ownResource(own: ParsedFields): LogResource {
    const { context } = this.writer;
    const key = `${this.resource.id}\n${JSON.stringify([...own], bigintAsText)}`;
    return context.resourceOfBytes(key, () => {
      const merged = emptyAttributes();
      Object.assign(merged, this.request.resource);
      for (const [name, value] of own) merged[name] = value;
      return context.resource(merged, '');
    });
  }

  private scope(name: string): LogScope {
    const known = this.scopes.get(name);
    if (known) return known;
    const scope = this.writer.context.scope({ ...NO_SCOPE, name });
    if (this.scopes.size < SCOPES_REMEMBERED_MAX) this.scopes.set(name, scope);
    return scope;
  }
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
