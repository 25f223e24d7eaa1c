/**
 * Values with a unit: durations (`100ms`, `1.5s`, `1m30s`) and sizes (`2MB`, `64 KiB`). They compare as
 * amounts, whatever unit the record was written in.
 */
export type Quantity =
  | { readonly kind: 'duration'; readonly ns: number }
  | { readonly kind: 'size'; readonly bytes: number };

/** In the order that the SQL arrays use. */
export const DURATION_UNITS = ['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h', 'd'] as const;
export const DURATION_UNIT_NS: readonly number[] = [
  1, 1e3, 1e3, 1e3, 1e6, 1e9, 60e9, 3600e9, 86_400e9,
];

/** Compared in lower case. */
export const SIZE_UNITS = ['b', 'kb', 'mb', 'gb', 'tb', 'kib', 'mib', 'gib', 'tib'] as const;
export const SIZE_UNIT_BYTES: readonly number[] = [
  1,
  1e3,
  1e6,
  1e9,
  1e12,
  2 ** 10,
  2 ** 20,
  2 ** 30,
  2 ** 40,
];

/** RE2 sources, shared by the SQL and by this module. */
export const DURATION_PART = '([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|μs|ms|s|m|h|d)';
export const DURATION_TEXT: string = `^(?:${DURATION_PART.replaceAll(/\((?!\?)/g, '(?:')})+$`;
export const SIZE_TEXT = '^([0-9]+(?:\\.[0-9]+)?) ?(b|kb|mb|gb|tb|kib|mib|gib|tib)$';

const DURATION_PARTS = new RegExp(DURATION_PART, 'g');
const WHOLE_DURATION = new RegExp(DURATION_TEXT);
const WHOLE_SIZE = new RegExp(SIZE_TEXT);

export function durationNs(text: string): number | undefined {
  if (!WHOLE_DURATION.test(text)) return undefined;
  let ns = 0;
  for (const [, amount, unit] of text.matchAll(DURATION_PARTS)) {
    ns += Number(amount) * (DURATION_UNIT_NS[indexIn(DURATION_UNITS, unit)] ?? 0);
  }
  return ns;
}

export function sizeBytes(text: string): number | undefined {
  const match = WHOLE_SIZE.exec(text.toLowerCase());
  return match
    ? Number(match[1]) * (SIZE_UNIT_BYTES[indexIn(SIZE_UNITS, match[2])] ?? 0)
    : undefined;
}

export function parseQuantity(text: string): Quantity | undefined {
  const ns = durationNs(text);
  if (ns !== undefined) return { kind: 'duration', ns };
  const bytes = sizeBytes(text);
  return bytes === undefined ? undefined : { kind: 'size', bytes };
}

const KEY_UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['nanos', 1],
  ['us', 1e3],
  ['micros', 1e3],
  ['ms', 1e6],
  ['millis', 1e6],
  ['milliseconds', 1e6],
  ['s', 1e9],
  ['sec', 1e9],
  ['seconds', 1e9],
]);

/** Nanoseconds that 1 stands for in an attribute like `duration_ms` or `elapsedMs`. */
export function unitNsOfKey(key: string): number | undefined {
  const ending = /(?:[._-]|(?<=[a-z])(?=[A-Z]))([A-Za-z]+)$/.exec(key)?.[1];
  return ending === undefined ? undefined : KEY_UNITS.get(ending.toLowerCase());
}

function indexIn(units: readonly string[], unit: string | undefined): number {
  return unit === undefined ? -1 : units.indexOf(unit);
}
