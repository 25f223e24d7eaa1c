/**
 * What is wrong with a query, where, and what to write instead. Thrown by parsing and checking; the
 * API sends its parts, CLI and editor draw the position.
 */
import { Failure } from '@tendril/model/failure';

import type { Position } from './ast.ts';

export type QueryFailureCode =
  | 'query_syntax'
  | 'query_too_long'
  | 'query_too_deep'
  | 'query_too_many_clauses'
  | 'query_nested'
  | 'query_unknown_pipe'
  | 'query_unknown_function'
  | 'query_pipe_unfit'
  | 'query_unknown_field'
  | 'query_bad_value'
  | 'query_bad_regex';

export interface QueryFailureOptions {
  readonly code: QueryFailureCode;
  /** English: what is wrong. */
  readonly detail: string;
  readonly position: Position;
  /** English: what to write instead. */
  readonly hint?: string | undefined;
  /** What could have stood there, in words a person knows. */
  readonly expected?: readonly string[];
  readonly params?: Readonly<Record<string, string | number>>;
}

export class QueryFailure extends Failure {
  readonly position: Position;
  /** Empty when there is nothing to suggest. */
  readonly hint: string;
  readonly expected: readonly string[];

  constructor({ code, detail, position, hint = '', expected = [], params }: QueryFailureOptions) {
    super({ code, detail, ...(params && { params }) });
    this.name = 'QueryFailure';
    this.position = { start: position.start, end: position.end };
    this.hint = hint;
    this.expected = expected;
  }
}

/** For a terminal: the line of the text that is wrong, carets under it, the hint. */
export function drawQueryFailure(text: string, failure: QueryFailure): string {
  const { start, end } = failure.position;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', start);
  const lineEnd = newline < 0 ? text.length : newline;
  const line = text.slice(lineStart, lineEnd);
  const carets = '^'.repeat(Math.max(1, columns(text.slice(start, Math.min(end, lineEnd)))));
  const drawn = `${line}\n${' '.repeat(columns(text.slice(lineStart, start)))}${carets}`;
  const hint = failure.hint === '' ? '' : `\nhint: ${failure.hint}`;
  return `${failure.message}\n${drawn}${hint}`;
}

const WIDE =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303f\uff01-\uff60]/u;

// Terminals draw Chinese, Japanese and Korean characters two columns wide.
function columns(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}
