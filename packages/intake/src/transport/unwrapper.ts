/**
 * The wrappers of one source's lines undone: each line is asked about on its own, that of the line before
 * first, so a source may change, or hold lines of several transports.
 */
import { TRANSPORTS } from './registry.ts';
import type { Transport, Unwrap, Wrapped } from './transport.ts';

export interface Unwrapped {
  /** The transport's name. */
  readonly transport: string;
  readonly wrapped: Wrapped;
}

const ASCII = 128;
/** By the first character of a line, as few as can have wrapped it: those below 128, then all others. */
const CANDIDATES: readonly (readonly Transport[])[] = Array.from({ length: ASCII + 1 }, (_, code) =>
  TRANSPORTS.filter(({ first }) => first?.includes(String.fromCharCode(code)) ?? true),
);

/** A transport with what it remembers of the source. */
interface Opened {
  readonly name: string;
  readonly unwrap: Unwrap;
}

export class Unwrapper {
  private readonly opened: Map<Transport, Opened> = new Map();
  // As `CANDIDATES`; made when a line begins so.
  private readonly candidates: (readonly Opened[])[] = [];
  private likely: Opened | undefined;

  /** Undefined when no transport wrapped the line. */
  unwrap(line: string): Unwrapped | undefined {
    const code = line === '' ? ASCII : Math.min(line.charCodeAt(0), ASCII);
    const candidates = this.candidates[code] ?? this.open(code);
    const { likely } = this;
    if (likely && candidates.includes(likely)) {
      const wrapped = likely.unwrap(line);
      if (wrapped) return { transport: likely.name, wrapped };
    }
    for (const candidate of candidates) {
      const wrapped = candidate === likely ? undefined : candidate.unwrap(line);
      if (!wrapped) continue;
      this.likely = candidate;
      return { transport: candidate.name, wrapped };
    }
    return undefined;
  }

  private open(code: number): readonly Opened[] {
    const opened = (CANDIDATES[code] ?? []).map((transport) => this.openedOf(transport));
    this.candidates[code] = opened;
    return opened;
  }

  private openedOf(transport: Transport): Opened {
    const known = this.opened.get(transport);
    if (known) return known;
    const opened = { name: transport.name, unwrap: transport.open() };
    this.opened.set(transport, opened);
    return opened;
  }
}
