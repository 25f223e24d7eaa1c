/**
 * The words of a query for colouring and for finding where its filter ends: follows the language's
 * scanner loosely, so that a text that is not finished has colours too.
 */
type TokenKind =
  | 'field'
  | 'value'
  | 'quoted'
  | 'keyword'
  | 'operator'
  | 'parenthesis'
  | 'pipe'
  | 'space';

export interface QueryToken {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /(?<space>[\s\u00a0\u3000]+)|(?<quoted>"(?:[^"\\]|\\.)*"?)|(?<parenthesis>[()])|(?<pipe>\|)|(?<operator><=|>=|[:<>=])|(?<value>(?:[^\s\u00a0\u3000"()|:<>=\\]|\\.?)+)/gsu;
const KEYWORD = /^(?:and|or|not)$/i;
const KINDS = ['space', 'quoted', 'parenthesis', 'pipe', 'operator', 'value'] as const;

export function queryTokens(text: string): readonly QueryToken[] {
  const tokens: QueryToken[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const start = match.index;
    const kind = KINDS.find((name) => match.groups?.[name] !== undefined) ?? 'value';
    const isKeyword = kind === 'value' && KEYWORD.test(match[0]);
    if (kind === 'operator') nameBefore(tokens);
    tokens.push({ kind: isKeyword ? 'keyword' : kind, start, end: start + match[0].length });
  }
  return tokens;
}

// What stands before an operator is a field's name.
function nameBefore(tokens: QueryToken[]): void {
  const at = tokens.findLastIndex(({ kind }) => kind !== 'space');
  const before = tokens[at];
  const beforeThat = tokens.slice(0, Math.max(0, at)).findLast(({ kind }) => kind !== 'space');
  if (!before || (before.kind !== 'value' && before.kind !== 'quoted')) return;
  // `host:a:b`: the second colon belongs to the value.
  if (beforeThat?.kind === 'operator') return;
  tokens[at] = { ...before, kind: 'field' };
}

export interface QueryParts {
  readonly filter: string;
  /** From the first pipe sign on; empty without pipes. */
  readonly pipes: string;
}

export function queryParts(text: string): QueryParts {
  const pipe = queryTokens(text).find(({ kind }) => kind === 'pipe');
  if (!pipe) return { filter: text, pipes: '' };
  return { filter: text.slice(0, pipe.start).trimEnd(), pipes: text.slice(pipe.start) };
}
