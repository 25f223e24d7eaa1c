import type { Pieces } from './ast.ts';

/** A LIKE pattern that is the pieces with anything between them; `%` and `_` in them are text. */
export function likePattern(pieces: Pieces): string {
  const inner = pieces.slice(1, -1).filter((piece) => piece !== '');
  const outer = pieces.length > 1 ? [pieces[0] ?? '', ...inner, pieces.at(-1) ?? ''] : pieces;
  return outer.map((piece) => piece.replaceAll(/[%_\\]/g, String.raw`\$&`)).join('%');
}

/** Whether text is pieces with anything between them. */
export function likeMatches(pieces: Pieces, text: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  return containsInOrder(text.slice(first.length, text.length - last.length), rest);
}

export function containsInOrder(text: string, pieces: Pieces): boolean {
  let at = 0;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return true;
}
