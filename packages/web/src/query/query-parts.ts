/**
 * Where a query's filter ends and its pipes begin. Follows the language's scanner loosely, so that a
 * text that is not finished has both, and without the pipes' code, so that records need not wait for
 * it.
 */
export interface QueryParts {
  readonly filter: string;
  /** From the first pipe sign on; empty without pipes. */
  readonly pipes: string;
}

/** Quoted text, escaped characters and regular expressions may hold the sign; a sign outside begins the pipes. */
const BEFORE_PIPE =
  /^(?:"(?:[^"\\]|\\.)*"?|\\.|(?<=[:(\s]|^)\/(?:[^/\\\n]|\\.)+\/(?=[\s)|]|$)|[^"\\|])*/su;

export function queryParts(text: string): QueryParts {
  const end = BEFORE_PIPE.exec(text)?.[0].length ?? text.length;
  if (end >= text.length) return { filter: text, pipes: '' };
  return { filter: text.slice(0, end).trimEnd(), pipes: text.slice(end) };
}
