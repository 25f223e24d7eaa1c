import type { Pieces } from './ast.ts';

/** A LIKE pattern that is the pieces with anything between them; `%` and `_` in them are text. */
export function likePattern(pieces: Pieces): string {
  const inner = pieces.slice(1, -1).filter((piece) => piece !== '');
  const outer = pieces.length > 1 ? [pieces[0] ?? '', ...inner, pieces.at(-1) ?? ''] : pieces;
  return outer.map((piece) => piece.replaceAll(/[%_\\]/g, String.raw`\$&`)).join('%');
}
