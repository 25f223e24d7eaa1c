/** Arithmetic on numbers and durations. */
import { type Sql, float64, joinSql, sql } from '@tendril/sql/sql';

import type { Position } from '../ast.ts';
import type { Cell } from '../column.ts';
import type { Amount, Name, PipeReader } from '../pipe-reader.ts';
import { QueryFailure } from '../query-failure.ts';
import { nearestName } from '../suggest.ts';
import { cellNumber } from './cell.ts';
import { definePipe, printName, type Bilingual, type PipeDefinition } from './pipe.ts';
import {
  type PipeContext,
  type Stage,
  cellNamed,
  define,
  refuseLarge,
  unlimited,
  withColumn,
} from './stage.ts';

type Operator = '+' | '-' | '*' | '/' | '%';

type Expression =
  | { readonly kind: 'amount'; readonly amount: Amount }
  | { readonly kind: 'name'; readonly name: Name }
  | { readonly kind: 'negative'; readonly operand: Expression }
  | {
      readonly kind: 'operation';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] };

interface MathFunction {
  readonly name: string;
  readonly operands: number;
  readonly says: Bilingual;
  readonly lower: (operands: readonly Sql[]) => Sql;
}

const call = (name: string, says: Bilingual, lower: (value: Sql) => Sql): MathFunction => ({
  name,
  operands: 1,
  says,
  lower: ([value = sql`NULL`]) => lower(value),
});

export const MATH_FUNCTIONS: readonly MathFunction[] = [
  call('abs', { en: 'without its sign', zh: '绝对值' }, (value) => sql`abs(${value})`),
  call('ceil', { en: 'up to a whole number', zh: '向上取整' }, (value) => sql`ceil(${value})`),
  call('floor', { en: 'down to a whole number', zh: '向下取整' }, (value) => sql`floor(${value})`),
  call('round', { en: 'to two decimals', zh: '保留两位小数' }, (value) => sql`round(${value}, 2)`),
  call('sqrt', { en: 'square root', zh: '平方根' }, (value) => sql`sqrt(${value})`),
  call('ln', { en: 'natural logarithm', zh: '自然对数' }, (value) => sql`log(${value})`),
  {
    name: 'min',
    operands: 2,
    says: { en: 'the smaller of two', zh: '两者中较小的' },
    lower: (operands) => sql`least(${joinSql(operands, ', ')})`,
  },
  {
    name: 'max',
    operands: 2,
    says: { en: 'the greater of two', zh: '两者中较大的' },
    lower: (operands) => sql`greatest(${joinSql(operands, ', ')})`,
  },
];

const FUNCTION_NAMES: readonly string[] = MATH_FUNCTIONS.map(({ name }) => name);

/** Parentheses, calls and signs within each other. */
const DEPTH_MAX = 32;

export const math: PipeDefinition = definePipe({
  name: 'math',
  aliases: ['eval'],
  syntax: 'EXPRESSION as NAME, …',
  summary: {
    en: 'Adds a column that is computed from others.',
    zh: '添加由其他列计算得到的列。',
  },
  details: [
    {
      en: 'With `+ - * / %`, parentheses, numbers and durations (`100ms`). Where a value is missing, or something is divided by zero, the result is missing too.',
      zh: '可用 `+ - * / %`、括号、数字和时长（`100ms`）。缺少值或除以零时，结果也为空。',
    },
  ],
  examples: [
    {
      query:
        '* | stats count() as all, count() if (level:error) as errors by service.name | math round(100 * errors / all) as percent | sort percent desc',
      says: { en: 'the share of errors of each service', zh: '各服务的错误占比' },
    },
  ],
  readArguments: (reader) => ({
    items: reader.bareList(() => {
      const expression = readSum(reader, 0);
      if (!reader.keyword('as')) throw reader.refused('“as” and a name', ['as']);
      return { expression, as: reader.newName() };
    }),
  }),
  print: ({ items }) =>
    items.map(({ expression, as }) => `${print(expression)} as ${printName(as)}`).join(', '),
  apply: (before, { items, at }, context) =>
    items.reduce((stage: Stage, { expression, as }) => {
      const computed = compute(expression, { stage, context });
      refuseLarge(computed, at);
      const defined = define(stage, computed);
      return withColumn(defined.stage, { name: as.text, cell: defined.cell });
    }, unlimited(before)),
});

function readSum(reader: PipeReader, depth: number): Expression {
  return readChain(reader, ['+', '-'], () => readProduct(reader, depth));
}

function readProduct(reader: PipeReader, depth: number): Expression {
  return readChain(reader, ['*', '/', '%'], () => readOperand(reader, depth));
}

function readChain(
  reader: PipeReader,
  operators: readonly Operator[],
  readNext: () => Expression,
): Expression {
  let left = readNext();
  for (;;) {
    const operator = operators.find((each) => reader.symbol(each));
    if (operator === undefined) return left;
    left = { kind: 'operation', operator, left, right: readNext() };
  }
}

