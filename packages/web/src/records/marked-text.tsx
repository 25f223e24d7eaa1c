/** Text with the searched terms marked. Plain strings all the way: nothing becomes markup. */
import type { ReactElement, ReactNode } from 'react';

const MARKS_MAX = 200;

export interface MarkedTextProps {
  readonly text: string;
  /** In lower case. */
  readonly terms: readonly string[];
}

export function MarkedText({ text, terms }: MarkedTextProps): ReactElement {
  return <>{terms.length === 0 ? text : markedParts(text, terms)}</>;
}

function markedParts(text: string, terms: readonly string[]): ReactNode[] {
  const lower = text.toLowerCase();
  // Folding may change the length of rare characters; offsets would be wrong then.
  if (lower.length !== text.length) return [text];
  const parts: ReactNode[] = [];
  let at = 0;
  while (parts.length < MARKS_MAX) {
    const next = nextTerm(lower, terms, at);
    if (!next) break;
    if (next.start > at) parts.push(text.slice(at, next.start));
    parts.push(<mark key={next.start}>{text.slice(next.start, next.end)}</mark>);
    at = next.end;
  }
  parts.push(text.slice(at));
  return parts;
}

function nextTerm(
  lower: string,
  terms: readonly string[],
  from: number,
): { readonly start: number; readonly end: number } | undefined {
  let best: { start: number; end: number } | undefined;
  for (const term of terms) {
    const start = lower.indexOf(term, from);
    if (start < 0) continue;
    if (!best || start < best.start) best = { start, end: start + term.length };
  }
  return best;
}
