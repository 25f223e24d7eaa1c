/**
 * Names of a query to fields, values to tests. A field that no record has is an error with a
 * suggestion, since an empty answer would look like "nothing happened".
 *
 * Which field a name means, in this order:
 * 1. `attributes.KEY` and `resource.KEY` select explicitly, where such a key exists.
 * 2. The canonical name of a registered field is that field.
 * 3. An alias of a registered field is that field. Where an attribute of exactly that key exists too and
 *    its values do not fill the field's column (`source` is an alias of `caller`, and nginx logs have
 *    a `source` of their own), either may match: nobody's data is hidden behind our alias. Time and
 *    level keep their meaning.
 * 4. Attributes and resource attributes of exactly that key; if both exist, either may match.
 * A pattern (`http.*`) means any of the fields it fits.
 */
import { LOG_REGISTRY, type Field, type FieldRegistry } from '@tendril/model/fields';
import { DEFAULT_LIMITS } from '@tendril/model/limits';

import type { FieldName, Literal, QueryNode, TextLiteral, Values } from './ast.ts';
import { piecesText } from './ast.ts';
import type { AttributeField, FieldCatalogue } from './catalogue.ts';
import { cellExistsTest, cellTest } from './check-cell.ts';
import { fieldExists, fieldTest } from './check-field.ts';
import {
  NOTHING,
  type Operator,
  compareTest,
  either,
  literalText,
  textTest,
  valueTest,
} from './check-value.ts';
import type { Cell, KnownColumns } from './column.ts';
import { likeMatches } from './like-pattern.ts';
import { mergeTests } from './merge.ts';
import type { ParseLimits } from './parse.ts';
import { parseQuery } from './parse.ts';
import { QueryFailure } from './query-failure.ts';
import type { ResolvedQuery, ValueTarget } from './resolved.ts';
import { nearestName } from './suggest.ts';
import { testsOf } from './walk.ts';
import { splitAtSpaces } from './words.ts';

export interface CheckContext {
  readonly catalogue: FieldCatalogue;
  /** Of the records that are searched; those of logs when absent. */
  readonly registry?: FieldRegistry;
  /** What `now` means. */
  readonly nowNs: bigint;
  /** Clauses are counted again after patterns in field names are spelled out. */
  readonly queryClausesMax?: number;
  /** After a pipe: columns that names may mean. */
  readonly columns?: KnownColumns;
}

/** Throws a QueryFailure. */
export function checkQuery(query: QueryNode, context: CheckContext): ResolvedQuery {
  const clausesMax = context.queryClausesMax ?? DEFAULT_LIMITS.queryClausesMax;
  const { registry = LOG_REGISTRY } = context;
  const checker: Checker = { ...context, registry, clausesMax, expandedCount: 0 };
  const merged = mergeTests(resolve(query, checker));
  refuseManyTests(query, testsOf(merged).length);
  return merged;
}

/**
 * Conditions that the engine evaluates one by one. Each costs it up to 200 KiB and a millisecond before
 * the first row is read; a list of values of one field is one condition, however long.
 */
export const TESTS_MAX = 1_000;

function refuseManyTests(query: QueryNode, testCount: number): void {
  if (testCount <= TESTS_MAX) return;
  throw new QueryFailure({
    code: 'query_too_many_clauses',
    detail: `the query has ${testCount} conditions on different fields or texts, the limit is ${TESTS_MAX}`,
    position: query,
    hint: 'a list of values, as in service:(a or b or c), counts as one',
    params: { testCount, testsMax: TESTS_MAX },
  });
}

/** Text to a checked query in one step. */
export function readQuery(
  text: string,
  context: CheckContext,
  limits: ParseLimits = DEFAULT_LIMITS,
): ResolvedQuery {
  return checkQuery(parseQuery(text, limits), context);
}

/** What a name means: any of these. Throws a QueryFailure when it means nothing. */
export function fieldCandidates(
  name: FieldName,
  context: CheckContext,
): readonly [Candidate, ...Candidate[]] {
  const [first, ...more] = candidatesOf(name, context);
  if (first) return [first, ...more];
  throw unknownField(name, context);
}

interface Checker extends CheckContext {
  readonly registry: FieldRegistry;
  readonly clausesMax: number;
  expandedCount: number;
}

function resolve(node: QueryNode, checker: Checker): ResolvedQuery {
  switch (node.kind) {
    case 'all':
      return { kind: 'all' };
    case 'and':
    case 'or':
      return {
        kind: node.kind,
        operands: node.operands.map((operand) => resolve(operand, checker)),
      };
    case 'not':
      return { kind: 'not', operand: resolve(node.operand, checker) };
    case 'anywhere':
      return resolveAnywhere(node.value, checker);
    case 'exists':
      return either(candidatesOf(node.field, checker).map(candidateExists));
    case 'is':
      return resolveValues(node.values, {
        candidates: candidatesOf(node.field, checker),
        operator: ':',
        checker,
      });
    case 'compare': {
      const candidates = candidatesOf(node.field, checker);
      return resolveLiteral(node.value, { candidates, operator: node.operator, checker });
    }
  }
}

