/**
 * Lines as OTLP log records (opentelemetry-proto 1.11, logs/v1), one after the other straight to the wire: the server
 * reads them (`intake/shipped-lines.ts`). What holds something that must not be stored is not written here:
 * that takes knowing what is what.
 */
import type { LogResource } from '@tendril/columns/log-resource';
import { setNs, type WordPair } from '@tendril/intake/log-times';
import type { AssembledRecord, Wrapping } from '@tendril/intake/record-assembler';
import type { Redactor } from '@tendril/intake/redact/redactor';
import { ORIGINAL_KEY, shippedTexts } from '@tendril/intake/shipped-lines';
import type { Attributes } from '@tendril/model/attribute';
import type { ProtobufWriter } from './protobuf-writer.ts';
import { putAttribute, putAttributes } from './put-attributes.ts';

/** What lines share on the wire; the same object for all that follow each other. */
export interface SharedByLines {
  readonly resource: LogResource;
  readonly scope: Attributes;
}

/** Likely lengths of lengths: a line has some hundred bytes, those that share a resource some hundred thousand. */
const LINE_LENGTH_BYTES = 2;
const SHARED_LENGTH_BYTES = 3;

/** What is open on the wire. */
interface OpenGroup {
  readonly shared: SharedByLines;
  /** Where it begins. */
  readonly start: number;
  readonly resourceLogs: number;
  readonly scopeLogs: number;
  isEmpty: boolean;
}

export class LinesEncoder {
  private readonly wire: ProtobufWriter;
  private readonly redactor: Redactor;
  private open: OpenGroup | undefined;
  /** Of the record at hand, by its transport. */
  private readonly taken: WordPair = { low: 0, high: 0 };

  constructor(wire: ProtobufWriter, redactor: Redactor) {
    this.wire = wire;
    this.redactor = redactor;
  }

  /** False, and nothing is written, when there is something to redact. `seen` is when the lines were read. */
  put(record: AssembledRecord, shared: SharedByLines, seen: WordPair): boolean {
    const group = this.groupOf(shared);
    const { wire } = this;
    const start = wire.length;
    const begun = wire.begin(2, LINE_LENGTH_BYTES);
    if (!this.putTexts(record)) {
      wire.takeBack(start);
      return false;
    }
    this.putWrapping(record.origin, seen);
    wire.end(begun);
    group.isEmpty = false;
    return true;
  }

  /** Ends what is open, so that something else can be written. */
  end(): void {
    const { open, wire } = this;
    this.open = undefined;
    if (!open) return;
    if (open.isEmpty) {
      wire.takeBack(open.start);
      return;
    }
    wire.end(open.scopeLogs);
    wire.end(open.resourceLogs);
  }

  private groupOf(shared: SharedByLines): OpenGroup {
    if (this.open?.shared === shared) return this.open;
    this.end();
    const { wire } = this;
    const start = wire.length;
    const resourceLogs = wire.begin(1, SHARED_LENGTH_BYTES);
    const resource = wire.begin(1);
    putAttributes(wire, 1, shared.resource.attributes);
    wire.end(resource);
    const scopeLogs = wire.begin(2, SHARED_LENGTH_BYTES);
    const scope = wire.begin(1);
    putAttributes(wire, 3, shared.scope);
    wire.end(scope);
    const group = { shared, start, resourceLogs, scopeLogs, isEmpty: true };
    this.open = group;
    return group;
  }

  // False when one of them is not to be written.
  private putTexts(record: AssembledRecord): boolean {
    const { wire } = this;
    const { original, text } = shippedTexts(record);
    const body = wire.begin(5, LINE_LENGTH_BYTES);
    if (!this.putText(text)) return false;
    wire.end(body);
    if (original === undefined) return true;
    const attribute = wire.begin(6, LINE_LENGTH_BYTES);
    wire.text(1, ORIGINAL_KEY);
    const value = wire.begin(2, LINE_LENGTH_BYTES);
    if (!this.putText(original)) return false;
    wire.end(value);
    wire.end(attribute);
    return true;
  }

  private putText(text: string): boolean {
    const { redactor, wire } = this;
    const start = wire.text(1, text);
    const isSuspicious = redactor.suspicious(wire.bytes, start, wire.length);
    return !isSuspicious || redactor.redactText(text) === undefined;
  }

  // What wrappers say stands in the line as it was read, which was looked through.
  private putWrapping({ attributes, severityNumber, timeNs }: Wrapping, seen: WordPair): void {
    const { wire } = this;
    const { taken } = this;
    if (timeNs !== undefined) {
      setNs(taken, timeNs);
      wire.fixed64(1, taken.low, taken.high);
    }
    if (severityNumber > 0) wire.int64(2, severityNumber);
    for (const fields of attributes) {
      for (const [key, value] of fields) putAttribute(wire, 6, key, value);
    }
    const { high, low } = timeNs === undefined ? seen : taken;
    wire.fixed64(11, low, high);
  }
}
