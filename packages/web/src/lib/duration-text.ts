/** Durations as people read them: `5.003 s`, `41 ms`. */
const UNITS: readonly (readonly [string, number])[] = [
  ['h', 3_600e9],
  ['min', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
];

export function durationText(ns: number): string {
  const [unit, size] = UNITS.find(([, each]) => Math.abs(ns) >= each) ?? ['ns', 1];
  return `${Number((ns / size).toPrecision(4))} ${unit}`;
}
