/**
 * What formats are told of a record beside its text, and what they had to assume. A time without a zone
 * is taken in the zone of its source, but where a transport says when it took the line, the difference of
 * the two is the zone, unless the zone was given.
 */
import type { LineContext } from './format.ts';
import type { Zone } from './zone.ts';

/** Zones lie on quarter hours, and no further from UTC than this. */
const QUARTER_MS: number = 15 * 60_000;
const OFFSET_MS_MAX: number = 14 * 3_600_000;
/** How long a line may be on its way to its transport. */
const UNDERWAY_MS_MAX = 60_000;

export class RecordContext implements LineContext {
  readonly zone: NotingZone;
  /** True when the year was not written. */
  isYearAssumed = false;
  private readonly source: LineContext;
  private transportNs: bigint | undefined;
  private seenNs: bigint | undefined;

  constructor(source: LineContext, isZoneGiven: boolean) {
    this.source = source;
    this.zone = new NotingZone(source.zone, isZoneGiven);
  }

  /** `transportNs` is when a transport took the line, `seenNs` when it was read. */
  begin(transportNs: bigint | undefined, seenNs?: bigint): void {
    this.transportNs = transportNs;
    this.seenNs = seenNs;
    this.isYearAssumed = false;
    this.zone.begin(transportNs);
  }

  get asOfNs(): bigint {
    this.isYearAssumed = true;
    return this.transportNs ?? this.seenNs ?? this.source.asOfNs;
  }
}

class NotingZone implements Zone {
  /** True when a time was read that states no zone. */
  isAssumed = false;
  /** True when a transport's time told the zone. */
  isInferred = false;
  private readonly zone: Zone;
  private readonly isGiven: boolean;
  private transportNs: bigint | undefined;

  constructor(zone: Zone, isGiven: boolean) {
    this.zone = zone;
    this.isGiven = isGiven;
  }

  get name(): string {
    return this.zone.name;
  }

  begin(transportNs: bigint | undefined): void {
    this.isAssumed = false;
    this.isInferred = false;
    this.transportNs = transportNs;
  }

  offsetMs(wallMs: number): number {
    const inferred =
      this.isGiven || this.transportNs === undefined
        ? undefined
        : inferredOffsetMs(wallMs, Number(this.transportNs / 1_000_000n));
    this.isInferred = inferred !== undefined;
    this.isAssumed = inferred === undefined;
    return inferred ?? this.zone.offsetMs(wallMs);
  }
}

function inferredOffsetMs(wallMs: number, transportMs: number): number | undefined {
  const differenceMs = wallMs - transportMs;
  const offsetMs = Math.round(differenceMs / QUARTER_MS) * QUARTER_MS;
  const isNear = Math.abs(differenceMs - offsetMs) <= UNDERWAY_MS_MAX;
  return isNear && Math.abs(offsetMs) <= OFFSET_MS_MAX ? offsetMs : undefined;
}
