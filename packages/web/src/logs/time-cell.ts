/** The time of a row: of day, ago, or to the nanosecond. */
import { clockText, dateText } from '../lib/zone-time.ts';

export interface TimeStyle {
  readonly kind: 'absolute' | 'relative' | 'nanoseconds';
  readonly zone: string;
  /** With its date, where the range is longer than a day. */
  readonly hasDate: boolean;
  /** What "ago" counts from. */
  readonly nowNs: bigint;
}

export function timeCell(timestamp: string, style: TimeStyle): string {
  const ns = BigInt(timestamp);
  if (style.kind === 'relative') return agoText(style.nowNs - ns);
  const precision = style.kind === 'nanoseconds' ? 'nanosecond' : 'millisecond';
  const clock = clockText(ns, style.zone, precision);
  return style.hasDate ? `${dateText(ns, style.zone).slice(5)} ${clock}` : clock;
}

const UNITS: readonly (readonly [string, bigint])[] = [
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
];

/** `-3m 12s`: two units are enough. */
function agoText(ns: bigint): string {
  const sign = ns < 0n ? '+' : '-';
  let rest = ns < 0n ? -ns : ns;
  const parts: string[] = [];
  for (const [name, unitNs] of UNITS) {
    const count = rest / unitNs;
    rest %= unitNs;
    if (count > 0n || parts.length > 0) parts.push(`${count}${name}`);
    if (parts.length === 2) break;
  }
  return `${sign}${parts.length === 0 ? '0ms' : parts.join(' ')}`;
}

/** Room for the time in a column of monospaced text. */
export function timeWidthPx({ kind, hasDate }: TimeStyle): number {
  const characters = { absolute: 12, relative: 9, nanoseconds: 20 }[kind];
  return 30 + Math.ceil((characters + (hasDate && kind !== 'relative' ? 6 : 0)) * 7.4);
}
