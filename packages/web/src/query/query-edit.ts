/**
 * Filters put into a query's text and taken out of it, by what the text means: the tree says where
 * each condition stands, and all other text stays as the person wrote it.
 */
import { logFieldOf } from '@tendril/model/fields';
import type { FieldName, QueryNode, TextLiteral, Values } from '@tendril/query/ast';
import { parseQuery } from '@tendril/query/parse';
import { printFieldName, quoteText } from '@tendril/query/print';
import { queryParts } from './query-parts.ts';

export interface FieldFilter {
  readonly field: string;
  readonly value: string;
}

/** How a value stands in a query. */
export type FilterState = 'included' | 'excluded' | undefined;

export function filterState(query: string, filter: FieldFilter): FilterState {
  for (const condition of conditionsOf(query)) {
    if (!isOfField(condition.field, filter.field)) continue;
    if (condition.values.some((literal) => textOf(literal) === filter.value)) {
      return condition.isExcluded ? 'excluded' : 'included';
    }
  }
  return undefined;
}

/** Puts the value in; where it is already so, takes it out. A second value of a field is one more. */
export function withFilter(
  query: string,
  filter: FieldFilter,
  kind: 'include' | 'exclude' | 'only',
): string {
  if (kind === 'only') return withConditions(query, filter, [filter.value], 'include');
  const state = filterState(query, filter);
  const wanted = kind === 'include' ? 'included' : 'excluded';
  const others = conditionsOf(query)
    .filter(({ field, isExcluded }) => isOfField(field, filter.field) && !isExcluded)
    .flatMap(({ values }) => values.map(textOf))
    .filter((value) => value !== filter.value);
  if (kind === 'include') {
    const values = state === wanted ? others : [...others, filter.value];
    return withConditions(query, filter, values, 'include');
  }
  const without = withoutValue(query, filter);
  return state === wanted
    ? without
    : appended(without, `not ${printed(filter.field, [filter.value])}`);
}

/** All that the query says of this field at its top replaced by one list of values. */
function withConditions(
  query: string,
  { field, value }: FieldFilter,
  values: readonly string[],
  kind: 'include',
): string {
  const rest = conditionsOf(query)
    .filter((condition) => isOfField(condition.field, field))
    .filter(({ isExcluded, values: own }) =>
      isExcluded ? own.some((literal) => textOf(literal) === value) : kind === 'include',
    )
    .toReversed()
    .reduce(withoutCondition, query);
  return values.length === 0 ? rest : appended(rest, printed(field, values));
}

function withoutValue(query: string, filter: FieldFilter): string {
  return conditionsOf(query)
    .filter(({ field }) => isOfField(field, filter.field))
    .filter(({ values }) => values.some((literal) => textOf(literal) === filter.value))
    .toReversed()
    .reduce((text, condition) => {
      const others = condition.values.map(textOf).filter((value) => value !== filter.value);
      const without = withoutCondition(text, condition);
      if (others.length === 0) return without;
      const kept = printed(filter.field, others);
      return appended(without, condition.isExcluded ? `not ${kept}` : kept);
    }, query);
}

function printed(field: string, values: readonly string[]): string {
  const name = printFieldName(field);
  const [first = '', ...more] = values.map(quoteText);
  return more.length === 0 ? `${name}:${first}` : `${name}:(${[first, ...more].join(' or ')})`;
}

/** `query and condition`, before the pipes; an `or` at the top is put in parentheses. */
export function appended(query: string, condition: string): string {
  const { filter, pipes } = queryParts(query);
  const trimmed = filter.trim();
  const tree = treeOf(trimmed);
  const isAll = trimmed === '' || tree?.kind === 'all';
  const needsParentheses = tree?.kind === 'or';
  const before = needsParentheses ? `(${trimmed})` : trimmed;
  const joined = isAll ? condition : `${before} and ${condition}`;
  return pipes === '' ? joined : `${joined} ${pipes}`;
}

/** Ends of a range as a person writes them, `100ms` or `5`; empty for none. */
export interface FieldRange {
  readonly from: string;
  readonly to: string;
}

/** What the query's `field >= a and field < b` say. */
export function rangeOf(query: string, field: string): FieldRange {
  const found = comparesOf(query, field);
  return {
    from: textAt(found.find(({ operator }) => operator === '>' || operator === '>=')),
    to: textAt(found.find(({ operator }) => operator === '<' || operator === '<=')),
  };
}

/** All comparisons of the field at the query's top replaced by these. */
export function withRange(query: string, field: string, { from, to }: FieldRange): string {
  const name = printFieldName(field);
  const rest = comparesOf(query, field).toReversed().reduce(withoutCondition, query);
  const withFrom = from === '' ? rest : appended(rest, `${name} >= ${from}`);
  return to === '' ? withFrom : appended(withFrom, `${name} < ${to}`);
}

type Comparison = Extract<QueryNode, { readonly kind: 'compare' }>;

