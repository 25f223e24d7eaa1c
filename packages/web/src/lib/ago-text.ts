/** How long ago, in the words of the reader's language: `3 sec. ago`, `2小时前`. */
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];
const formats = new Map<string, Intl.RelativeTimeFormat>();

export interface AgoOptions {
  readonly nowMs: number;
  readonly locale: string;
}

export function agoText(thenMs: number, { nowMs, locale }: AgoOptions): string {
  const format =
    formats.get(locale) ??
    new Intl.RelativeTimeFormat(locale, { style: 'short', numeric: 'always' });
  formats.set(locale, format);
  // Clocks differ a little; nothing was seen in the future.
  const agoMs = Math.max(0, nowMs - thenMs);
  const [unit, unitMs] = STEPS.find(([, each]) => agoMs >= each) ?? ['second', 1_000];
  return format.format(-Math.floor(agoMs / unitMs), unit);
}
