/** Widths of columns: chosen by dragging, else by what the field usually holds. */
import { logFieldOf } from '@tendril/model/fields';

const COLUMN_WIDTH_PX_MIN = 48;
const COLUMN_WIDTH_PX_MAX = 1_600;
const WIDTH_PX = {
  text: 420,
  keyword: 168,
  id: 250,
  severity: 64,
  number: 90,
  duration: 90,
  time: 200,
};

export function columnWidthPx(field: string, chosen: Readonly<Record<string, number>>): number {
  const own = chosen[field];
  if (own !== undefined) return Math.min(COLUMN_WIDTH_PX_MAX, Math.max(COLUMN_WIDTH_PX_MIN, own));
  const known = logFieldOf(field);
  return known ? WIDTH_PX[known.type] : WIDTH_PX.keyword;
}

/** Of a grid row: the time, the severity, the columns. The last one takes what is left. */
export function gridTemplate(
  columns: readonly string[],
  timePx: number,
  chosen: Readonly<Record<string, number>>,
): string {
  const widths = columns.map((column, at) => {
    const px = columnWidthPx(column, chosen);
    return at === columns.length - 1 ? `minmax(${Math.min(px, 240)}px, 1fr)` : `${px}px`;
  });
  return [`${timePx}px`, '26px', ...widths].join(' ');
}
