/** The severity that a line of text states, and the words and marks that stand for one. */
import { severityNumber, severityOfName, severityOfNumber } from '@tendril/model/severity';

/** How far into a line a severity is looked for: words, and characters. */
const WORDS_MAX = 5;
const REACH_MAX = 96;

// Marks: glog and logcat letters, Redis' marks, MongoDB's D1 to D5.
const MARKS: ReadonlyMap<string, number> = new Map([
  ['T', 1],
  ['V', 1],
  ['D', 5],
  ['I', 9],
  ['N', 9],
  ['W', 13],
  ['E', 17],
  ['C', 21],
  ['F', 21],
  ['A', 21],
  ['.', 5],
  ['-', 5],
  ['*', 9],
  ['#', 13],
  ...['D1', 'D2', 'D3', 'D4', 'D5'].map((mark) => [mark, 5] as const),
]);

const CHINESE: ReadonlyMap<string, number> = new Map([
  ['跟踪', 1],
  ['调试', 5],
  ['信息', 9],
  ['通知', 9],
  ['警告', 13],
  ['错误', 17],
  ['异常', 17],
  ['严重', 21],
  ['致命', 21],
]);

// Lower-case words that begin the text after a time are a severity; any other lower-case word is prose.
const PLAIN = /^(?:trace|debug|info|notice|warn|warning|error|critical|fatal|panic)$/;

/** 0 when the text is no severity's name or mark. */
export function severityNumberOf(text: string): number {
  if (text.length <= 2) return MARKS.get(text.toUpperCase()) ?? CHINESE.get(text) ?? 0;
  const severity = severityOfName(text);
  return severity ? severityNumber(severity) : 0;
}

/** Syslog severity, 0 (emergency) to 7 (debug), as an OpenTelemetry number. */
export function severityNumberOfSyslog(level: number): number {
  return [21, 21, 21, 17, 13, 9, 9, 5][level] ?? 0;
}

/**
 * A number under a key such as `level`: pino and bunyan count 10 to 60, GELF and journald use
 * syslog's 0 to 7.
 */
export function severityNumberOfLevel(level: number): number {
  if (level >= 10 && level <= 60 && level % 10 === 0) return (level / 10) * 4 - 3;
  return Number.isInteger(level) && level >= 0 && level <= 7 ? severityNumberOfSyslog(level) : 0;
}

/** As the source calls it, else OpenTelemetry's short name of a number. */
export function severityTextOf(number: number): string {
  return severityOfNumber(number)?.toUpperCase() ?? '';
}

export interface SeverityWord {
  readonly text: string;
  readonly number: number;
  /** Where the rest of the line begins when the severity came first, else `start`. */
  readonly end: number;
}

const WORD = /[\s\][()<>|,;:【】-]*([^\s\][()<>|,;:=【】：]+)([\])>|:】：]?)/y;

/**
 * Looks at the first words from `start`. The first may be in any case; later ones count only in
 * capitals or brackets, so that "the error count is 0" states nothing.
 */
export function severityWord(line: string, start: number): SeverityWord | undefined {
  WORD.lastIndex = start;
  for (let index = 0; index < WORDS_MAX; index += 1) {
    const from = WORD.lastIndex;
    const match = WORD.exec(line);
    if (!match || from - start > REACH_MAX) return undefined;
    const [, text = '', after = ''] = match;
    const number = severityNumberOf(text);
    if (number === 0 || !states(text, { isFirst: index === 0, isClosed: after !== '' })) continue;
    return { text, number, end: index === 0 ? WORD.lastIndex : start };
  }
  return undefined;
}

function states(
  text: string,
  at: { readonly isFirst: boolean; readonly isClosed: boolean },
): boolean {
  if (text.length === 1) return at.isClosed && /[A-Z]/.test(text);
  if (at.isClosed) return true;
  if (CHINESE.has(text)) return at.isFirst;
  return text === text.toUpperCase() || (at.isFirst && PLAIN.test(text));
}
