/**
 * Loki's push request, in protobuf or JSON: streams of lines with labels in, records out. Lines are parsed
 * as log lines; what labels say of their severity counts where the line itself says nothing.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import type { AttributeValue } from '@tendril/model/attribute';
import type { RejectionCode } from '@tendril/model/failure';
import { EventWriter, type EventFallback } from '../events/event-writer.ts';
import { SEVERITY_NAMES, sourceOf, type Labels, type LabelledSource } from './labels.ts';
import { jsonStreams } from './push-json.ts';
import { protobufStreams } from './push-protobuf.ts';

export interface LokiStream {
  readonly labels: Labels;
  readonly entries: Iterable<LokiEntry>;
}

export type LokiEntry =
  | {
      readonly kind: 'entry';
      readonly timeNs: bigint;
      readonly line: string;
      readonly metadata: ReadonlyMap<string, AttributeValue>;
    }
  | { readonly kind: 'refused'; readonly code: RejectionCode; readonly reason: string };

export interface LokiPush {
  /** Decompressed, of snappy too. */
  readonly body: Uint8Array;
  readonly encoding: 'protobuf' | 'json';
  /** `X-Scope-OrgID`; empty when there is none. */
  readonly tenant: string;
  readonly nowNs: bigint;
}

/** Throws a `malformed` Failure when the request cannot be read. */
export function decodeLokiPush(
  { body, encoding, tenant, nowNs }: LokiPush,
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
): WriteOutcome {
  const streams =
    encoding === 'json' ? jsonStreams(body, writer.limits.nestingDepthMax) : protobufStreams(body);
  const events = new EventWriter(writer, sink, nowNs);
  for (const { labels, entries } of streams) {
    const source = sourceOf(labels);
    const resource = tenant === '' ? source.resource : withTenant(source, tenant);
    const stream = { ...source, resource, fallback: { severityText: source.severityText } };
    for (const entry of entries) {
      if (entry.kind === 'entry') writeEntry(entry, stream, events);
      else events.reject(entry.code, entry.reason);
    }
  }
  return events.outcome();
}

function withTenant({ resource }: LabelledSource, tenant: string): LabelledSource['resource'] {
  return new Map(resource).set('loki.tenant', tenant);
}

/** What all entries of a stream share, each in one and the same object: the EventWriter looks at that first. */
interface StreamSource extends LabelledSource {
  readonly fallback: EventFallback;
}

function writeEntry(
  { timeNs, line, metadata }: Extract<LokiEntry, { kind: 'entry' }>,
  source: StreamSource,
  events: EventWriter,
): void {
  const { attributes, fallback } = metadata.size === 0 ? source : withMetadata(source, metadata);
  const event = {
    timeNs,
    severityText: '',
    severityNumber: 0,
    body: line,
    eventName: '',
    scopeName: '',
    attributes,
    resource: source.resource,
  };
  events.write(event, fallback);
}

function withMetadata(
  source: StreamSource,
  metadata: ReadonlyMap<string, AttributeValue>,
): Pick<StreamSource, 'attributes' | 'fallback'> {
  const attributes = new Map(source.attributes);
  let { severityText } = source;
  for (const [name, value] of metadata) {
    if (SEVERITY_NAMES.has(name)) severityText = String(value);
    else attributes.set(name, value);
  }
  return { attributes, fallback: { severityText } };
}