export type Candidate =
  /** A column that a pipe made. */
  | { readonly kind: 'cell'; readonly cell: Cell }
  | { readonly kind: 'field'; readonly field: Field }
  | { readonly kind: 'value'; readonly target: ValueTarget };

interface FieldUse {
  readonly candidates: readonly Candidate[];
  readonly operator: Operator;
  readonly checker: Checker;
}

function resolveValues(values: Values, use: FieldUse): ResolvedQuery {
  switch (values.kind) {
    case 'text':
    case 'regex':
      return resolveLiteral(values, use);
    case 'not':
      return { kind: 'not', operand: resolveValues(values.operand, use) };
    case 'and':
    case 'or':
      return {
        kind: values.kind,
        operands: values.operands.map((each) => resolveValues(each, use)),
      };
  }
}

/** Any of the fields. What the value cannot mean for some of them is an error only if it is so for all. */
function resolveLiteral(literal: Literal, use: FieldUse): ResolvedQuery {
  countExpanded(literal, use);
  const tests: ResolvedQuery[] = [];
  let failure: QueryFailure | undefined;
  for (const candidate of use.candidates) {
    try {
      tests.push(candidateTest(candidate, literal, use));
    } catch (error) {
      if (!(error instanceof QueryFailure)) throw error;
      failure ??= error;
    }
  }
  if (tests.length === 0 && failure) throw failure;
  return either(tests);
}

function countExpanded(literal: Literal, { candidates, checker }: FieldUse): void {
  checker.expandedCount += candidates.length;
  if (checker.expandedCount <= checker.clausesMax) return;
  throw new QueryFailure({
    code: 'query_too_many_clauses',
    detail: `with patterns in field names spelled out the query has more than ${checker.clausesMax} conditions`,
    position: literal,
    hint: 'name the fields',
    params: { clausesMax: checker.clausesMax },
  });
}

function candidateTest(candidate: Candidate, literal: Literal, use: FieldUse): ResolvedQuery {
  const { operator, checker } = use;
  if (candidate.kind === 'cell') {
    return cellTest(candidate.cell, operator, { literal, nowNs: checker.nowNs });
  }
  if (candidate.kind === 'field') {
    return fieldTest(candidate.field, operator, { literal, nowNs: checker.nowNs });
  }
  if (operator === ':') return valueTest(candidate.target, literal);
  return literal.kind === 'text' ? compareTest(candidate.target, operator, literal) : NOTHING;
}

function candidateExists(candidate: Candidate): ResolvedQuery {
  if (candidate.kind === 'cell') return cellExistsTest(candidate.cell);
  if (candidate.kind === 'field') return fieldExists(candidate.field);
  return { kind: 'value', target: candidate.target, test: { kind: 'exists' } };
}

/** Columns that a value without a field is compared with, whole and exactly. */
const ID_COLUMNS = ['OperationId', 'UserId', 'ConnectionId', 'ConversationId'] as const;

function resolveAnywhere(literal: Literal, { columns, registry }: Checker): ResolvedQuery {
  if (columns?.isWhole === true) throw noColumn(literal);
  const words = registry.texts.map((column) => textTest(column, literal));
  const service: ValueTarget = { kind: 'column', column: 'ServiceName' };
  if (literal.kind === 'regex') return either([...words, valueTest(service, literal)]);
  const parts = literal.quoted ? [literal.pieces] : splitAtSpaces(literal.pieces);
  if (parts.length === 0 || literalText(literal) === '') throw emptyText(literal);
  return either([...words, ...parts.flatMap((pieces) => exactTests({ ...literal, pieces }))]);
}

function emptyText(literal: TextLiteral): QueryFailure {
  return new QueryFailure({
    code: 'query_bad_value',
    detail: 'there is no text to search for',
    position: literal,
    hint: 'write * for all records, or FIELD:"" for an empty field',
  });
}

// Ids hold no wildcards. Trace and span ids are hexadecimal of a known length, so that most words need not
// be compared with them.
function exactTests(literal: TextLiteral): readonly ResolvedQuery[] {
  const text = literalText(literal);
  const isPattern = literal.pieces.length > 1;
  const columns = [
    'ServiceName',
    ...(isPattern ? [] : ID_COLUMNS),
    ...(!isPattern && /^[0-9a-f]{32}$/.test(text) ? ['TraceId'] : []),
    ...(!isPattern && /^[0-9a-f]{16}$/.test(text) ? ['SpanId'] : []),
  ];
  return columns.map((column) => valueTest({ kind: 'column', column }, literal));
}

