/** Numbers about groups of rows. */
import { type Sql, EMPTY_SQL, decimal, int64, joinSql, sql } from '@tendril/sql/sql';

import type { Position, QueryNode } from '../ast.ts';
import { checkQuery } from '../check.ts';
import type { Cell, Column } from '../column.ts';
import { type Amount, type Name, type PipeReader } from '../pipe-reader.ts';
import { printQuery } from '../print.ts';
import { QueryFailure } from '../query-failure.ts';
import { ROLLUP_STEP_NS, asksOnlyRollUp, isRollUpColumn, rolledRows } from '../roll-up.ts';
import { AGGREGATE_FUNCTIONS, type AggregateFunction } from './aggregates.ts';
import { unknownFunction } from './math.ts';
import { definePipe, printName, printNames, type PipeDefinition } from './pipe.ts';
import {
  type PipeContext,
  type SortKey,
  type Stage,
  type Selection,
  candidatesNamed,
  cellNamed,
  columnsOf,
  refuseTwins,
  selectedTable,
  unlimited,
} from './stage.ts';

interface Call extends Position {
  readonly aggregate: AggregateFunction;
  /** As it was written: `p95`, `median`. */
  readonly spelled: string;
  readonly level: number | undefined;
  readonly fields: readonly Name[];
  readonly condition: QueryNode | undefined;
  readonly as: Name | undefined;
}

interface Group {
  readonly name: Name;
  readonly bucket: Amount | undefined;
  readonly as: Name | undefined;
}

export const stats: PipeDefinition = definePipe({
  name: 'stats',
  aliases: ['summarize'],
  syntax: 'FUNCTION(FIELD) [if (CONDITION)] [as NAME], … [by FIELD[:BUCKET] [as NAME], …]',
  summary: {
    en: 'Counts and computes, for each group of rows or for all of them.',
    zh: '按组（或对全部行）计数和计算。',
  },
  details: [
    {
      en: 'A bucket joins neighbouring values: `timestamp:5m`, `duration:100ms`, `status:100`. Buckets of time begin at full multiples since 1970 in UTC.',
      zh: '桶把相邻的值合为一组：`timestamp:5m`、`duration:100ms`、`status:100`。时间桶从 UTC 1970 年起的整倍数开始。',
    },
    {
      en: 'With a bucket of time the rows come in the order of the groups, otherwise the greatest first value comes first.',
      zh: '有时间桶时按组的顺序排列，否则按第一个数值从大到小排列。',
    },
    {
      en: 'Without `as` a column is named after its function and field: `count`, `p95_duration`.',
      zh: '没有 `as` 时，列以函数和字段命名：`count`、`p95_duration`。',
    },
    {
      en: 'Where no row has a number, the result is missing, not 0.',
      zh: '没有任何行有数值时，结果为空，而不是 0。',
    },
  ],
  examples: [
    {
      query: '* | stats count(), count_uniq(userId) as users by service.name',
      says: { en: 'records and users of each service', zh: '各服务的日志数和用户数' },
    },
    {
      query: '* | stats count() if (level:error) as errors, p95(duration) by timestamp:5m',
      says: { en: 'errors and latency over time', zh: '错误数和延迟随时间的变化' },
    },
  ],
  readArguments: (reader) => {
    const groupsFirst = reader.keyword('by') ? reader.list(() => readGroup(reader)) : [];
    const calls = reader.bareList(() => readCall(reader));
    if (groupsFirst.length > 0 || !reader.keyword('by')) return { calls, groups: groupsFirst };
    return { calls, groups: reader.list(() => readGroup(reader)) };
  },
  print: ({ calls, groups }) => {
    const by = groups.map(printGroup).join(', ');
    return calls.map(printCall).join(', ') + (by === '' ? '' : ` by ${by}`);
  },
  apply: (before, { calls, groups, at }, context) => {
    const stage = unlimited(before);
    const columns = [
      ...groups.map((group) => groupColumn(stage, group, context)),
      ...calls.map((call) => callColumn(stage, call, context)),
    ];
    refuseTwins(columns, at);
    const selection: Selection = {
      columns,
      groupBy: (cells) => groupBy(cells.slice(0, groups.length)),
      order: (cells) => usualOrder(cells, groups.length),
    };
    const table = selectedTable(stage, selection);
    const rolled = rolledSelection(stage, { calls, groups, selection }, context);
    if (!rolled) return table;
    const { rows } = selectedTable(stage, rolled);
    return { ...table, rows: (time) => (time.steps ? rows(time) : table.rows(time)) };
  },
});

function readGroup(reader: PipeReader): Group {
  const name = reader.field();
  const bucket = reader.symbol(':') ? readBucket(reader) : undefined;
  return { name, bucket, as: reader.keyword('as') ? reader.newName() : undefined };
}

