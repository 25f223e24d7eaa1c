/**
 * What a log format is: one line of text (transport wrappers undone, physical lines joined, colours
 * taken away) in, its fields out. Formats are pure and never throw; a line they do not know gives
 * undefined, and the next format is asked (`format-table.ts` says which is next).
 *
 * Each format has a golden file `testdata/NAME.txt`, `NAME` being its `name`, in its folder or beside
 * it. `formats/formats.test.ts` walks the registry, runs each file through the whole registry, wants
 * at least one case that is recognised as that format, and mutates the cases' lines: a new format needs
 * no test file of its own for that.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { Zone } from './zone.ts';

export interface LineFormat {
  /** Unique, kebab-case: `tendril parse` prints it, `--format` takes it. */
  readonly name: string;
  /** For people: whose lines these are. */
  readonly title?: { readonly en: string; readonly zh: string };
  readonly specificity: Specificity;
  /** What every line of the format fulfils; asked first, so that other lines cost next to nothing. */
  readonly gate?: LineGate;
  /** The `service.name` of records when neither they nor their source name one: `redis`. */
  readonly serviceHint?: string;
  /** True when its message is what another program printed, as in a file of syslog: that is asked about again. */
  readonly isEnvelope?: boolean;
  parse(line: string, context: LineContext): ParsedLine | undefined;
}

/**
 * How much a match says. `specific`: one program or library writes such lines. `generic`: any program
 * may (JSON, logfmt). `fallback`: every line matches. All specific formats are asked before a generic one.
 */
export type Specificity = 'specific' | 'generic' | 'fallback';

/** Data, so that formats of packs have it too. All parts that are given have to hold. */
export interface LineGate {
  /** The characters a line can begin with: `0123456789`, `{`, `[`. Of UTF-16 units below 128. */
  readonly first?: string;
  /** Texts that all stand somewhere in the line, the rarest first. Case counts. */
  readonly contains?: readonly string[];
  /** Texts of which at least one stands somewhere in the line. */
  readonly containsAny?: readonly string[];
}

/** What the line itself does not say. */
export interface LineContext {
  /** Zone of times that are written without one. */
  readonly zone: Zone;
  /** The latest time the lines can have: settles the year of dates that are written without one. */
  readonly asOfNs: bigint;
}

/** Names and values as a line gives them. A map or its like: keys are hostile. */
export interface ParsedFields extends Iterable<readonly [string, AttributeValue]> {
  readonly size: number;
  get(name: string): AttributeValue | undefined;
  has(name: string): boolean;
  keys(): Iterable<string>;
}

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

/** The message is the line; no time, no severity. */
export function wholeLine(line: string): ParsedLine {
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
