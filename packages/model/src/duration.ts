/**
 * Durations as logs write them: `12.3ms`, `1m2.5s`, `300µs`, or a number with its unit in the key.
 * The writer fills DurationNs with it, the query language's matcher must come to the same.
 */
const UNIT_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const PART = /(\d+(?:\.\d+)?)\s?(ns|us|µs|μs|ms|s|m|h)/y;
/** Longest text that is tried; the longest that Go prints has 25 characters. */
const TEXT_LENGTH_MAX = 40;
const KEY_UNIT = /(?:_|\.)(ns|us|ms|s)(?:ecs|econds)?$|[a-z](Ms|Millis)$/;
/** pino-http's, in milliseconds. */
const RESPONSE_TIME = 'responseTime';

/** Nanoseconds; undefined when the text is not a duration. */
export function parseDurationNs(text: string, numberUnitNs: number): number | undefined {
  if (text.length === 0 || text.length > TEXT_LENGTH_MAX) return undefined;
  if (numberUnitNs > 0 && /^\d+(?:\.\d+)?$/.test(text)) return Number(text) * numberUnitNs;
  return oneUnitNs(text) ?? unitsNs(text);
}

// `12.354ms`, what nearly all are: read by hand (`npm run bench -- lines`).
function oneUnitNs(text: string): number | undefined {
  let at = 0;
  let code = text.charCodeAt(0);
  if (code < DIGIT_0 || code > DIGIT_9) return undefined;
  while ((code >= DIGIT_0 && code <= DIGIT_9) || code === DOT) code = text.charCodeAt(++at);
  const unitNs = UNITS.get(text.slice(at));
  const value = Number(text.slice(0, at));
  if (unitNs === undefined || Number.isNaN(value) || text.charCodeAt(at - 1) === DOT)
    return undefined;
  return Math.round(value * unitNs);
}

const UNITS: ReadonlyMap<string, number> = new Map(Object.entries(UNIT_NS));
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const DOT = 0x2e;

function unitsNs(text: string): number | undefined {
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const [matched, digits = '', unit = ''] = PART.exec(text) ?? [];
    if (matched === undefined) return undefined;
    total += Number(digits) * (UNIT_NS[unit] ?? 0);
  }
  return Math.round(total);
}

/** Nanoseconds of one unit that a key's ending names, as in `duration_ms`; 0 when it names none. */
export function durationUnitOfKey(key: string): number {
  if (key === RESPONSE_TIME) return UNIT_NS['ms'] ?? 0;
  const [ending, unit = ''] = KEY_UNIT.exec(key) ?? [];
  return UNIT_NS[ending !== undefined && unit === '' ? 'ms' : unit] ?? 0;
}
