/** A flame graph's frames: as wide as the work below them, children under their caller. */
import type { CallPath } from './call-paths.ts';

export interface FlameFrame {
  /** Index of the path; -1 for the whole trace. */
  readonly path: number;
  readonly row: number;
  /** Shares of the whole. */
  readonly left: number;
  readonly width: number;
}

/** Narrower ones could not be seen. */
const WIDTH_MIN = 0.0008;
/** Deeper ones are seen by going into one of those above. */
const ROWS_MAX = 200;
const FRAMES_MAX = 3_000;

/** What is in `focus` is as wide as the whole; its callers stand above it. -1: everything. */
export function flameFrames(paths: readonly CallPath[], focus: number): readonly FlameFrame[] {
  const frames: FlameFrame[] = callersOf(paths, focus).map((path, row) => ({
    path,
    row,
    left: 0,
    width: 1,
  }));
  const top = { path: focus, row: frames.length, left: 0, width: 1 };
  const waiting: FlameFrame[] = [top];
  for (let frame = waiting.pop(); frame && frames.length < FRAMES_MAX; frame = waiting.pop()) {
    frames.push(frame);
    if (frame.row >= ROWS_MAX) continue;
    waiting.push(...childFrames(paths, frame).toReversed());
  }
  return frames;
}

function callersOf(paths: readonly CallPath[], focus: number): readonly number[] {
  const callers: number[] = [];
  if (focus < 0) return callers;
  for (let at = paths[focus]?.parent ?? -1; at >= 0; at = paths[at]?.parent ?? -1) callers.push(at);
  return [-1, ...callers.toReversed()].slice(0, ROWS_MAX);
}

function childFrames(
  paths: readonly CallPath[],
  { path, row, left, width }: FlameFrame,
): readonly FlameFrame[] {
  const children = path < 0 ? rootsOf(paths) : (paths[path]?.children ?? []);
  const whole = path < 0 ? workOf(paths, children) : (paths[path]?.workNs ?? 0);
  let at = left;
  return children.flatMap((child) => {
    const share = whole === 0 ? width / children.length : (workOf(paths, [child]) / whole) * width;
    const frame = { path: child, row: row + 1, left: at, width: share };
    at += share;
    return share < WIDTH_MIN ? [] : [frame];
  });
}

function rootsOf(paths: readonly CallPath[]): readonly number[] {
  return paths.flatMap(({ parent }, index) => (parent < 0 ? [index] : []));
}

function workOf(paths: readonly CallPath[], of: readonly number[]): number {
  return of.reduce((sum, path) => sum + (paths[path]?.workNs ?? 0), 0);
}
