/** A span of time as people say it: `15m`, `2h`, `7d`. */
const UNITS = [
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
] as const;

/** Of the largest unit that it has at least one of. */
export function spanText(ns: bigint): string {
  const [unit, width] = UNITS.find(([, each]) => ns >= each) ?? ['s', 1_000_000_000n];
  // Tenths, where it is no whole number of them.
  const tenths = (ns * 10n + width / 2n) / width;
  const whole = tenths / 10n;
  return tenths % 10n === 0n ? `${whole}${unit}` : `${whole}.${tenths % 10n}${unit}`;
}
