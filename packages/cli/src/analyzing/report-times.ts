/** How a report writes its times: as short as what it spans allows, all equally wide. */
import type { Zone } from '@tendril/intake/zone';
import type { Messages } from '@tendril/messages/messages';

export interface ReportSpan {
  readonly zone: Zone;
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
}

const DATE_LENGTH = 10;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export class ReportTimes {
  private readonly zone: Zone;
  private readonly messages: Messages;
  /** What of `2026-11-21T14:36:25` is not the same all over the report. */
  private readonly shown: readonly [from: number, to: number];

  constructor({ firstMs = 0, lastMs = 0, zone }: ReportSpan, messages: Messages) {
    this.zone = zone;
    this.messages = messages;
    this.shown = shownOf(this.wall(firstMs), this.wall(lastMs));
  }

  /** Of what `clock` returns. */
  get width(): number {
    const [from, to] = this.shown;
    return to - from;
  }

  /** `14:36:25`; `11-21 14:36:25` where the report spans days, `2025-06-24 14:36` where it spans years. */
  clock(ms: number): string {
    return this.wall(ms)
      .slice(...this.shown)
      .replace('T', ' ');
  }

  /** With its date, unless that is the other's. */
  moment(ms: number, sameDayAs?: number): string {
    const wall = this.wall(ms);
    const isSameDay =
      sameDayAs !== undefined && this.wall(sameDayAs).startsWith(wall.slice(0, DATE_LENGTH));
    return wall.slice(isSameDay ? DATE_LENGTH + 1 : 0, 19).replace('T', ' ');
  }

  span(firstMs: number | undefined, lastMs: number | undefined): string {
    if (firstMs === undefined || lastMs === undefined) return '';
    return `${this.clock(firstMs)} – ${this.clock(lastMs)}`;
  }

  duration(ms: number): string {
    if (ms < 10) return `${this.rounded(ms, 100)} ms`;
    if (ms < 10 * SECOND_MS) return `${this.rounded(ms, 1)} ms`;
    if (ms < 10 * MINUTE_MS) return `${this.rounded(ms / SECOND_MS, 10)} s`;
    if (ms < 2 * HOUR_MS) return `${this.rounded(ms / MINUTE_MS, 10)} min`;
    if (ms < 2 * DAY_MS) return `${this.rounded(ms / HOUR_MS, 10)} h`;
    return `${this.rounded(ms / DAY_MS, 10)} d`;
  }

  private rounded(value: number, parts: number): string {
    return this.messages.number(Math.round(value * parts) / parts);
  }

  private wall(ms: number): string {
    return new Date(ms + this.zone.offsetMs(ms)).toISOString();
  }
}

function shownOf(first: string, last: string): readonly [from: number, to: number] {
  if (first.slice(0, DATE_LENGTH) === last.slice(0, DATE_LENGTH)) return [DATE_LENGTH + 1, 19];
  return first.slice(0, 4) === last.slice(0, 4) ? [5, 19] : [0, 16];
}
