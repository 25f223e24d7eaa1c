/**
 * Conditions on values that are compared whole: string columns, ids, attributes and resource attributes.
 *
 * An attribute is read as each of the types that its key was seen with, as a sub-column of the JSON
 * column, so that numbers are never turned into text; what did not fit there lies in the overflow map as
 * text.
 */
import {
  type Sql,
  bool,
  float64,
  float64s,
  identifier,
  int64,
  int64s,
  joinSql,
  jsonPath,
  sql,
  string,
  strings,
  uint64s,
} from '@tendril/sql/sql';

import type { CompareOperator } from './ast.ts';
import type { AttributeField } from './catalogue.ts';
import { IP_WITH_PORT, formatIp } from './ip-range.ts';
import { likePattern } from './like-pattern.ts';
import { regexForEngine } from './lower-text.ts';
import {
  DURATION_PART,
  DURATION_TEXT,
  DURATION_UNITS,
  DURATION_UNIT_NS,
  SIZE_TEXT,
  SIZE_UNITS,
  SIZE_UNIT_BYTES,
} from './quantity.ts';
import type { Equals, HexColumn, HexTest, ValueTarget, ValueTest } from './resolved.ts';

const FALSE: Sql = sql`false`;

export function columnCondition(
  target: Extract<ValueTarget, { readonly kind: 'column' }>,
  test: ValueTest,
): Sql {
  const name = identifier(target.column);
  if (test.kind === 'exists') return sql`${name} != ''`;
  const condition = textValueCondition(target.lower ? sql`lower(${name})` : sql`${name}`, test);
  return mayBeNull(test) ? sql`ifNull(${condition}, false)` : condition;
}

/** Within the table of resources, whose values are text. */
export function resourceCondition(key: string, test: ValueTest): Sql {
  return mapCondition(identifier('Attributes'), key, test);
}

function mapCondition(map: ReturnType<typeof identifier>, key: string, test: ValueTest): Sql {
  const has = sql`mapContains(${map}, ${string(key)})`;
  if (test.kind === 'exists') return has;
  const condition = textValueCondition(sql`${map}[${string(key)}]`, test);
  return sql`(${has} AND ${mayBeNull(test) ? sql`ifNull(${condition}, false)` : condition})`;
}

// What parses the text gives NULL where it cannot.
function mayBeNull({ kind }: ValueTest): boolean {
  return kind === 'compareNumber' || kind === 'quantity' || kind === 'ip';
}

export function attributeCondition(attribute: AttributeField, test: ValueTest): Sql {
  const { key, storage } = attribute;
  const overflow = (): Sql => mapCondition(identifier('AttributesOverflow'), key, test);
  if (storage === 'overflow') return overflow();
  const path = pathCondition(attribute, test);
  return storage === 'path' ? path : sql`(${path} OR ${overflow()})`;
}

function pathCondition({ key, types }: AttributeField, test: ValueTest): Sql {
  const path = jsonPath('Attributes', key);
  if (test.kind === 'exists') return sql`isNotNull(${path})`;
  const conditions = types
    .map((type): Sql => {
      switch (type) {
        case 'string':
          return textValueCondition(sql`${path}.:String`, test);
        case 'int':
          return numberCondition(sql`${path}.:Int64`, 'int', test);
        case 'float':
          return numberCondition(sql`${path}.:Float64`, 'float', test);
        case 'bool':
          return booleanCondition(sql`${path}.:Bool`, test);
        case 'array':
          return arrayCondition(sql`${path}`, test);
      }
    })
    .filter((condition) => condition !== FALSE);
  if (conditions.length === 0) return FALSE;
  // A missing value is NULL, and NULL or true is true.
  return sql`ifNull(${joinSql(conditions, ' OR ')}, false)`;
}

/** An array matches if one of its elements does. Elements compare as text, numbers among them as numbers. */
function arrayCondition(path: Sql, test: ComparingTest): Sql {
  const elements = sql`arrayConcat(${path}.:\`Array(String)\`, arrayMap(n -> toString(n), ${path}.:\`Array(Int64)\`), arrayMap(n -> toString(n), ${path}.:\`Array(Float64)\`), arrayMap(n -> toString(n), ${path}.:\`Array(Bool)\`))`;
  return sql`arrayExists(x -> ifNull(${textValueCondition(sql`x`, test)}, false), ${elements})`;
}

export type ComparingTest = Exclude<ValueTest, { readonly kind: 'exists' }>;

