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

export class Unwrapper {
  // What each transport remembers of the source; opened when a line may be of it.
  private readonly opened: Map<Transport, Unwrap> = new Map();
  private likely: Transport | undefined;

  /** Undefined when no transport wrapped the line. */
  unwrap(line: string): Unwrapped | undefined {
    const { likely } = this;
    const code = line.charCodeAt(0);
    const candidates = CANDIDATES[code < ASCII ? code : ASCII] ?? [];
    if (likely && candidates.includes(likely)) {
      const wrapped = this.openedOf(likely)(line);
      if (wrapped) return { transport: likely.name, wrapped };
    }
    for (const candidate of candidates) {
      const wrapped = candidate === likely ? undefined : this.openedOf(candidate)(line);
      if (!wrapped) continue;
      this.likely = candidate;
      return { transport: candidate.name, wrapped };
    }
    return undefined;
  }

  private openedOf(transport: Transport): Unwrap {
    const known = this.opened.get(transport);
    if (known) return known;
    const opened = transport.open();
    this.opened.set(transport, opened);
    return opened;
  }
}