function comparesOf(query: string, field: string): readonly Comparison[] {
  const tree = treeOf(queryParts(query).filter);
  const nodes = tree?.kind === 'and' ? tree.operands : tree ? [tree] : [];
  return nodes
    .filter((node) => node.kind === 'compare')
    .filter((node) => isOfField(node.field, field));
}

function textAt(comparison: Comparison | undefined): string {
  return comparison ? textOf(comparison.value) : '';
}

interface Condition {
  readonly start: number;
  readonly end: number;
  readonly field: FieldName;
  readonly values: readonly TextLiteral[];
  readonly isExcluded: boolean;
}

/** The conditions that all records must meet: `field:value`, lists joined by `or`, and their negations. */
function conditionsOf(query: string): readonly Condition[] {
  const tree = treeOf(queryParts(query).filter);
  if (!tree) return [];
  const nodes = tree.kind === 'and' ? tree.operands : [tree];
  return nodes.flatMap(conditionOf);
}

function conditionOf(node: QueryNode): readonly Condition[] {
  const isExcluded = node.kind === 'not';
  const inner = isExcluded ? node.operand : node;
  if (inner.kind !== 'is') return [];
  const values = literalsOf(inner.values);
  if (!values) return [];
  return [{ start: node.start, end: node.end, field: inner.field, values, isExcluded }];
}

function literalsOf(values: Values): readonly TextLiteral[] | undefined {
  if (values.kind === 'text') return values.pieces.length === 1 ? [values] : undefined;
  if (values.kind !== 'or') return undefined;
  const lists = values.operands.map(literalsOf);
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}

function textOf({ pieces }: TextLiteral): string {
  return pieces.join('*');
}

function isOfField({ pieces }: FieldName, field: string): boolean {
  if (pieces.length > 1) return false;
  const written = pieces.join('');
  if (written === field) return true;
  const known = logFieldOf(written);
  return known !== undefined && known === logFieldOf(field);
}

/** Cuts the condition out together with the `and` that joined it. */
function withoutCondition(query: string, { start, end }: Pick<Condition, 'start' | 'end'>): string {
  // The condition may stand in parentheses of its own.
  const before = query
    .slice(0, start)
    .replace(/\(\s*$/, (open) => (/^\s*\)/.test(query.slice(end)) ? '' : open));
  const isUnwrapped = before.length < query.slice(0, start).trimEnd().length;
  const after = isUnwrapped ? query.slice(end).replace(/^\s*\)/, '') : query.slice(end);
  const head = before.replace(/(?:^|\s)and\s*$/i, '');
  const tail = head === before ? after.replace(/^\s*and(?=[\s(])\s*/i, '') : after;
  return `${head.trimEnd()} ${tail.trimStart()}`.trim();
}

function treeOf(text: string): QueryNode | undefined {
  try {
    return parseQuery(text);
  } catch {
    // While it is being typed a query often is not one.
    return undefined;
  }
}

/** What to mark in messages: texts that the query asks for, in lower case. */
export function searchedTerms(query: string): readonly string[] {
  const tree = treeOf(queryParts(query).filter);
  return tree ? [...new Set(termsOf(tree))].slice(0, TERMS_MAX) : [];
}

const TERMS_MAX = 20;
const TERM_LENGTH_MIN = 2;

function termsOf(node: QueryNode): readonly string[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.operands.flatMap(termsOf);
    case 'anywhere':
      return node.value.kind === 'text' ? wordsOf(node.value) : [];
    case 'is':
      return isOfField(node.field, 'body') ? valueTerms(node.values) : [];
    case 'all':
    case 'not':
    case 'exists':
    case 'compare':
      return [];
  }
}

function valueTerms(values: Values): readonly string[] {
  if (values.kind === 'text') return wordsOf(values);
  return values.kind === 'and' || values.kind === 'or' ? values.operands.flatMap(valueTerms) : [];
}

function wordsOf({ pieces, quoted }: TextLiteral): readonly string[] {
  const texts = quoted ? pieces : pieces.flatMap((piece) => piece.split(/\s+/));
  return texts
    .map((text) => text.trim().toLowerCase())
    .filter((text) => text.length >= TERM_LENGTH_MIN);
}

const CANDIDATES_MAX = 8;

/** The query with one of its conditions left out, for each of them. */
export function withoutEach(
  query: string,
): readonly { readonly removed: string; readonly rest: string }[] {
  const { filter, pipes } = queryParts(query);
  const tree = treeOf(filter);
  if (!tree || tree.kind === 'all') return [];
  const operands = tree.kind === 'and' ? tree.operands : [tree];
  return operands.slice(0, CANDIDATES_MAX).map((operand) => {
    const others = operands.filter((each) => each !== operand);
    const rest = others.map((each) => filter.slice(each.start, each.end)).join(' and ');
    return {
      removed: filter.slice(operand.start, operand.end),
      rest: `${rest} ${pipes}`.trim(),
    };
  });
}
