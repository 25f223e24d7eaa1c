/** Times as transports write them: RFC 3339 with up to nine digits after the second and a zone. */
export interface Rfc3339Time {
  readonly timeNs: bigint;
  /** Digits after the decimal point. */
  readonly fractionDigits: number;
  /** Index of the first character after the time. */
  readonly end: number;
}

const TIME = /(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))/y;
const LETTER_T = 0x54;

/** Undefined when no such time begins at `start`. */
export function rfc3339At(line: string, start: number): Rfc3339Time | undefined {
  if (line.charCodeAt(start + 10) !== LETTER_T) return undefined;
  TIME.lastIndex = start;
  const match = TIME.exec(line);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, hours, minutes] = match;
  const wallMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const offsetMs =
    sign === undefined
      ? 0
      : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1) * 60_000;
  return {
    timeNs: BigInt(wallMs - offsetMs) * 1_000_000n + BigInt(fraction.padEnd(9, '0')),
    fractionDigits: fraction.length,
    end: TIME.lastIndex,
  };
}

/** Undefined when the text is not such a time, whole. */
export function rfc3339(text: unknown): bigint | undefined {
  if (typeof text !== 'string') return undefined;
  const time = rfc3339At(text, 0);
  return time?.end === text.length ? time.timeNs : undefined;
}
