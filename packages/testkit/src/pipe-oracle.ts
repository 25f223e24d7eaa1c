/**
 * What pipes mean, once more: plain loops over rows in memory, for comparison with what the engine
 * makes of the SQL. A value that is missing is null, whatever its type.
 */
import { SEVERITIES } from '@tendril/model/severity';

export type OracleValue = string | number | null | readonly string[];
export type OracleRow = Readonly<Record<string, OracleValue>>;

export interface OracleTable {
  readonly columns: readonly string[];
  readonly rows: readonly OracleRow[];
  /** Ties of a sort keep this order. */
  readonly order: readonly OracleOrder[];
}

interface OracleOrder {
  readonly column: string;
  readonly descending: boolean;
}

export interface OracleCall {
  readonly name: string;
  readonly field: string | undefined;
  readonly as: string;
  readonly condition: ((row: OracleRow) => boolean) | undefined;
}

export interface OracleGroup {
  readonly field: string;
  readonly bucket: number | undefined;
}

/** Rows come oldest first. */
export function oracleStats(
  rows: readonly OracleRow[],
  calls: readonly OracleCall[],
  groups: readonly OracleGroup[],
): OracleTable {
  const found = new Map<string, { key: OracleRow; rows: OracleRow[] }>();
  if (groups.length === 0) found.set('[]', { key: {}, rows: [] });
  for (const row of rows) {
    const key = Object.fromEntries(
      groups.map(({ field, bucket }) => [field, bucketed(row[field] ?? null, bucket)]),
    );
    const text = JSON.stringify(Object.values(key));
    const group = found.get(text) ?? { key, rows: [] };
    group.rows.push(row);
    found.set(text, group);
  }
  const computed = [...found.values()].map((group): OracleRow =>
    Object.assign(
      Object.fromEntries(calls.map((call) => [call.as, aggregate(call, group.rows)])),
      group.key,
    ),
  );
  const names = groups.map(({ field }) => field);
  const isOverTime = groups.some(
    ({ field, bucket }) => field === 'timestamp' && bucket !== undefined,
  );
  const keys = names.map((column) => ({ column, descending: false }));
  const [first] = calls;
  const order =
    isOverTime || !first || names.length === 0
      ? keys
      : [{ column: first.as, descending: true }, ...keys];
  return {
    columns: [...names, ...calls.map(({ as }) => as)],
    rows: sorted(computed, order),
    order,
  };
}

function bucketed(value: OracleValue, width: number | undefined): OracleValue {
  if (width === undefined || typeof value !== 'number') return value;
  return Math.floor(value / width) * width;
}

function aggregate({ name, field, condition }: OracleCall, all: readonly OracleRow[]): OracleValue {
  const rows = condition ? all.filter(condition) : all;
  if (field === undefined) return rows.length;
  const values = rows.map((row) => row[field] ?? null).filter((value) => value !== null);
  const numbers = values
    .map(Number)
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => a - b);
  const ordered = values.toSorted(compareValues);
  switch (name) {
    case 'count':
      return values.length;
    case 'count_uniq':
      return new Set(values).size;
    case 'sum':
      return numbers.length === 0 ? null : numbers.reduce((sum, number) => sum + number, 0);
    case 'avg':
      return numbers.length === 0
        ? null
        : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    case 'min':
      return ordered[0] ?? null;
    case 'max':
      return ordered.at(-1) ?? null;
    case 'p50':
      return quantile(numbers, 0.5);
    case 'p95':
      return quantile(numbers, 0.95);
    case 'values':
      return [...new Set(ordered.map(String))].sort(compareText);
    case 'first':
      return values[0] ?? null;
    case 'last':
      return values.at(-1) ?? null;
    default:
      throw new Error(`no function ${name}`);
  }
}

function quantile(numbers: readonly number[], level: number): number | null {
  const place = level * (numbers.length - 1);
  const low = numbers[Math.floor(place)];
  const high = numbers[Math.ceil(place)];
  if (low === undefined || high === undefined) return null;
  return low + (place - Math.floor(place)) * (high - low);
}

export function oracleSort(table: OracleTable, order: readonly OracleOrder[]): OracleTable {
  const rest = table.order.filter(({ column }) => order.every((key) => key.column !== column));
  const keys = [...order, ...rest];
  return { ...table, rows: sorted(table.rows, keys), order: keys };
}

function sorted(rows: readonly OracleRow[], order: readonly OracleOrder[]): readonly OracleRow[] {
  return rows.toSorted((a, b) => {
    for (const { column, descending } of order) {
      const compared = compareWithMissing(a[column] ?? null, b[column] ?? null, descending);
      if (compared !== 0) return compared;
    }
    return 0;
  });
}

// A missing number comes last either way; a missing text is empty, so it comes first.
function compareWithMissing(a: OracleValue, b: OracleValue, descending: boolean): number {
  const isText = typeof a === 'string' || typeof b === 'string';
  if (!isText && (a === null || b === null)) return Number(a === null) - Number(b === null);
  const compared = compareValues(a ?? '', b ?? '');
  return descending ? -compared : compared;
}

function compareValues(a: OracleValue, b: OracleValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const levels = SEVERITIES.map(String);
  if (levels.includes(String(a)) && levels.includes(String(b)))
    return levels.indexOf(String(a)) - levels.indexOf(String(b));
  return compareText(String(a), String(b));
}

function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