function readOperand(reader: PipeReader, depth: number): Expression {
  if (depth === DEPTH_MAX) throw tooDeep(reader);
  if (reader.symbol('-')) return { kind: 'negative', operand: readOperand(reader, depth + 1) };
  if (reader.symbol('(')) {
    const inner = readSum(reader, depth + 1);
    reader.needSymbol(')');
    return inner;
  }
  const amount = reader.amount();
  if (amount) return { kind: 'amount', amount };
  return reader.isCall(FUNCTION_NAMES)
    ? readCall(reader, depth)
    : { kind: 'name', name: reader.operand() };
}

function readCall(reader: PipeReader, depth: number): Expression {
  const found = reader.word('function', FUNCTION_NAMES);
  const known = MATH_FUNCTIONS.find(({ name }) => name === found?.text.toLowerCase());
  if (!found || !known) throw unknownFunction(found ?? reader.operand(), FUNCTION_NAMES);
  reader.needSymbol('(');
  const operands = reader.bareList(() => readSum(reader, depth + 1));
  reader.needSymbol(')');
  if (operands.length === known.operands) return { kind: 'call', name: known.name, operands };
  throw new QueryFailure({
    code: 'query_bad_value',
    detail: `${known.name} takes ${known.operands} operands, not ${operands.length}`,
    position: found,
  });
}

export function unknownFunction(
  found: Position & { readonly text: string },
  names: readonly string[],
): QueryFailure {
  const nearest = nearestName(found.text, names);
  return new QueryFailure({
    code: 'query_unknown_function',
    detail: `there is no function “${found.text}”`,
    position: found,
    hint: `${nearest === undefined ? '' : `did you mean ${nearest}? `}there are ${names.join(', ')}`,
    params: { name: found.text },
  });
}

function tooDeep(reader: PipeReader): QueryFailure {
  const start = reader.place();
  return new QueryFailure({
    code: 'query_too_deep',
    detail: `the expression nests deeper than ${DEPTH_MAX} levels`,
    position: { start, end: start },
    params: { depthMax: DEPTH_MAX },
  });
}

interface Scope {
  readonly stage: Stage;
  readonly context: PipeContext;
}

function compute(expression: Expression, scope: Scope): Cell {
  switch (expression.kind) {
    case 'amount': {
      const { value, isDuration } = expression.amount;
      return { sql: sql`${float64(value)}`, type: isDuration ? 'duration' : 'number', size: 1 };
    }
    case 'name':
      return operand(expression.name, scope);
    case 'negative': {
      const inner = compute(expression.operand, scope);
      return { ...inner, sql: sql`(-${inner.sql})`, size: inner.size + 1 };
    }
    case 'operation':
      return operation(expression, scope);
    case 'call': {
      const operands = expression.operands.map((each) => compute(each, scope));
      const known = MATH_FUNCTIONS.find(({ name }) => name === expression.name);
      const value = known?.lower(operands.map((each) => each.sql)) ?? sql`NULL`;
      const [first, second] = operands;
      const size = (first?.size ?? 0) + (second?.size ?? 0) + 1;
      return { sql: value, type: first?.type === 'duration' ? 'duration' : 'number', size };
    }
  }
}

function operand(name: Name, { stage, context }: Scope): Cell {
  const cell = cellNamed(stage, name, context);
  const number = cellNumber(cell);
  if (number) {
    return { sql: number, type: cell.type === 'duration' ? 'duration' : 'number', size: cell.size };
  }
  throw new QueryFailure({
    code: 'query_bad_value',
    detail: `“${name.text}” is no number`,
    position: name,
  });
}

type Operation = Extract<Expression, { readonly kind: 'operation' }>;

function operation({ operator, left, right }: Operation, scope: Scope): Cell {
  const a = compute(left, scope);
  const b = compute(right, scope);
  const isDuration = a.type === 'duration' && b.type !== 'duration' ? operator !== '%' : false;
  const isSum = (operator === '+' || operator === '-') && a.type === b.type;
  const isScaled = operator === '*' && b.type === 'duration';
  const keeps = (isSum && a.type === 'duration') || isDuration || isScaled;
  return {
    sql: operationSql(operator, a.sql, b.sql),
    type: keeps ? 'duration' : 'number',
    size: a.size + b.size + 1,
  };
}

function operationSql(operator: Operator, left: Sql, right: Sql): Sql {
  switch (operator) {
    case '+':
      return sql`(${left} + ${right})`;
    case '-':
      return sql`(${left} - ${right})`;
    case '*':
      return sql`(${left} * ${right})`;
    case '/':
      return sql`(${left} / ${right})`;
    case '%':
      return sql`if(${right} = 0, NULL, (${left} - trunc(${left} / ${right}) * ${right}))`;
  }
}

const BINDING: Readonly<Record<Operator, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2 };

function print(expression: Expression): string {
  switch (expression.kind) {
    case 'amount':
      return expression.amount.text;
    case 'name':
      return printName(expression.name);
    case 'negative':
      return `-${printInner(expression.operand, 3)}`;
    case 'call':
      return `${expression.name}(${expression.operands.map(print).join(', ')})`;
    case 'operation': {
      const { operator, left, right } = expression;
      const binding = BINDING[operator];
      return `${printInner(left, binding)} ${operator} ${printInner(right, binding + 1)}`;
    }
  }
}

function printInner(expression: Expression, binding: number): string {
  const printed = print(expression);
  const isLooser = expression.kind === 'operation' && BINDING[expression.operator] < binding;
  return isLooser ? `(${printed})` : printed;
}
