/**
 * A checked query on records in memory, for live tail: the same answer as `lower` gives on stored ones.
 * The two are held together by a property test on a real engine.
 */
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';

import type { CompareOperator } from './ast.ts';
import { numberOf } from './check-value.ts';
import { parsePeer } from './ip-range.ts';
import { containsInOrder, likeMatches } from './like-pattern.ts';
import { durationNs, sizeBytes } from './quantity.ts';
import type { DomainColumns, RecordView } from './record-columns.ts';
import { columnText, durationOf, hexText, storedText, timeOf } from './record-columns.ts';
import type {
  Equals,
  HexTest,
  ResolvedQuery,
  Test,
  TextTest,
  ValueTarget,
  ValueTest,
} from './resolved.ts';
import { fold, wordsOf } from './words.ts';

export type RecordMatcher = (record: LogRecord, domain?: DomainColumns) => boolean;

export interface MatcherOptions {
  /** Tells the skeleton of a record's message; without it a pattern is itself alone. */
  readonly skeletonIdOf?: (record: LogRecord) => bigint;
}

export function matcherOf(query: ResolvedQuery, options: MatcherOptions = {}): RecordMatcher {
  const matches = viewMatcher(query);
  const { skeletonIdOf } = options;
  return (record, domain) => matches({ record, domain, skeletonIdOf });
}

const NO_SKELETON = 0n;

type ViewMatcher = (view: RecordView) => boolean;

function viewMatcher(query: ResolvedQuery): ViewMatcher {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'not': {
      const operand = viewMatcher(query.operand);
      return (view) => !operand(view);
    }
    case 'and': {
      const operands = query.operands.map(viewMatcher);
      return (view) => operands.every((operand) => operand(view));
    }
    case 'or': {
      const operands = query.operands.map(viewMatcher);
      return (view) => operands.some((operand) => operand(view));
    }
    case 'text':
    case 'value':
    case 'cell':
    case 'hex':
    case 'integer':
    case 'time':
      return testMatcher(query);
  }
}

function testMatcher(test: Test): ViewMatcher {
  switch (test.kind) {
    case 'text': {
      const matches = textMatcher(test.test);
      const { column } = test;
      return ({ record }) => matches(column === 'Body' ? record.body : record.original);
    }
    case 'cell':
      throw new TypeError('a record in memory has no columns of pipes');
    case 'hex': {
      const matches = hexMatcher(test.test);
      const { kind } = test.test;
      const skeletons = new Set(kind === 'in' ? test.test.skeletonIds : []);
      if (skeletons.size === 0) return (view) => matches(hexText(view, test.column));
      return (view) =>
        matches(hexText(view, test.column)) ||
        skeletons.has(view.skeletonIdOf?.(view.record) ?? NO_SKELETON);
    }
    case 'integer':
      return integerMatcher(test);
    case 'time':
      return timeMatcher(test);
    case 'value':
      return valueMatcher(test.target, test.test);
  }
}

function textMatcher(test: TextTest): (text: string) => boolean {
  switch (test.kind) {
    case 'exists':
      return (text) => text !== '';
    case 'empty':
      return (text) => text === '';
    case 'anyWord': {
      const words = new Set(test.words);
      return (text) => wordsOf(fold(text, test.folding)).some((word) => words.has(word));
    }
    case 'everyWord':
      return (text) => {
        const words = new Set(wordsOf(fold(text, test.folding)));
        return test.words.every((word) => words.has(word));
      };
    case 'phrase':
      return (text) => hasPhrase(wordsOf(fold(text, test.folding)), test.words);
    case 'contains':
      return (text) => containsInOrder(fold(text, test.folding), test.pieces);
    case 'regex':
      return (text) => test.regex.matcher(text).find();
  }
}

function hasPhrase(words: readonly string[], phrase: readonly string[]): boolean {
  return words.some((_word, start) => phrase.every((each, index) => words[start + index] === each));
}

function hexMatcher(test: HexTest): (text: string) => boolean {
  switch (test.kind) {
    case 'exists':
      return (text) => text !== '';
    case 'in': {
      const ids = new Set(test.ids);
      return (text) => text !== '' && ids.has(BigInt(`0x${text}`));
    }
    case 'like':
      return (text) => text !== '' && likeMatches(test.pieces, text);
    case 'regex':
      return (text) => text !== '' && test.regex.matcher(text).find();
  }
}

function integerMatcher(test: Extract<Test, { readonly kind: 'integer' }>): ViewMatcher {
  const { column, min, max } = test;
  return (view) => {
    const number =
      column === 'SeverityNumber' ? BigInt(view.record.severityNumber) : durationOf(view);
    return (min === undefined || number >= min) && (max === undefined || number <= max);
  };
}

function timeMatcher(test: Extract<Test, { readonly kind: 'time' }>): ViewMatcher {
  const { column, fromNs, toNs } = test;
  return (view) => {
    const ns = timeOf(view, column);
    return (fromNs === undefined || ns >= fromNs) && (toNs === undefined || ns < toNs);
  };
}

