/** A severity as a letter on its colour: never the colour alone. */
import type { ReactElement } from 'react';

const LETTERS: Readonly<Record<string, string>> = {
  fatal: 'F',
  error: 'E',
  warn: 'W',
  info: 'I',
  debug: 'D',
  trace: 'T',
};

export function SeverityBadge({ level }: { readonly level: string }): ReactElement {
  return (
    <span
      className={`severity severity-${LETTERS[level] === undefined ? 'unknown' : level}`}
      title={level}
    >
      {LETTERS[level] ?? '·'}
    </span>
  );
}
