/** Panics and exceptions with their call stacks, grouped by what was thrown and where. */
import type { AnalysedRecord } from './analysed-record.ts';
import { keptText } from '../patterns/kept-text.ts';

export interface StackGroup {
  /** What was thrown, with values left out, and the frames it came from. */
  readonly key: string;
  readonly title: string;
  /** The first frames, as the trace has them. */
  readonly frames: readonly string[];
  readonly example: string;
  count: number;
  firstMs: number | undefined;
  lastMs: number | undefined;
}

export interface StacksState {
  readonly groups: readonly StackGroup[];
  readonly others: number;
}

const GROUPS_MAX = 1_000;
/** That tell groups apart. */
const FRAMES_MAX = 5;
const STACK_FRAMES_MAX = 20;
const LINES_MAX = 200;
const EXAMPLE_LENGTH_MAX = 8 * 1024;
const TITLE_LENGTH_MAX = 300;

const TITLE =
  /^(?:panic: |fatal error: |runtime error: |Exception in thread |Uncaught )|\bpanicked at\b|^[\w$.]{0,256}(?:Exception|Error|Panic|Throwable)\b/;
const FRAME =
  /^\s+(?:at |File "|\d{1,4}: )|^[\w./*()[\]-]{1,256}\((?:0x|\.\.\.|\{0x|\))|^\t\/|^\s{2,}\S+\.(?:go|rs|py|js|ts|java):\d+/;
const VALUES = /0x[0-9a-f]+|\b\d+\b|"[^"]{0,200}"|'[^']{0,200}'/gi;

export class StackTally {
  private readonly groups: Map<string, StackGroup> = new Map();
  /** Of groups that there was no room for. */
  others = 0;

  add({ text, timeMs }: AnalysedRecord): void {
    const stack = stackOf(text);
    if (!stack) return;
    const { title } = stack;
    const frames = stack.frames.slice(0, FRAMES_MAX);
    const key = [title, ...frames].join('\n').replaceAll(VALUES, '<*>');
    this.count(key, { title, frames, timeMs, text });
  }

  /** Most frequent first. */
  top(): readonly Readonly<StackGroup>[] {
    return [...this.groups.values()].toSorted((one, other) => other.count - one.count);
  }

  state(): StacksState {
    return { groups: [...this.groups.values()], others: this.others };
  }

  absorb({ groups, others }: StacksState): void {
    this.others += others;
    for (const more of groups) {
      const known = this.groups.get(more.key);
      if (!known) {
        if (this.groups.size < GROUPS_MAX) this.groups.set(more.key, { ...more });
        else this.others += more.count;
        continue;
      }
      known.count += more.count;
      known.firstMs = earliest(known.firstMs, more.firstMs);
      known.lastMs = latest(known.lastMs, more.lastMs);
    }
  }

  private count(
    key: string,
    found: {
      readonly title: string;
      readonly frames: readonly string[];
      readonly timeMs: number | undefined;
      readonly text: string;
    },
  ): void {
    const { frames, text, timeMs, title } = found;
    const known = this.groups.get(key);
    if (known) {
      known.count += 1;
      known.firstMs = earliest(known.firstMs, timeMs);
      known.lastMs = latest(known.lastMs, timeMs);
      return;
    }
    if (this.groups.size >= GROUPS_MAX) {
      this.others += 1;
      return;
    }
    this.groups.set(keptText(key), {
      key: keptText(key),
      title: keptText(title),
      frames: frames.map((frame) => keptText(frame.trim())),
      example: keptText(text, EXAMPLE_LENGTH_MAX),
      count: 1,
      firstMs: timeMs,
      lastMs: timeMs,
    });
  }
}

/** What was thrown and the frames it came from, as the trace has them; undefined when the text has none. */
export function stackOf(
  text: string,
): { readonly title: string; readonly frames: readonly string[] } | undefined {
  const lines = text.split('\n', LINES_MAX);
  const titleLine = lines.find((line) => TITLE.test(line.trim()));
  const frames = lines.filter(isFrame).slice(0, STACK_FRAMES_MAX);
  if (frames.length === 0 || titleLine === undefined) return undefined;
  return { title: titleLine.trim().slice(0, TITLE_LENGTH_MAX), frames };
}

/** True for a line of a call stack. */
export function isFrame(line: string): boolean {
  return FRAME.test(line);
}

export function earliest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

export function latest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}