/** NULL where text that should be a number or an amount is none. */
export function textValueCondition(value: Sql, test: ComparingTest): Sql {
  switch (test.kind) {
    case 'in':
      return inTexts(value, test.values.texts);
    case 'like':
      return sql`${value} LIKE ${string(likePattern(test.pieces))}`;
    case 'regex':
      return sql`match(${value}, ${string(regexForEngine(test.source))})`;
    case 'compareNumber':
      return sql`toFloat64OrNull(${value}) ${operatorSql(test.operator)} ${numberSql(test.bound)}`;
    case 'compareText':
      return sql`${value} ${operatorSql(test.operator)} ${string(test.bound)}`;
    case 'quantity':
      return quantityOfText(value, test);
    case 'ip':
      return sql`toIPv6OrNull(replaceRegexpOne(${value}, ${string(IP_WITH_PORT)}, '\\1\\2')) BETWEEN toIPv6(${string(formatIp(test.range.first))}) AND toIPv6(${string(formatIp(test.range.last))})`;
  }
}

function inTexts(value: Sql, texts: readonly string[]): Sql {
  const [only] = texts;
  if (texts.length === 1 && only !== undefined) return sql`${value} = ${string(only)}`;
  return sql`${value} IN ${strings(texts)}`;
}

function quantityOfText(value: Sql, test: Extract<ValueTest, { readonly kind: 'quantity' }>): Sql {
  const { quantity, operator } = test;
  if (quantity.kind === 'duration') {
    const units = sql`${strings(DURATION_UNITS)}, ${float64s(DURATION_UNIT_NS)}`;
    const sum = sql`arraySum(part -> toFloat64(part[1]) * transform(part[2], ${units}, 0.), extractAllGroupsVertical(${value}, ${string(DURATION_PART)}))`;
    return sql`(match(${value}, ${string(DURATION_TEXT)}) AND ${sum} ${operatorSql(operator)} ${float64(quantity.ns)})`;
  }
  const lower = sql`lower(${value})`;
  const parts = sql`extractGroups(${lower}, ${string(SIZE_TEXT)})`;
  const units = sql`${strings(SIZE_UNITS)}, ${float64s(SIZE_UNIT_BYTES)}`;
  const bytes = sql`toFloat64OrZero(${parts}[1]) * transform(${parts}[2], ${units}, 0.)`;
  return sql`(match(${lower}, ${string(SIZE_TEXT)}) AND ${bytes} ${operatorSql(operator)} ${float64(quantity.bytes)})`;
}

function numberCondition(value: Sql, type: 'int' | 'float', test: ComparingTest): Sql {
  switch (test.kind) {
    case 'in':
      return inNumbers(value, type, test.values);
    case 'like':
    case 'regex':
      return textValueCondition(sql`toString(${value})`, test);
    case 'compareNumber':
      return sql`${value} ${operatorSql(test.operator)} ${numberSql(test.bound)}`;
    case 'compareText':
    case 'ip':
      return FALSE;
    case 'quantity': {
      if (test.numberUnit === undefined) return FALSE;
      const amount = test.quantity.kind === 'size' ? test.quantity.bytes : test.quantity.ns;
      return sql`${value} * ${float64(test.numberUnit)} ${operatorSql(test.operator)} ${float64(amount)}`;
    }
  }
}

function inNumbers(value: Sql, type: 'int' | 'float', values: Equals): Sql {
  if (type === 'int') {
    return values.integers.length === 0 ? FALSE : sql`${value} IN ${int64s(values.integers)}`;
  }
  return values.floats.length === 0 ? FALSE : sql`${value} IN ${float64s(values.floats)}`;
}

function booleanCondition(value: Sql, test: ComparingTest): Sql {
  if (test.kind === 'like' || test.kind === 'regex') {
    return textValueCondition(sql`toString(${value})`, test);
  }
  if (test.kind !== 'in' || test.values.booleans.length === 0) return FALSE;
  return joinSql(
    test.values.booleans.map((each) => sql`${value} = ${bool(each)}`),
    ' OR ',
  );
}

export function numberSql(bound: bigint | number): Sql {
  return typeof bound === 'bigint' ? sql`${int64(bound)}` : sql`${float64(bound)}`;
}

export function operatorSql(operator: CompareOperator | '='): Sql {
  switch (operator) {
    case '<':
      return sql`<`;
    case '<=':
      return sql`<=`;
    case '>':
      return sql`>`;
    case '>=':
      return sql`>=`;
    case '=':
      return sql`=`;
  }
}

/** Columns of 64 bits whose text is 16 hexadecimal digits; 0 is none. */
export function hexCondition(column: HexColumn, test: HexTest): Sql {
  const name = identifier(column);
  if (test.kind === 'exists') return sql`${name} != 0`;
  if (test.kind === 'in') {
    const isOneOf = sql`${name} IN ${uint64s(test.ids)}`;
    if (test.skeletonIds === undefined) return isOneOf;
    return sql`(${isOneOf} OR SkeletonId IN ${uint64s(test.skeletonIds)})`;
  }
  const text = sql`lower(leftPad(hex(${name}), 16, '0'))`;
  return sql`(${name} != 0 AND ${textValueCondition(text, test)})`;
}
