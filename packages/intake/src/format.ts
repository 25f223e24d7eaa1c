/**
 * What a log format is: one line of text (physical lines already joined) in, its fields out. Formats
 * are pure and never throw; a line they do not know gives undefined, and the next format is asked.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { Zone } from './zone.ts';

export interface LineFormat {
  readonly name: string;
  parse(line: string, context: LineContext): ParsedLine | undefined;
}

/** What the line itself does not say. */
export interface LineContext {
  /** Zone of times that are written without one. */
  readonly zone: Zone;
  /** The latest time the lines can have: settles the year of dates that are written without one. */
  readonly asOfNs: bigint;
}

/** Names and values as a line gives them. A map: keys are hostile, and an object is slower here. */
export type ParsedFields = ReadonlyMap<string, AttributeValue>;

/** Everything a line says about one record. */
export interface ParsedLine {
  /** Nanoseconds since 1970; undefined when the line states no time. */
  readonly timeNs: bigint | undefined;
  /** As the source writes it; empty when it says none. */
  readonly severityText: string;
  /** OpenTelemetry severity number, 1 to 24; 0 when unknown. */
  readonly severityNumber: number;
  readonly body: string;
  readonly eventName: string;
  readonly scopeName: string;
  /** Ids of traces and spans among them: the LogWriter knows them by their keys. */
  readonly attributes: ParsedFields;
  /** Of this record alone, over what is known of its source; undefined when it names none. */
  readonly resource: ParsedFields | undefined;
}