type ScalarMatcher = (value: AttributeScalar) => boolean;

function valueMatcher(target: ValueTarget, test: ValueTest): ViewMatcher {
  switch (target.kind) {
    case 'column':
      return columnMatcher(target, test);
    case 'attribute': {
      const { key } = target.attribute;
      if (test.kind === 'exists') return ({ record }) => Object.hasOwn(record.attributes, key);
      const matches = scalarMatcher(test);
      return ({ record }) => {
        const value = ownValue(record.attributes, key);
        return value !== undefined && anyScalar(value, matches);
      };
    }
    case 'resource': {
      if (test.kind === 'exists') return ({ record }) => Object.hasOwn(record.resource, target.key);
      const matches = scalarMatcher(test);
      return ({ record }) => {
        const value = ownValue(record.resource, target.key);
        return value !== undefined && matches(storedText(value));
      };
    }
  }
}

function columnMatcher(
  target: Extract<ValueTarget, { readonly kind: 'column' }>,
  test: ValueTest,
): ViewMatcher {
  if (test.kind === 'exists') return (view) => columnText(view, target.column) !== '';
  const matches = scalarMatcher(test);
  return (view) => {
    const text = columnText(view, target.column);
    return matches(target.lower === true ? fold(text, 'ascii') : text);
  };
}

function ownValue(
  attributes: Readonly<Record<string, AttributeValue>>,
  key: string,
): AttributeValue | undefined {
  return Object.hasOwn(attributes, key) ? attributes[key] : undefined;
}

function anyScalar(value: AttributeValue, matches: ScalarMatcher): boolean {
  if (typeof value !== 'object') return matches(value);
  return value.some((element) => matches(textOf(element)));
}

function scalarMatcher(test: Exclude<ValueTest, { readonly kind: 'exists' }>): ScalarMatcher {
  switch (test.kind) {
    case 'in':
      return equalMatcher(test.values);
    case 'like':
      return (value) => likeMatches(test.pieces, textOf(value));
    case 'regex':
      return (value) => test.regex.matcher(textOf(value)).find();
    case 'compareNumber':
      return (value) => {
        const number = comparableNumber(value);
        return number !== undefined && compares(number, test.operator, test.bound);
      };
    case 'compareText':
      return (value) =>
        typeof value === 'string' &&
        compares(compareCodePoints(value, test.bound), test.operator, 0);
    case 'quantity':
      return (value) => {
        const amount = amountOf(value, test);
        const { quantity, operator } = test;
        const bound = quantity.kind === 'size' ? quantity.bytes : quantity.ns;
        return amount !== undefined && compares(amount, operator, bound);
      };
    case 'ip':
      return (value) => {
        const address = typeof value === 'string' ? parsePeer(value) : undefined;
        return address !== undefined && address >= test.range.first && address <= test.range.last;
      };
  }
}

function equalMatcher({ texts, integers, floats, booleans }: Equals): ScalarMatcher {
  const equalTexts = new Set(texts);
  const equalIntegers = new Set(integers);
  const equalFloats = new Set(floats);
  const equalBooleans = new Set(booleans);
  return (value) => {
    if (typeof value === 'string') return equalTexts.has(value);
    if (typeof value === 'number') return equalFloats.has(value);
    if (typeof value === 'bigint') return equalIntegers.has(value);
    return equalBooleans.has(value);
  };
}

/** As the engine's toString. */
function textOf(value: AttributeScalar): string {
  if (typeof value !== 'number') return String(value);
  if (Number.isNaN(value)) return 'nan';
  return String(value).replace('e+', 'e').replace('Infinity', 'inf');
}

/** As the engine's toFloat64OrNull where the value is text. */
function comparableNumber(value: AttributeScalar): bigint | number | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return undefined;
  const number = numberOf(value);
  if (number !== undefined) return Number(number);
  const named = /^([+-]?)inf(?:inity)?$/i.exec(value);
  return named ? Number(`${named[1] ?? ''}Infinity`) : undefined;
}

function amountOf(
  value: AttributeScalar,
  { quantity, numberUnit }: Extract<ValueTest, { readonly kind: 'quantity' }>,
): number | undefined {
  if (typeof value === 'string') {
    return quantity.kind === 'size' ? sizeBytes(value) : durationNs(value);
  }
  if (typeof value === 'boolean' || numberUnit === undefined) return undefined;
  return Number(value) * numberUnit;
}

function compares(
  left: bigint | number,
  operator: CompareOperator | '=',
  right: bigint | number,
): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '=':
      return Number(left) === Number(right);
  }
}

// The engine compares bytes of UTF-8, which order as code points do; UTF-16 units do not.
function compareCodePoints(left: string, right: string): number {
  const leftPoints = left[Symbol.iterator]();
  for (const rightPoint of right) {
    const leftPoint = leftPoints.next().value;
    if (leftPoint === undefined) return -1;
    const order = (leftPoint.codePointAt(0) ?? 0) - (rightPoint.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return leftPoints.next().done === true ? 0 : 1;
}
