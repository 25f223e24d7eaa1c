/** Where a stretch of time lies on the screen, as shares of the part that is shown. */
import type { Zoom } from './trace-url.ts';

export interface BarPlace {
  readonly left: number;
  readonly width: number;
}

/** Cut where the part that is shown ends, so that no bar is a million times as wide as the screen. */
export function barPlace(start: number, end: number, { from, to }: Zoom): BarPlace | undefined {
  const width = Math.max(1, to - from);
  if (end < from || start > to) return undefined;
  const left = Math.max(0, (start - from) / width);
  const right = Math.min(1, (end - from) / width);
  return { left, width: Math.max(0, right - left) };
}
