/** Random syntax trees of queries, over the fields and words that random records have. */
import { LOG_FIELDS } from '@tendril/model/fields';
import type {
  CompareOperator,
  FieldName,
  Literal,
  Pieces,
  QueryNode,
  TextLiteral,
  Values,
} from '@tendril/query/ast';
import * as fc from 'fast-check';
import { KEYS, WORDS } from './random-words.ts';

/** Trees that came from no text stand nowhere. */
const NOWHERE = { start: 0, end: 0 };

const REGEX_GROUPS = [
  ['err(or)?', '(?i)timeout', '连接.*', '^$', '[0-9]{3}', 'a.b', '\\d+\\.\\d', 'time-?out'],
  ['(foo|bar)_', 'u1001$', '[^a-z]', '\\/user\\/', 'x|', '😀', '\\x00', '(?s).', '\\bk\\b'],
  ['foo_bar', 'login', 'timeouts?', 'Error', 'ms$', '\\pL{3}', 'a%b', 'ſ', 'retry\\dx', 'word[78]'],
];

const BOUND_GROUPS = [
  ['now-1h', 'now-30m', '2026-06-02T08:00:00Z', 'warn', 'info', '17', '200', '1.5', '-1'],
  ['100ms', '1s', '2MB', '1KiB', 'a', 'openim', '连', '😀', '1e300', '9007199254740993', ''],
];

const FIELD_GROUPS = [
  LOG_FIELDS.map(({ name }) => name),
  LOG_FIELDS.flatMap(({ aliases }) => aliases.slice(0, 2)),
  KEYS,
  ['host.name', 'k8s.pod', 'resource.ip', 'attributes.ip', 'resource.host.name'],
];

export function wordArbitrary(): fc.Arbitrary<string> {
  return fc.constantFrom(...WORDS);
}

export function textArbitrary(): fc.Arbitrary<string> {
  const separator = fc.constantFrom(' ', '', ', ', ': ', '\n');
  return fc.oneof(
    { weight: 4, arbitrary: wordArbitrary() },
    {
      weight: 3,
      arbitrary: fc
        .array(fc.tuple(wordArbitrary(), separator), { maxLength: 6 })
        .map((parts) => parts.flat().join('')),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }) },
  );
}

export function queryArbitrary(): fc.Arbitrary<QueryNode> {
  const { query } = fc.letrec<{ query: QueryNode; leaf: QueryNode }>((tie) => ({
    leaf: leafArbitrary(),
    query: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      tie('leaf'),
      tie('leaf'),
      tie('query').map(negated),
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('query'), { minLength: 2, maxLength: 4 }))
        .map(([kind, operands]) => grouped(kind, operands)),
    ),
  }));
  return query;
}

function negated(operand: QueryNode): QueryNode {
  return { kind: 'not', operand, ...NOWHERE };
}

// As the parser builds them: a group has no member of its own kind.
function grouped(kind: 'and' | 'or', operands: readonly QueryNode[]): QueryNode {
  const flat = operands.flatMap((each) => (each.kind === kind ? each.operands : [each]));
  return { kind, operands: flat, ...NOWHERE };
}

function leafArbitrary(): fc.Arbitrary<QueryNode> {
  const operator = fc.constantFrom<CompareOperator>('<', '<=', '>', '>=');
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fieldArbitrary(), valuesArbitrary()).map(isNode) },
    { weight: 2, arbitrary: literalArbitrary().map(anywhereNode) },
    { weight: 1, arbitrary: fieldArbitrary().map(existsNode) },
    {
      weight: 3,
      arbitrary: fc.tuple(fieldArbitrary(), operator, boundArbitrary()).map(compareNode),
    },
  );
}

function isNode([field, values]: readonly [FieldName, Values]): QueryNode {
  return { kind: 'is', field, values, ...NOWHERE };
}

function anywhereNode(value: Literal): QueryNode {
  return { kind: 'anywhere', value, ...NOWHERE };
}

function existsNode(field: FieldName): QueryNode {
  return { kind: 'exists', field, ...NOWHERE };
}

function compareNode([field, operator, text]: readonly [
  FieldName,
  CompareOperator,
  string,
]): QueryNode {
  return { kind: 'compare', field, operator, value: textLiteral([text], true), ...NOWHERE };
}

function fieldArbitrary(): fc.Arbitrary<FieldName> {
  return fc.oneof(
    {
      weight: 9,
      arbitrary: fc.constantFrom(...FIELD_GROUPS.flat()).map((name) => fieldName([name])),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('a.', 'we`', 'user').map((name) => fieldName([name, ''])),
    },
  );
}

function fieldName(pieces: Pieces): FieldName {
  return { pieces, ...NOWHERE };
}

function boundArbitrary(): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...BOUND_GROUPS.flat()), wordArbitrary());
}

function valuesArbitrary(): fc.Arbitrary<Values> {
  const list = fc.array(textLiteralArbitrary(), { minLength: 2, maxLength: 4 });
  return fc.oneof(
    { weight: 6, arbitrary: literalArbitrary() },
    { weight: 1, arbitrary: list.map(valueList) },
  );
}

function valueList(operands: readonly Literal[]): Values {
  return { kind: 'or', operands, ...NOWHERE };
}

function literalArbitrary(): fc.Arbitrary<Literal> {
  return fc.oneof(
    { weight: 6, arbitrary: textLiteralArbitrary() },
    { weight: 1, arbitrary: fc.constantFrom(...REGEX_GROUPS.flat()).map(regexLiteral) },
  );
}

function regexLiteral(source: string): Literal {
  return { kind: 'regex', source, ...NOWHERE };
}

function textLiteralArbitrary(): fc.Arbitrary<TextLiteral> {
  return fc
    .tuple(piecesArbitrary(), fc.boolean())
    .map(([pieces, quoted]) => textLiteral(pieces, quoted));
}

/** Nothing cannot stand without quotes. */
function textLiteral(pieces: Pieces, quoted: boolean): TextLiteral {
  return { kind: 'text', pieces, quoted: quoted || pieces.join('') === '', ...NOWHERE };
}

function piecesArbitrary(): fc.Arbitrary<Pieces> {
  const place = fc.constantFrom('start', 'end', 'both', 'inner');
  return fc.oneof(
    { weight: 4, arbitrary: textArbitrary().map((text) => [text]) },
    { weight: 2, arbitrary: fc.tuple(wordArbitrary(), place).map(starred) },
  );
}

// Without an empty piece inside, as the scanner makes them.
function starred([text, place]: readonly [string, string]): Pieces {
  const characters = Array.from(text);
  if (characters.length === 0) return [text];
  if (place === 'start') return ['', text];
  if (place === 'end') return [text, ''];
  if (place === 'both') return ['', text, ''];
  return [characters.slice(0, 1).join(''), characters.slice(1).join('')];
}
