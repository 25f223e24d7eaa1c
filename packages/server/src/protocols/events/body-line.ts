/**
 * A body that is a line of a log, read by the formats: what it says beyond being text. For events whose
 * sender has not read their line itself.
 */
import { stripVTControlCharacters } from 'node:util';
import type { ParsedLine } from '@tendril/intake/format';
import { FormatDetector, type FormatTable } from '@tendril/intake/format-table';
import { NS_PER_MS } from '@tendril/model/time-range';
import { NearestZone } from './nearest-zone.ts';

/** Bodies longer than this are not looked into: their first words would be the only ones that matter. */
const PARSED_LENGTH_MAX = 256 * 1024;
const ESCAPE = '\u001b';

export interface BodyLine {
  readonly line: ParsedLine;
  /** True when no zone brings the line's time near the event's: it is not to be trusted. */
  readonly isTimeLost: boolean;
}

/** For the bodies of one request. */
export class BodyLineReader {
  private readonly detector: FormatDetector;

  constructor(formats: FormatTable) {
    this.detector = new FormatDetector(formats);
  }

  /** `nearNs` is about when the line was written. Undefined when the body says nothing more. */
  read(body: string, nearNs: bigint): BodyLine | undefined {
    if (body === '' || body.length > PARSED_LENGTH_MAX) return undefined;
    const zone = new NearestZone(Number(nearNs / NS_PER_MS));
    const context = { zone, asOfNs: nearNs };
    const line = this.detector.recognise(withoutColours(body), context)?.parsed;
    // Plain text is a format too, and knows every line: only what it found counts.
    if (!line || (line.timeNs === undefined && line.severityNumber === 0)) return undefined;
    return { line, isTimeLost: zone.isLost };
  }
}

export function withoutColours(body: string): string {
  return body.includes(ESCAPE) ? stripVTControlCharacters(body) : body;
}
