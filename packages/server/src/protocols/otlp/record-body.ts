/**
 * The body of a record whose sender states no severity: a collector has read the line and not what it
 * says. Where a format knows the line, its severity, its fields and its message are the record's. What
 * the record states itself stays.
 */
import type { LogResource } from '@tendril/columns/log-resource';
import type { ParsedFields } from '@tendril/intake/format';
import type { LogWriter } from '@tendril/intake/log-writer';
import { emptyAttributes } from '@tendril/model/attribute';
import { BodyLineReader } from '../events/body-line.ts';

const ORIGINAL_KEY = 'log.record.original';
const SERVICE_KEY = 'service.name';
/** What SDKs call services that nobody has named. */
const UNKNOWN_SERVICE = 'unknown_service';

export class RecordBody {
  private readonly writer: LogWriter;
  private readonly reader: BodyLineReader | undefined;

  constructor(writer: LogWriter) {
    this.writer = writer;
    this.reader = writer.formats && new BodyLineReader(writer.formats);
  }

  /** Writes the body and what it says; false when it says nothing: then nothing was written. */
  put(body: string): boolean {
    const { writer } = this;
    const found = this.reader?.read(body, writer.nearestTimeNs);
    if (!found) return false;
    const { line, isTimeLost } = found;
    if (line.body !== body && !line.attributes.has(ORIGINAL_KEY)) writer.original(body);
    if (line.timeNs !== undefined && !isTimeLost && !writer.hasTime) writer.timeNs(line.timeNs);
    writer.severity(line.severityNumber, line.severityText);
    writer.body(line.body);
    if (line.eventName !== '') writer.eventName(line.eventName);
    writer.fields(line.attributes);
    if (line.resource) writer.useResourceOnce(this.resource(line.resource));
    return true;
  }

  private resource(own: ParsedFields): LogResource {
    const { context, resource } = this.writer;
    const key = `line\n${resource.id}\n${JSON.stringify([...own], bigintAsText)}`;
    return context.resourceOfBytes(key, () => {
      const attributes = emptyAttributes();
      for (const [name, value] of own) attributes[name] = value;
      for (const [name, value] of Object.entries(resource.attributes)) {
        const isUnnamed = name === SERVICE_KEY && String(value).startsWith(UNKNOWN_SERVICE);
        if (!isUnnamed || !own.has(name)) attributes[name] = value;
      }
      return context.resource(attributes, resource.schemaUrl);
    });
  }
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
