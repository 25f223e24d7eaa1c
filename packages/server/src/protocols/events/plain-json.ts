/** JSON events of one request that can be written without being parsed as a whole. */
import type { ByteSource } from '@tendril/columns/byte-store';
import type { LogWriter } from '@tendril/intake/log-writer';
import { nearestContext, type EventWriter } from './event-writer.ts';
import type { FieldNames } from './field-names.ts';
import { JsonEventReader } from './json-event-reader.ts';
import {
  plainEventsOf,
  type AddedAttribute,
  type PlainEvents,
  type PlainEventsRequest,
} from './plain-events.ts';
import { SliceSource } from './slice-source.ts';

export interface PlainJsonOptions {
  readonly events: EventWriter;
  readonly writer: LogWriter;
  readonly names: FieldNames;
  readonly nowNs: bigint;
}

const NOTHING_ADDED: readonly AddedAttribute[] = [];

export class PlainJson {
  private readonly plain: PlainEvents;
  private readonly reader: JsonEventReader;
  private readonly slices: SliceSource = new SliceSource();
  private readonly depthMax: number;
  private readonly request: PlainEventsRequest;

  constructor({ events, writer, names, nowNs }: PlainJsonOptions) {
    this.plain = plainEventsOf(writer);
    this.reader = new JsonEventReader(names, this.plain.leaves);
    this.depthMax = writer.limits.nestingDepthMax;
    this.request = { events, names, context: nearestContext(nowNs) };
  }

  /** False when the range is not such an event: nothing was written then. `service` is of one that names none. */
  write(
    source: ByteSource,
    start: number,
    end: number,
    { service = '', added = NOTHING_ADDED, isLine = false }: PlainJsonFallback,
  ): boolean {
    if (!this.reader.read(source, start, end, this.depthMax)) return false;
    return this.plain.write(this.request, {
      service,
      added,
      isLine,
      timeNs: undefined,
      bodyStart: start,
      bodyEnd: end,
    });
  }

  /** As `write`, for an event that is all of a slice. */
  writeSlice(bytes: Uint8Array, fallback: PlainJsonFallback): boolean {
    const { byteOffset, length } = bytes;
    return this.write(this.slices.of(bytes), byteOffset, byteOffset + length, fallback);
  }
}

export interface PlainJsonFallback {
  readonly service?: string;
  readonly added?: readonly AddedAttribute[];
  readonly isLine?: boolean;
}
