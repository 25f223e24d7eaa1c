/**
 * What a table can be drawn as: lines over time when it has a column of times, bars when it has names and
 * numbers. The first number is what is drawn, or all of them where nothing else tells lines apart.
 */
import type { TableCell, TableColumn } from '@tendril/api/table';
import { NS_PER_MS } from '@tendril/model/time-range';

export interface ChartTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly TableCell[])[];
}

interface ChartSeries {
  readonly name: string;
  /** Colour of its own, for levels. */
  readonly level: string | undefined;
  /** One for each time; null where the table has no row. */
  readonly values: readonly (number | null)[];
}

export interface ChartBar {
  readonly name: string;
  readonly value: number;
  /** Cells of the columns that name it, in their order. */
  readonly cells: readonly TableCell[];
}

export type ChartData =
  | {
      readonly kind: 'time';
      readonly timesMs: readonly number[];
      readonly series: readonly ChartSeries[];
      readonly unit: ChartUnit;
      /** Series that are not drawn, since nobody tells so many apart. */
      readonly hiddenSeries: number;
    }
  | {
      readonly kind: 'bars';
      readonly bars: readonly ChartBar[];
      /** The columns whose cells name a bar. */
      readonly names: readonly TableColumn[];
      readonly unit: ChartUnit;
      readonly hiddenBars: number;
    }
  | { readonly kind: 'none' };

export type ChartUnit = 'number' | 'duration';

export const SERIES_MAX = 12;
const BARS_MAX = 200;

/** `absent` stands where a table has no row for a line and a time: counts are 0 there. */
export function chartData({ columns, rows }: ChartTable, absent: 0 | null = null): ChartData {
  const timeAt = columns.findIndex(({ type }) => type === 'time');
  const numbersAt = indexesOf(columns, isNumber);
  const namesAt = indexesOf(columns, ({ type }) => type !== 'time').filter(
    (at) => !numbersAt.includes(at),
  );
  const [firstNumber] = numbersAt;
  if (firstNumber === undefined || rows.length === 0) return { kind: 'none' };
  const unit: ChartUnit = columns[firstNumber]?.type === 'duration' ? 'duration' : 'number';
  if (timeAt >= 0) return overTime({ columns, rows }, { timeAt, namesAt, numbersAt, unit, absent });
  return asBars({ columns, rows }, { namesAt, numberAt: firstNumber, unit });
}

// What stands before the function in `stats count() by status:100` is a number that groups.
function isNumber({ type, field, bucket }: TableColumn): boolean {
  if (field !== undefined || bucket !== undefined) return false;
  return type === 'number' || type === 'integer' || type === 'duration';
}

function indexesOf(
  columns: readonly TableColumn[],
  fits: (column: TableColumn) => boolean,
): readonly number[] {
  return columns.flatMap((column, at) => (fits(column) ? [at] : []));
}

interface TimeParts {
  readonly timeAt: number;
  readonly namesAt: readonly number[];
  readonly numbersAt: readonly number[];
  readonly unit: ChartUnit;
  readonly absent: 0 | null;
}

function overTime({ columns, rows }: ChartTable, parts: TimeParts): ChartData {
  const { timeAt, namesAt, numbersAt, unit, absent } = parts;
  const isByLevel = namesAt.length === 1 && columns[namesAt[0] ?? -1]?.type === 'level';
  // With names to tell them apart, lines are of the first number alone: two numbers each are a tangle.
  const drawn = namesAt.length > 0 ? numbersAt.slice(0, 1) : numbersAt;
  const times = [...new Set(rows.map((row) => msOf(row[timeAt])))].sort((a, b) => a - b);
  const places = new Map(times.map((time, at) => [time, at]));
  const lines = new Map<string, (number | null)[]>();
  for (const row of rows) {
    const place = places.get(msOf(row[timeAt])) ?? 0;
    for (const at of drawn) {
      const name = namesAt.length > 0 ? nameOf(row, namesAt) : (columns[at]?.name ?? '');
      const values = lines.get(name) ?? Array.from({ length: times.length }, () => absent);
      lines.set(name, values);
      values[place] = numberOf(row[at]);
    }
  }
  const series = [...lines]
    .map(([name, values]) => ({ name, values, sum: sumOf(values) }))
    .sort((a, b) => b.sum - a.sum);
  return {
    kind: 'time',
    timesMs: times,
    series: series
      .slice(0, SERIES_MAX)
      .map(({ name, values }) => ({ name, values, level: isByLevel ? name : undefined })),
    unit,
    hiddenSeries: Math.max(0, series.length - SERIES_MAX),
  };
}

interface BarParts {
  readonly namesAt: readonly number[];
  readonly numberAt: number;
  readonly unit: ChartUnit;
}

function asBars({ columns, rows }: ChartTable, { namesAt, numberAt, unit }: BarParts): ChartData {
  const bars = rows.flatMap((row) => {
    const value = numberOf(row[numberAt]);
    const cells = namesAt.map((at) => row[at] ?? null);
    return value === null ? [] : [{ name: nameOf(row, namesAt), value, cells }];
  });
  return {
    kind: 'bars',
    bars: bars.slice(0, BARS_MAX),
    names: columns.filter((_column, at) => namesAt.includes(at)),
    unit,
    hiddenBars: Math.max(0, bars.length - BARS_MAX),
  };
}

function nameOf(row: readonly TableCell[], namesAt: readonly number[]): string {
  return namesAt.map((at) => textOf(row[at] ?? null)).join(' · ');
}

function textOf(cell: TableCell): string {
  if (cell === null || cell === '') return '–';
  return typeof cell === 'object' ? cell.join(', ') : String(cell);
}

function msOf(cell: TableCell | undefined): number {
  return typeof cell === 'string' && /^-?\d+$/.test(cell) ? Number(BigInt(cell) / NS_PER_MS) : 0;
}

function numberOf(cell: TableCell | undefined): number | null {
  if (cell === null || cell === undefined || cell === '' || typeof cell === 'object') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

function sumOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}
