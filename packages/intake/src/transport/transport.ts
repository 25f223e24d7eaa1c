/**
 * What a transport is: something that wraps the lines of programs in its own, as container runtimes,
 * the journal and tools that print several logs at once do. One wrapped line in; what was wrapped, and what
 * the wrapper says about it, out. Transports never throw; a line they did not wrap gives undefined.
 */
import type { AttributeValue } from '@tendril/model/attribute';

export type TransportFields = ReadonlyMap<string, AttributeValue>;

export interface Wrapped {
  /** What the program wrote; may have colours. */
  readonly text: string;
  /** Lines of one origin belong together: a stream of a container, a process. */
  readonly origin: string;
  /** True when the rest of the line comes with the next one of the same origin. */
  readonly isPartial: boolean;
  /** When the transport took the line; undefined when it does not say. */
  readonly timeNs: bigint | undefined;
  /** OpenTelemetry severity number, 0 when it says none; holds where the line itself states none. */
  readonly severityNumber: number;
  /** The `service.name` where neither the line nor its source names one. */
  readonly service: string;
  /** Under OpenTelemetry's names. The same object for lines of one origin, where that is cheap. */
  readonly resource: TransportFields | undefined;
  readonly attributes: TransportFields | undefined;
}

/** Says nothing about the line beyond its text. */
export const NOTHING_SAID: Omit<Wrapped, 'text'> = {
  origin: '',
  isPartial: false,
  timeNs: undefined,
  severityNumber: 0,
  service: '',
  resource: undefined,
  attributes: undefined,
};

/** A colour as tools print it, as the source of a pattern. */
export const COLOUR: string = String.raw`(?:\u001b\[[\d;]{0,16}m)`;

/** Of one source: it may remember what it saw there. */
export type Unwrap = (line: string) => Wrapped | undefined;

export interface Transport {
  /** Unique, kebab-case. */
  readonly name: string;
  /** The characters a wrapped line can begin with; any when absent. */
  readonly first?: string;
  /** Called for each source. */
  open(): Unwrap;
}

/** `stdout` or `stderr` as an attribute. */
export function streamAttributes(stream: string): TransportFields {
  return STREAMS.get(stream) ?? new Map([['log.iostream', stream]]);
}

const STREAMS: ReadonlyMap<string, TransportFields> = new Map(
  ['stdout', 'stderr'].map((stream) => [stream, new Map([['log.iostream', stream]])] as const),
);

/** Fields made once for each key; forgotten when there are too many. */
export class RememberedFields {
  private readonly known: Map<string, TransportFields> = new Map();

  has(key: string): boolean {
    return this.known.has(key);
  }

  get(key: string, make: () => TransportFields): TransportFields {
    const known = this.known.get(key);
    if (known) return known;
    if (this.known.size >= REMEMBERED_MAX) this.known.clear();
    const made = make();
    this.known.set(key, made);
    return made;
  }
}

/** Pods and services of one source. */
const REMEMBERED_MAX = 1024;
