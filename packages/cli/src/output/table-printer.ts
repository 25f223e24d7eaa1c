/** Tables that a query with pipes answers: aligned columns, or a JSON object a row. */
import type { TableCell, TableColumn } from '@tendril/api/table';
import type { Output } from './output.ts';
import { printable, printableJson } from './printable.ts';
import { timeText } from './record-line.ts';
import { tableLines } from './table.ts';

/** Rows whose widths decide the columns; the rest follow without waiting. A table has at most 10,000. */
const ROWS_ALIGNED_MAX = 10_000;
/** A longer cell would push all others out of sight. */
const CELL_CHARACTERS_MAX = 120;

export class TablePrinter {
  private readonly output: Output;
  private readonly json: boolean;
  private columns: readonly TableColumn[] = [];
  private waiting: (readonly string[])[] = [];

  constructor(output: Output, { json }: { readonly json: boolean }) {
    this.output = output;
    this.json = json;
  }

  /** Of every page; the columns stay the same. */
  begin(columns: readonly TableColumn[]): void {
    this.columns = columns;
  }

  async row(cells: readonly TableCell[]): Promise<void> {
    if (this.json) {
      const named = this.columns.map(({ name }, index) => [name, cells[index] ?? null] as const);
      await this.output.line(printableJson(Object.fromEntries(named)));
      return;
    }
    this.waiting.push(cells.map((cell, index) => this.text(cell, this.columns[index]?.type)));
    if (this.waiting.length === ROWS_ALIGNED_MAX) await this.end();
  }

  async end(): Promise<void> {
    if (this.waiting.length === 0) return;
    const rows = this.waiting;
    this.waiting = [];
    const columns = this.columns.map(({ name, type }) => ({
      title: printable(name),
      align: NUMERIC.has(type) ? ('right' as const) : ('left' as const),
    }));
    for (const line of tableLines(columns, rows)) await this.output.line(line);
  }

  private text(cell: TableCell, type: TableColumn['type'] | undefined): string {
    if (cell === null || cell === '') return '-';
    if (type === 'time') return timeText(String(cell), false);
    if (type === 'duration') return durationText(Number(cell));
    if (typeof cell === 'number' && !Number.isInteger(cell)) return String(rounded(cell));
    const text = printable(typeof cell === 'object' ? cell.join(', ') : String(cell));
    if (!this.output.isTerminal || text.length <= CELL_CHARACTERS_MAX) return text;
    return `${text.slice(0, CELL_CHARACTERS_MAX - 1)}…`;
  }
}

/** Six digits tell people enough; `--json` has them all. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

const NUMERIC: ReadonlySet<TableColumn['type']> = new Set(['number', 'integer', 'duration']);

const UNITS = [
  ['h', 3600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
] as const;

/** `1.5s`, `230ms`: as the query language takes it. */
function durationText(ns: number): string {
  for (const [unit, length] of UNITS) {
    if (Math.abs(ns) >= length) return `${Number((ns / length).toPrecision(4))}${unit}`;
  }
  return `${Math.round(ns)}ns`;
}