function readBucket(reader: PipeReader): Amount {
  const amount = reader.amount();
  if (!amount) throw reader.refused('the width of a bucket', ['5m', '100']);
  if (amount.value > 0) return amount;
  throw new QueryFailure({
    code: 'query_bad_value',
    detail: 'a bucket must be wider than 0',
    position: amount,
  });
}

const NAMES: readonly string[] = AGGREGATE_FUNCTIONS.map(({ name }) => name);

function readCall(reader: PipeReader): Call {
  const name = reader.word('function', NAMES);
  if (!name) throw reader.refused('a function, as in count()', ['function']);
  const spelled = name.text.toLowerCase();
  const aggregate = AGGREGATE_FUNCTIONS.find(
    (each) => each.name === spelled || each.aliases.includes(spelled),
  );
  if (!aggregate) throw unknownFunction(name, NAMES);
  reader.needSymbol('(');
  const level = aggregate.takesLevel ? readLevel(reader) : undefined;
  const fields = readFields(reader, aggregate, name);
  reader.needSymbol(')');
  const condition = reader.keyword('if') ? readCondition(reader) : undefined;
  const as = reader.keyword('as') ? reader.newName() : undefined;
  const end = reader.place();
  return { aggregate, spelled, level, fields, condition, as, start: name.start, end };
}

function readLevel(reader: PipeReader): number {
  const amount = reader.amount();
  if (!amount) throw reader.refused('a number from 0 to 1', ['0.95']);
  reader.needSymbol(',');
  if (amount.value <= 1 && !amount.isDuration) return amount.value;
  throw new QueryFailure({
    code: 'query_bad_value',
    detail: 'a quantile lies between 0 and 1',
    position: amount,
    hint: 'write 0.95 for 95 %',
  });
}

function readFields(
  reader: PipeReader,
  aggregate: AggregateFunction,
  at: Position,
): readonly Name[] {
  const { min, max } = aggregate.fields;
  const isEmpty = min === 0 && reader.lacksField();
  const fields = isEmpty ? [] : reader.bareList(() => reader.field());
  const [only] = fields;
  // count(*) is what people of SQL write.
  if (min === 0 && only?.text === '*') return [];
  if (fields.length <= max) return fields;
  throw new QueryFailure({
    code: 'query_bad_value',
    detail: `${aggregate.name} takes ${max === 1 ? 'one field' : `up to ${max} fields`}, not ${fields.length}`,
    position: at,
  });
}

function readCondition(reader: PipeReader): QueryNode {
  reader.needSymbol('(');
  const condition = reader.filter();
  reader.needSymbol(')');
  return condition;
}

function printCall(call: Call): string {
  const condition = call.condition ? ` if (${printQuery(call.condition)})` : '';
  return callText(call) + condition + (call.as ? ` as ${printName(call.as)}` : '');
}

function callText({ spelled, level, fields }: Call): string {
  return `${spelled}(${level === undefined ? '' : `${level}, `}${printNames(fields)})`;
}

/** `count`, `p95_duration`: a name that needs no quotes in the pipes that follow. */
function usualName({ spelled, level, fields }: Call): string {
  const parts = level === undefined ? [spelled] : [spelled, String(level)];
  return [...parts, ...fields.map((name) => name.text)].join('_');
}

function printGroup({ name, bucket, as }: Group): string {
  const width = bucket ? `:${bucket.text}` : '';
  return printName(name) + width + (as ? ` as ${printName(as)}` : '');
}

function groupColumn(stage: Stage, { name, bucket, as }: Group, context: PipeContext): Column {
  const cell = cellNamed(stage, name, context);
  const column = (as ?? name).text;
  return { name: column, cell: bucket ? bucketCell(cell, bucket, name) : cell };
}

function bucketCell(cell: Cell, bucket: Amount, name: Name): Cell {
  const { value: width, isDuration } = bucket;
  const parts = { ...cell, bucket: String(width) };
  switch (cell.type) {
    case 'time': {
      if (!isDuration) throw badBucket(bucket, 'a time', '5m');
      const ns = int64(BigInt(Math.max(1, Math.round(width))));
      const start = sql`intDiv(toUnixTimestamp64Nano(${cell.sql}), ${ns}) * ${ns}`;
      return { ...parts, sql: sql`fromUnixTimestamp64Nano(${start}, 'UTC')` };
    }
    case 'duration':
      if (!isDuration) throw badBucket(bucket, 'a duration', '100ms');
      return { ...parts, sql: floored(cell.sql, width) };
    case 'text':
      if (isDuration) throw badBucket(bucket, 'a number', '100');
      return { ...parts, type: 'number', sql: floored(sql`toFloat64OrNull(${cell.sql})`, width) };
    case 'number':
    case 'integer':
      if (isDuration) throw badBucket(bucket, 'a number', '100');
      return { ...parts, type: 'number', sql: floored(cell.sql, width) };
    case 'level':
    case 'texts':
      throw new QueryFailure({
        code: 'query_bad_value',
        detail: `“${name.text}” is no number, so it has no buckets`,
        position: bucket,
      });
  }
}

