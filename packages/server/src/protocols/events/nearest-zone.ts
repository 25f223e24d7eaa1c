/**
 * The zone of a wall clock that stands in an event whose sender states a time of its own: the one that
 * brings the two nearest to each other. An application in Shanghai logs eight hours ahead of UTC, and
 * its shipper reads the line within minutes.
 */
import type { Zone } from '@tendril/intake/zone';

/** No zone is further from UTC. */
const OFFSET_MS_MAX: number = 14 * 3_600_000;
/** Zones differ by half hours nearly everywhere; what is written is read within a quarter. */
const STEP_MS: number = 30 * 60_000;

export class NearestZone implements Zone {
  readonly name = 'nearest';
  /** True once it was asked about a wall clock that no zone brings near. */
  isLost = false;
  private readonly nearMs: number;

  constructor(nearMs: number) {
    this.nearMs = nearMs;
  }

  offsetMs(wallMs: number): number {
    const aheadMs = wallMs - this.nearMs;
    if (Math.abs(aheadMs) > OFFSET_MS_MAX + STEP_MS / 2) {
      this.isLost = true;
      return 0;
    }
    return Math.round(aheadMs / STEP_MS) * STEP_MS;
  }
}
