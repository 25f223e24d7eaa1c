/**
 * Makes a checked query small: groups within groups of the same kind become one, and alternatives on
 * the same field become one test with a list, so that 10,000 ids are one `IN`.
 */
import type { ResolvedQuery, Test } from './resolved.ts';

export function mergeTests(query: ResolvedQuery): ResolvedQuery {
  switch (query.kind) {
    case 'and':
    case 'or':
      return mergeGroup(query.kind, query.operands.map(mergeTests));
    case 'not':
      return negate(mergeTests(query.operand));
    case 'all':
    case 'text':
    case 'value':
    case 'cell':
    case 'hex':
    case 'integer':
    case 'time':
      return query;
  }
}

function mergeGroup(kind: 'and' | 'or', operands: readonly ResolvedQuery[]): ResolvedQuery {
  const flat = operands.flatMap((operand) =>
    operand.kind === kind ? operand.operands : [operand],
  );
  const merged = kind === 'or' ? mergeAlternatives(flat) : mergeWordsOfAll(mergeExclusions(flat));
  const [first] = merged;
  return merged.length === 1 && first ? first : { kind, operands: merged };
}

function negate(query: ResolvedQuery): ResolvedQuery {
  return query.kind === 'not' ? query.operand : { kind: 'not', operand: query };
}

/** `not a and not b` is `not (a or b)`. */
function mergeExclusions(operands: readonly ResolvedQuery[]): readonly ResolvedQuery[] {
  const excluded = operands.flatMap((operand) => (operand.kind === 'not' ? [operand.operand] : []));
  if (excluded.length < 2) return operands;
  const others = operands.filter((operand) => operand.kind !== 'not');
  return [...others, negate(mergeGroup('or', excluded))];
}

/** `body:a and body:b` looks for both words at once. */
function mergeWordsOfAll(operands: readonly ResolvedQuery[]): readonly ResolvedQuery[] {
  const words = new Map<string, { readonly test: TestOf<'text'>; readonly words: string[] }>();
  const others = operands.filter((operand) => {
    if (operand.kind !== 'text') return true;
    const { column, test } = operand;
    if (test.kind !== 'anyWord' || test.words.length !== 1) return true;
    const key = `${column} ${test.folding}`;
    const group = words.get(key) ?? { test: operand, words: [] };
    group.words.push(...test.words);
    words.set(key, group);
    return false;
  });
  return [...others, ...Array.from(words.values(), wordsTest)];
}

function wordsTest({
  test: { column, test },
  words,
}: {
  readonly test: TestOf<'text'>;
  readonly words: readonly string[];
}): ResolvedQuery {
  if (test.kind !== 'anyWord' || words.length === 1) return { kind: 'text', column, test };
  const { folding } = test;
  return { kind: 'text', column, test: { kind: 'everyWord', words: distinct(words), folding } };
}

function mergeAlternatives(operands: readonly ResolvedQuery[]): readonly ResolvedQuery[] {
  const groups = new Map<string, ResolvedQuery[]>();
  operands.forEach((operand, index) => {
    const key = mergeKey(operand) ?? `${index}`;
    const group = groups.get(key);
    if (group) group.push(operand);
    else groups.set(key, [operand]);
  });
  return [...groups.values()].map(mergeSame);
}

/** Alternatives with the same key can become one test. */
function mergeKey(query: ResolvedQuery): string | undefined {
  switch (query.kind) {
    case 'text':
      return query.test.kind === 'anyWord' ? `${query.column} ${query.test.folding}` : undefined;
    case 'value':
      return query.test.kind === 'in' ? `in ${JSON.stringify(query.target)}` : undefined;
    case 'hex':
      return query.test.kind === 'in' ? `hex ${query.column}` : undefined;
    case 'all':
    case 'and':
    case 'or':
    case 'not':
    case 'cell':
    case 'integer':
    case 'time':
      return undefined;
  }
}

function mergeSame(group: readonly ResolvedQuery[]): ResolvedQuery {
  const [first, ...more] = group;
  if (!first || more.length === 0) return first ?? { kind: 'or', operands: [] };
  if (first.kind === 'text') return mergeWords(first, group);
  if (first.kind === 'value') return mergeValues(first, group);
  if (first.kind === 'hex') return mergeIds(first, group);
  return { kind: 'or', operands: group };
}

type TestOf<Kind extends Test['kind']> = Extract<Test, { readonly kind: Kind }>;

function mergeWords(first: TestOf<'text'>, group: readonly ResolvedQuery[]): ResolvedQuery {
  if (first.test.kind !== 'anyWord') return first;
  const words = group.flatMap((each) =>
    each.kind === 'text' && each.test.kind === 'anyWord' ? each.test.words : [],
  );
  return { ...first, test: { ...first.test, words: distinct(words) } };
}

function mergeValues(first: TestOf<'value'>, group: readonly ResolvedQuery[]): ResolvedQuery {
  const lists = group.flatMap((each) =>
    each.kind === 'value' && each.test.kind === 'in' ? [each.test.values] : [],
  );
  const values = {
    texts: distinct(lists.flatMap(({ texts }) => texts)),
    integers: distinct(lists.flatMap(({ integers }) => integers)),
    floats: distinct(lists.flatMap(({ floats }) => floats)),
    booleans: distinct(lists.flatMap(({ booleans }) => booleans)),
  };
  return { ...first, test: { kind: 'in', values } };
}

function mergeIds(first: TestOf<'hex'>, group: readonly ResolvedQuery[]): ResolvedQuery {
  const ids = group.flatMap((each) =>
    each.kind === 'hex' && each.test.kind === 'in' ? each.test.ids : [],
  );
  return { ...first, test: { kind: 'in', ids: distinct(ids) } };
}

function distinct<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Set(values)];
}
