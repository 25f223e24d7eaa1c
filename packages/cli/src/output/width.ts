/** Text in columns of a terminal, where Chinese characters are two wide. */
import stringWidth from 'string-width';

export function widthOf(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

const ASCII = /^[\u0020-\u007e]*$/;
const ELLIPSIS = '…';

/** Filled with blanks up to `width`. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** At most `width` columns, with an ellipsis where something is missing. The text must be plain. */
export function fit(text: string, width: number): string {
  // No character is wider than two columns per UTF-16 unit.
  if (text.length * 2 <= width || widthOf(text) <= width) return text;
  if (width <= 0) return '';
  let columns = 0;
  let kept = '';
  for (const { segment } of GRAPHEMES.segment(text)) {
    columns += widthOf(segment);
    if (columns > width - 1) break;
    kept += segment;
  }
  return kept + ELLIPSIS;
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
