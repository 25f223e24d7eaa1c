/** `kind:span` in a query says that spans are looked for, not records. */
import type { QueryNode } from '@tendril/query/ast';
import { parsePipeline } from '@tendril/query/pipeline';
import { printQuery } from '@tendril/query/print';

/** `kind:span duration > 500ms`: said first, the `and` may be left out. */
const SAID_FIRST = /^\s*kind:(?:span|"span")\s+(?!(?:and|or)\b|\|)(?<rest>\S.*)$/isu;

/** The conditions on spans; undefined when the query is about records. */
export function spanQueryOf(text: string): string | undefined {
  const rest = SAID_FIRST.exec(text)?.groups?.['rest'];
  if (rest !== undefined) {
    const conditions = conditionsOf(rest);
    return conditions && printQuery(conditions);
  }
  return joinedByAnd(conditionsOf(text));
}

function joinedByAnd(node: QueryNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (isKindSpan(node)) return '';
  if (node.kind !== 'and' || !node.operands.some(isKindSpan)) return undefined;
  const rest = node.operands.filter((operand) => !isKindSpan(operand));
  const [only] = rest;
  return printQuery(rest.length === 1 && only ? only : { ...node, operands: rest });
}

function conditionsOf(text: string): QueryNode | undefined {
  try {
    const { source, pipes } = parsePipeline(text);
    return pipes.length === 0 ? source : undefined;
  } catch {
    // The server says what is wrong with it.
    return undefined;
  }
}

function isKindSpan(node: QueryNode): boolean {
  if (node.kind !== 'is' || node.values.kind !== 'text') return false;
  return node.field.pieces.join('*') === 'kind' && node.values.pieces.join('*') === 'span';
}
