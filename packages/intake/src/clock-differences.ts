/**
 * How far clocks are apart, from what records say: the time in a line and the time at which its transport
 * took it; and for sources that are read together, the times at which they first name the same operations.
 * Reported, never corrected here.
 */
import { NS_PER_MS } from '@tendril/model/time-range';

/** Less than this is the way of a line to its transport, or of a call to the next service. */
export const DIFFERENCE_MS_MIN = 2000;
/** Operations that two sources have to share: one alone may have waited. */
const SHARED_OPERATIONS_MIN = 3;
/** Operations remembered; later ones are not needed. */
const OPERATIONS_MAX = 20_000;
/** Sources compared with each other. */
const SOURCES_MAX = 100;
/** Differences kept of one pair; the median of so many is good enough. */
const DIFFERENCES_MAX = 1001;

export interface TimedRecord {
  readonly source: string;
  /** The time that the line states. */
  readonly timeNs: bigint | undefined;
  readonly transportNs: bigint | undefined;
  /** Empty when there is none. */
  readonly operationId: string;
}

export interface ClockDifference {
  readonly source: string;
  /** The source it is compared with; empty for the source's own transport. */
  readonly other: string;
  /** How far `source` is ahead. */
  readonly differenceMs: number;
}

export class ClockDifferences {
  // The smallest difference of each source: lines may be late at their transport, never early.
  private readonly transports: Map<string, number> = new Map();
  private readonly operations: Map<string, Map<string, number>> = new Map();
  private readonly pairs: Map<string, Pair> = new Map();
  private readonly sources: Set<string> = new Set();

  add({ source, timeNs, transportNs, operationId }: TimedRecord): void {
    if (timeNs === undefined) return;
    const timeMs = Number(timeNs / NS_PER_MS);
    if (transportNs !== undefined) {
      this.addTransport(source, timeMs - Number(transportNs / NS_PER_MS));
    }
    if (operationId !== '') this.addOperation(operationId, source, timeMs);
  }

  /** Those worth telling, the largest first. */
  differences(): readonly ClockDifference[] {
    const transports = [...this.transports].map(([source, differenceMs]) => ({
      source,
      other: '',
      differenceMs,
    }));
    const pairs = [...this.pairs.values()]
      .filter(({ differencesMs }) => differencesMs.length >= SHARED_OPERATIONS_MIN)
      .map(({ source, other, differencesMs }) => ({
        source,
        other,
        differenceMs: medianOf(differencesMs),
      }));
    return [...transports, ...pairs]
      .filter(({ differenceMs }) => Math.abs(differenceMs) >= DIFFERENCE_MS_MIN)
      .toSorted((a, b) => Math.abs(b.differenceMs) - Math.abs(a.differenceMs));
  }

  private addTransport(source: string, differenceMs: number): void {
    const known = this.transports.get(source);
    if (known === undefined && this.transports.size >= SOURCES_MAX) return;
    if (known === undefined || Math.abs(differenceMs) < Math.abs(known)) {
      this.transports.set(source, differenceMs);
    }
  }

  // Records of one source come in order: the first is what counts.
  private addOperation(operationId: string, source: string, timeMs: number): void {
    if (this.sources.size < SOURCES_MAX) this.sources.add(source);
    if (!this.sources.has(source)) return;
    const seen = this.operations.get(operationId);
    if (!seen) {
      if (this.operations.size < OPERATIONS_MAX) {
        this.operations.set(operationId, new Map([[source, timeMs]]));
      }
      return;
    }
    if (seen.has(source)) return;
    for (const [other, otherMs] of seen) this.addPair(source, other, timeMs - otherMs);
    seen.set(source, timeMs);
  }

  private addPair(source: string, other: string, differenceMs: number): void {
    const isTurned = source > other;
    const key = JSON.stringify(isTurned ? [other, source] : [source, other]);
    const pair = this.pairs.get(key) ?? {
      source: isTurned ? other : source,
      other: isTurned ? source : other,
      differencesMs: [],
    };
    if (pair.differencesMs.length < DIFFERENCES_MAX) {
      pair.differencesMs.push(isTurned ? -differenceMs : differenceMs);
    }
    this.pairs.set(key, pair);
  }
}

interface Pair {
  readonly source: string;
  readonly other: string;
  readonly differencesMs: number[];
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
