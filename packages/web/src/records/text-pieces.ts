/** Long text cut where a line ends, or where it must be; no sign of two halves is cut in two. */
export interface TextPiece {
  readonly start: number;
  readonly piece: string;
}

export function textPieces(text: string, charactersMax: number): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let start = 0;
  while (start < text.length) {
    const end = endOf(text, start, charactersMax);
    pieces.push({ start, piece: text.slice(start, end) });
    start = end;
  }
  return pieces;
}

function endOf(text: string, start: number, charactersMax: number): number {
  const limit = start + charactersMax;
  if (limit >= text.length) return text.length;
  const newline = text.lastIndexOf('\n', limit - 1);
  if (newline > start) return newline + 1;
  const isHalf = /[\ud800-\udbff]/.test(text[limit - 1] ?? '');
  return isHalf && limit - 1 > start ? limit - 1 : limit;
}
