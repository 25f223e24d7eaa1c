import type { Pieces } from './ast.ts';

/** A LIKE pattern that is the pieces with anything between them; `%` and `_` in them are text. */
export function likePattern(pieces: Pieces): string {
  const escaped = pieces.map((piece) => piece.replaceAll(/[%_\\]/g, String.raw`\$&`));
  return escaped.join('%').replaceAll(/%{2,}/g, '%');
}
