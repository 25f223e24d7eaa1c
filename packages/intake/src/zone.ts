/**
 * Time zones of wall-clock times: `UTC`, `+08:00`, `+0800`, `Asia/Shanghai`. In: milliseconds as if the
 * wall clock showed UTC; out: how far the zone is ahead of UTC at that moment.
 */
export interface Zone {
  /** For people: `UTC`, `+08:00`, `Asia/Shanghai`. */
  readonly name: string;
  /** What to subtract from the wall clock's milliseconds to get UTC. */
  offsetMs(wallMs: number): number;
}

export const UTC: Zone = { name: 'UTC', offsetMs: () => 0 };

const MS_PER_MINUTE = 60_000;
/** Offsets change on quarter hours at the finest; within one they are the same. */
const SLOT_MS: number = 15 * MS_PER_MINUTE;

/** Undefined when there is no such zone. */
export function zoneOf(name: string): Zone | undefined {
  const offset = offsetMinutes(name);
  if (offset === 0) return UTC;
  if (offset !== undefined) return fixedZone(name, offset);
  return namedZone(name);
}

/** The zone of this machine. */
export function localZone(): Zone {
  return namedZone(Intl.DateTimeFormat().resolvedOptions().timeZone) ?? UTC;
}

/** Minutes ahead of UTC of `Z`, `UTC`, `+08`, `+0800`, `+08:00`; undefined for other text. */
export function offsetMinutes(text: string): number | undefined {
  if (/^(?:z|utc|gmt)$/i.test(text)) return 0;
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(text);
  if (!match) return undefined;
  const [, sign, hours = '0', minutes = '0'] = match;
  const total = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || total > 18 * 60) return undefined;
  return sign === '-' ? -total : total;
}

function fixedZone(name: string, minutes: number): Zone {
  const offsetMs = minutes * MS_PER_MINUTE;
  return { name, offsetMs: () => offsetMs };
}

function namedZone(name: string): Zone | undefined {
  const format = formatOf(name);
  if (!format) return undefined;
  // Lines of one file follow each other in time: the last slot answers nearly all of them.
  let slot = Number.NaN;
  let slotOffsetMs = 0;
  return {
    name,
    offsetMs(wallMs) {
      const wanted = Math.floor(wallMs / SLOT_MS);
      if (wanted !== slot) {
        slot = wanted;
        slotOffsetMs = wallOffsetMs(format, wanted * SLOT_MS);
      }
      return slotOffsetMs;
    },
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch {
    // The only error here is RangeError: no such time zone.
    return undefined;
  }
}

// The first guess takes the wall clock for UTC; the second asks at about the right moment.
function wallOffsetMs(format: Intl.DateTimeFormat, wallMs: number): number {
  const guess = utcOffsetMs(format, wallMs);
  return utcOffsetMs(format, wallMs - guess);
}

function utcOffsetMs(format: Intl.DateTimeFormat, utcMs: number): number {
  const parts = new Map(
    format.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const wallMs = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wallMs - utcMs;
}
