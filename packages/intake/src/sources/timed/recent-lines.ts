/**
 * Which lines were read last, so that a stream which is opened again goes on behind them. Streams are
 * resumed by time, which brings back lines that were read: those of the same second, and of the same
 * instant. A line is known by its time and its content; where two streams of a container were written at once times
 * may stand in the wrong order, so the last few lines are remembered and not only the last.
 */
export interface TimedLine {
  /** RFC 3339 in UTC with nine digits and without zone, so that times compare as texts. */
  readonly time: string;
  readonly hash: number;
}

/** Lines that may stand behind a later one. */
const REMEMBERED_MIN = 16;
/** Lines of one instant; a log whose clock stands still repeats what goes beyond. */
const REMEMBERED_MAX = 16_384;

/** The last lines of those before and those that came, oldest first. All lines of an instant, or none. */
export function recentOf(
  before: readonly TimedLine[],
  came: readonly TimedLine[],
): readonly TimedLine[] {
  const last = came.slice(-REMEMBERED_MIN * 4);
  const [first] = last;
  const recent = newestOf(last);
  // Usually what came is enough, without a look at all of it.
  const isEnough = last.length < came.length && first && first.time < (recent[0]?.time ?? '');
  return isEnough ? recent : newestOf([...before, ...came]);
}

function newestOf(lines: readonly TimedLine[]): readonly TimedLine[] {
  const times = lines.map(({ time }) => time).toSorted();
  const oldest = times[Math.max(0, times.length - REMEMBERED_MIN)];
  if (oldest === undefined) return [];
  return lines.filter(({ time }) => time >= oldest).slice(-REMEMBERED_MAX);
}

/** What a stream that was opened again brings, told apart: known or new. */
export class RecentLines {
  private readonly oldest: string;
  private readonly newest: string;
  private readonly counts: Map<string, number> = new Map();
  private matched = 0;
  readonly isEmpty: boolean;

  constructor(recent: readonly TimedLine[]) {
    this.isEmpty = recent.length === 0;
    this.oldest = recent.reduce((oldest, { time }) => (time < oldest ? time : oldest), LAST);
    this.newest = recent.reduce((newest, { time }) => (time > newest ? time : newest), '');
    for (const line of recent) {
      const key = keyOf(line);
      this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    }
  }

  /** True when the line was read before. */
  take(line: TimedLine): boolean {
    if (this.isEmpty || line.time > this.newest) return false;
    if (line.time < this.oldest) return true;
    const key = keyOf(line);
    const count = this.counts.get(key) ?? 0;
    if (count === 0) return false;
    this.matched += 1;
    this.counts.set(key, count - 1);
    return true;
  }

  /** Whether any of the lines that were read last came again. When a new line comes first, some are missing between. */
  get hasMatched(): boolean {
    return this.isEmpty || this.matched > 0;
  }
}

const LAST = '\uffff';

function keyOf({ hash, time }: TimedLine): string {
  return `${time} ${hash}`;
}

/** As text, for places. */
export function printRecent(recent: readonly TimedLine[]): string {
  return recent.map(({ hash, time }) => `${time}#${hash.toString(36)}`).join(' ');
}

/** Empty for a text that `printRecent` did not write. */
export function parseRecent(text: string): readonly TimedLine[] {
  return text.split(' ').flatMap((entry) => {
    const [time = '', hash = ''] = entry.split('#');
    const value = Number.parseInt(hash, 36);
    return TIME.test(time) && Number.isSafeInteger(value) ? [{ time, hash: value }] : [];
  });
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}$/;

/** Of a line, FNV-1a over its UTF-16 units. */
export function hashOf(line: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < line.length; at += 1) {
    hash = Math.imul(hash ^ line.charCodeAt(at), 0x01_00_01_93);
  }
  return hash >>> 0;
}