/** In a table there is no body to look into. */
function noColumn(literal: Literal): QueryFailure {
  return new QueryFailure({
    code: 'query_bad_value',
    detail: 'after a pipe that makes columns a value needs a column',
    position: literal,
    hint: 'write COLUMN:value, or put the text before the first pipe',
  });
}

function candidatesOf(name: FieldName, checker: CheckContext): readonly Candidate[] {
  const { known = [], isWhole = false } = checker.columns ?? {};
  const made = known.filter((column) => likeMatches(name.pieces, column.name));
  if (made.length > 0) return made.map(({ cell }) => ({ kind: 'cell', cell }));
  if (isWhole) throw unknownColumn({ ...name, text: piecesText(name.pieces) }, known);
  const candidates = name.pieces.length > 1 ? fitting(name, checker) : named(name, checker);
  if (candidates.length === 0) throw unknownField(name, checker);
  return candidates;
}

function named(name: FieldName, context: CheckContext): readonly Candidate[] {
  const { catalogue, registry = LOG_REGISTRY } = context;
  const text = piecesText(name.pieces);
  const explicit = explicitAttributes(text, catalogue);
  if (explicit.length > 0) return explicit.map(attributeCandidate);
  const attributes = catalogue.find(text);
  const field = registry.of(text);
  if (!field) return attributes.map(attributeCandidate);
  const hidden = isOnlyAlias(field, text)
    ? attributes.filter(({ key }) => registry.ofSourceKey(key) !== field)
    : [];
  return [{ kind: 'field', field }, ...hidden.map(attributeCandidate)];
}

const SCOPE_PREFIXES = [
  ['attributes.', 'attribute'],
  ['attribute.', 'attribute'],
  ['resource.attributes.', 'resource'],
  ['resource.', 'resource'],
] as const;

function explicitAttributes(text: string, catalogue: FieldCatalogue): readonly AttributeField[] {
  return SCOPE_PREFIXES.flatMap(([prefix, scope]) => {
    if (!text.startsWith(prefix)) return [];
    return catalogue.find(text.slice(prefix.length)).filter((found) => found.scope === scope);
  });
}

function isOnlyAlias(field: Field, text: string): boolean {
  const isCanonical = field.name.toLowerCase() === text.toLowerCase();
  return !isCanonical && field.type !== 'time' && field.type !== 'severity';
}

function attributeCandidate(attribute: AttributeField): Candidate {
  const target: ValueTarget =
    attribute.scope === 'resource'
      ? { kind: 'resource', key: attribute.key }
      : { kind: 'attribute', attribute };
  return { kind: 'value', target };
}

function fitting({ pieces }: FieldName, context: CheckContext): readonly Candidate[] {
  const { catalogue, registry = LOG_REGISTRY } = context;
  const fields = registry.fields.filter(({ name }) => likeMatches(pieces, name));
  const keys = [...catalogue.names()].filter((key) => likeMatches(pieces, key)).sort();
  return [
    ...fields.map((field): Candidate => ({ kind: 'field', field })),
    ...keys.flatMap((key) => catalogue.find(key)).map(attributeCandidate),
  ];
}

export function unknownColumn(
  name: FieldName & { readonly text: string },
  columns: KnownColumns['known'],
): QueryFailure {
  const names = columns.map((column) => column.name);
  const nearest = nearestName(name.text, names);
  const meant = nearest === undefined ? '' : `did you mean ${nearest}? `;
  return new QueryFailure({
    code: 'query_unknown_field',
    detail: `there is no column “${name.text}” here`,
    position: name,
    hint: `${meant}the columns are ${names.slice(0, 20).join(', ')}`,
    params: { field: name.text, ...(nearest !== undefined && { nearest }) },
  });
}

function unknownField(name: FieldName, context: CheckContext): QueryFailure {
  const { catalogue, registry = LOG_REGISTRY } = context;
  const text = piecesText(name.pieces);
  const isPattern = name.pieces.length > 1;
  const known = [
    ...registry.fields.map((field) => field.name),
    ...registry.fields.flatMap((field) => field.aliases),
    ...catalogue.names(),
  ];
  const nearest = isPattern ? undefined : nearestName(text, known);
  const meant = nearest === undefined ? '' : `did you mean ${nearest}? `;
  return new QueryFailure({
    code: 'query_unknown_field',
    detail: isPattern ? `no record has a field like “${text}”` : `no record has a field “${text}”`,
    position: name,
    hint: `${meant}to search for the text itself, put it in quotes`,
    params: { field: text, ...(nearest !== undefined && { nearest }) },
  });
}