function floored(value: Sql, width: number): Sql {
  return sql`floor(toFloat64(${value}) / ${decimal(width)}) * ${decimal(width)}`;
}

function badBucket(bucket: Amount, what: string, example: string): QueryFailure {
  return new QueryFailure({
    code: 'query_bad_value',
    detail: `“${bucket.text}” is no width for ${what}`,
    position: bucket,
    hint: `write ${example}`,
  });
}

function callColumn(stage: Stage, call: Call, context: PipeContext): Column {
  const cells = call.fields.map((name) => cellNamed(stage, name, context));
  const condition =
    call.condition &&
    context.lower(checkQuery(call.condition, { ...context, columns: columnsOf(stage) }));
  const ofRecords = stage.kind === 'records';
  const aggregated = call.aggregate.lower(call.level ?? 0)({ cells, condition, ofRecords });
  if (!aggregated) throw unfit(call, ofRecords);
  return { name: call.as?.text ?? usualName(call), cell: { ...aggregated, size: 1 } };
}

function unfit(call: Call, ofRecords: boolean): QueryFailure {
  const name = call.fields[0]?.text ?? '';
  const needsRecords = /^(?:first|last)$/.test(call.aggregate.name) && !ofRecords;
  return new QueryFailure({
    code: 'query_bad_value',
    detail: needsRecords
      ? `${call.spelled} needs records: rows of a table have no time`
      : `${call.spelled} cannot be computed of “${name}”, which is no number`,
    position: call,
  });
}

interface Rolling {
  readonly calls: readonly Call[];
  readonly groups: readonly Group[];
  readonly selection: Selection;
}

/** The same from the roll-up; undefined when it does not have all that is asked for. */
function rolledSelection(
  stage: Stage,
  { calls, groups, selection }: Rolling,
  context: PipeContext,
): Selection | undefined {
  if (stage.kind !== 'records' || !isRollable(stage)) return undefined;
  if (!groups.every((group) => isRolledGroup(stage, group, context))) return undefined;
  const counts = calls.map((call) => rolledCount(stage, call, context));
  const columns = selection.columns.map((column, index): Column | undefined => {
    const count = counts[index - groups.length];
    if (index < groups.length) return column;
    return count && { name: column.name, cell: { ...column.cell, sql: count } };
  });
  if (!columns.every((column) => column !== undefined)) return undefined;
  const condition = joinSql(stage.conditions, ' AND ');
  const withTime = groups.some(({ bucket }) => bucket !== undefined);
  const source: Selection['source'] = ({ steps, whole }) =>
    sql`FROM ${rolledRows({ time: steps ?? { middle: whole, edges: [] }, condition, withTime })}`;
  return { ...selection, columns, source };
}

/** All records that match conditions which the roll-up can answer. */
function isRollable(stage: Extract<Stage, { kind: 'records' }>): boolean {
  const { inner, filters, conditions } = stage;
  const isPlain = inner === undefined && filters.length === conditions.length;
  return isPlain && filters.every((filter) => asksOnlyRollUp(filter));
}

function isRolledGroup(stage: Stage, { name, bucket }: Group, context: PipeContext): boolean {
  const [only, ...more] = candidatesNamed(stage, name, context);
  if (only?.kind !== 'field' || more.length > 0) return false;
  const { column } = only.field;
  if (bucket === undefined) return isRollUpColumn(column);
  return column === 'Timestamp' && BigInt(Math.round(bucket.value)) % ROLLUP_STEP_NS === 0n;
}

/** Undefined for what is no count of rows. */
function rolledCount(stage: Stage, call: Call, context: PipeContext): Sql | undefined {
  if (call.aggregate.name !== 'count' || call.fields.length > 0) return undefined;
  if (!call.condition) return sql`sum(rolled)`;
  const query = checkQuery(call.condition, { ...context, columns: columnsOf(stage) });
  return asksOnlyRollUp(query) ? sql`sumIf(rolled, ${context.lower(query)})` : undefined;
}

function groupBy(cells: readonly Cell[]): Sql {
  if (cells.length === 0) return EMPTY_SQL;
  return sql`\nGROUP BY ${joinSql(
    cells.map((cell) => cell.sql),
    ', ',
  )}`;
}

function usualOrder(cells: readonly Cell[], keyCount: number): readonly SortKey[] {
  const keys = cells.slice(0, keyCount).map((cell): SortKey => ({ cell, direction: 'asc' }));
  if (keys.length === 0) return [];
  const isOverTime = keys.some(({ cell }) => cell.type === 'time' && cell.bucket !== undefined);
  const first = cells[keyCount];
  if (isOverTime || !first) return keys;
  return [{ cell: first, direction: 'desc' }, ...keys];
}
