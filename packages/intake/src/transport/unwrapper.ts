/**
 * The wrappers of one source's lines undone: each line is asked about on its own, that of the line before
 * first, so a source may change, or hold lines of several transports.
 */
import { TRANSPORTS } from './registry.ts';
import type { Unwrap, Wrapped } from './transport.ts';

export interface Unwrapped {
  /** The transport's name. */
  readonly transport: string;
  readonly wrapped: Wrapped;
}

interface Opened {
  readonly name: string;
  readonly unwrap: Unwrap;
}

const ASCII = 128;

export class Unwrapper {
  // By the first character of a line, as few as can have wrapped it.
  private readonly candidates: readonly (readonly Opened[])[];
  private likely: Opened | undefined;

  constructor() {
    const opened = TRANSPORTS.map((transport) => ({
      name: transport.name,
      first: transport.first,
      unwrap: transport.open(),
    }));
    this.candidates = Array.from({ length: ASCII + 1 }, (_, code) =>
      opened.filter(({ first }) => first?.includes(String.fromCharCode(code)) ?? true),
    );
  }

  /** Undefined when no transport wrapped the line. */
  unwrap(line: string): Unwrapped | undefined {
    const { likely } = this;
    const code = line.charCodeAt(0);
    const candidates = this.candidates[code < ASCII ? code : ASCII] ?? [];
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
}
