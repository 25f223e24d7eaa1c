/**
 * How many calls a kept span stands for, from the sampling threshold in its tracestate (`ot=th:…`, of
 * OpenTelemetry's probability sampling): a span is kept when 56 random bits are at or above the threshold.
 */

const OT_MEMBER = /(?:^|,)\s*ot=([^,]*)/;
/** Trailing zeros may be left out. */
const THRESHOLD = /(?:^|;)th:([0-9a-f]{1,14})(?:;|$)/;
const THRESHOLD_DIGITS = 14;
const RANDOM_VALUES: number = 2 ** 56;
/** One span in a million that stands for more is a mistake, and would drown all others. */
const ADJUSTED_COUNT_MAX = 1_000_000;

/** 1 when the tracestate states none. */
export function adjustedCountOf(traceState: string): number {
  const member = OT_MEMBER.exec(traceState)?.[1] ?? '';
  const digits = THRESHOLD.exec(member)?.[1];
  if (digits === undefined) return 1;
  const threshold = Number.parseInt(digits.padEnd(THRESHOLD_DIGITS, '0'), 16);
  return Math.min(RANDOM_VALUES / (RANDOM_VALUES - threshold), ADJUSTED_COUNT_MAX);
}
