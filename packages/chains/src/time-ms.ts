/**
 * Times inside the reasoning: milliseconds since 1970 with a fraction, which a double holds to less
 * than a microsecond. Nanoseconds as text at its borders.
 */
const NS_PER_MS = 1_000_000;
/** What a 64-bit time can hold. */
const TIME_MS_MAX = 9_223_372_036_854;

export function msOfNs(ns: string): number {
  const time = BigInt(ns);
  return Number(time / 1_000_000n) + Number(time % 1_000_000n) / NS_PER_MS;
}

/** Never before 1970, never beyond what columns hold. */
export function nsOfMs(ms: number): string {
  const bounded = Math.min(TIME_MS_MAX, Math.max(0, ms));
  const whole = Math.floor(bounded);
  const rest = BigInt(Math.round((bounded - whole) * NS_PER_MS));
  return String(BigInt(whole) * 1_000_000n + rest);
}

export function durationNsOfMs(ms: number): string {
  return String(Math.round(ms * NS_PER_MS));
}

export function nanoseconds(ms: number): number {
  return Math.round(ms * NS_PER_MS);
}
