/**
 * Lines on their way from an agent to the server that reads them: what both have to know. The agent joins lines,
 * looks for what must not be stored and says in the scope what only it knows of their source; the record's
 * message is the text of the line, its time that of the transport. Why: docs/adr/0008-shipped-lines.md.
 */
import type { Attributes } from '@tendril/model/attribute';
import type { AssembledRecord, Wrapping } from './record-assembler.ts';
import { plainLine } from './join/colours.ts';
import { UTC, zoneOf, type Zone } from './zone.ts';

/** On scopes whose records were read where they came from; their messages are not read again. */
export const PARSED_MARK = 'tendril.parsed';
/** On scopes whose records are lines. */
const LINES_MARK = 'tendril.lines';
const ZONE_KEY = 'tendril.zone';
const ZONE_GIVEN_KEY = 'tendril.zone_given';
const FORMAT_KEY = 'tendril.format';
/** An attribute: the line as it was read, where the message is not that. */
export const ORIGINAL_KEY = 'log.record.original';

/** What an agent knows of a source beside its resource. */
export interface LineFacts {
  readonly zone: Zone;
  /** True when somebody has said what the zone is. */
  readonly isZoneGiven: boolean;
  /** Of all its lines; undefined when each is asked about. */
  readonly format: string | undefined;
}

/** The attributes of the scope. */
export function scopeOfLines({ format, isZoneGiven, zone }: LineFacts): Attributes {
  return {
    [LINES_MARK]: true,
    [ZONE_KEY]: zone.name,
    ...(isZoneGiven && { [ZONE_GIVEN_KEY]: true }),
    ...(format !== undefined && { [FORMAT_KEY]: format }),
  };
}

/** Undefined when the scope is none of lines. Words that mean nothing are passed over. */
export function factsOfScope(attributes: Attributes): LineFacts | undefined {
  if (attributes[LINES_MARK] !== true) return undefined;
  const format = attributes[FORMAT_KEY];
  return {
    zone: zoneOf(String(attributes[ZONE_KEY])) ?? UTC,
    isZoneGiven: attributes[ZONE_GIVEN_KEY] === true,
    format: typeof format === 'string' ? format : undefined,
  };
}

/** The text and, where that does not say it, the line as it was read. */
export interface ShippedTexts {
  readonly text: string;
  readonly original: string | undefined;
}

/** One line that nothing wrapped goes as it was read: its colours are taken away where it is read. */
export function shippedTexts({ lineCount, origin, raw, text }: AssembledRecord): ShippedTexts {
  const isOneLine = !raw.includes('\n');
  if (isOneLine && lineCount === 1 && origin.transports.length === 0) {
    return { text: raw, original: undefined };
  }
  return { text, original: raw === text && !isOneLine ? undefined : raw };
}

/** The record that `shippedTexts` are of. */
export function recordOfShipped(
  { original, text }: ShippedTexts,
  origin: Wrapping,
): AssembledRecord {
  const isAsRead = original === undefined && !text.includes('\n');
  return { text: isAsRead ? plainLine(text) : text, raw: original ?? text, lineCount: 1, origin };
}
