/**
 * Reads records in the order of (Timestamp, RecordId), window by window, from one end of a range or
 * from a cursor, until enough are found or the budget is spent. Search, surroundings and export are
 * scans; a shape says what is read of each record.
 */
import type { Cost, PartialReason } from '@tendril/api/answer';
import type { TimeRange } from '@tendril/model/time-range';
import { sql, uint32, type Sql } from '@tendril/sql/sql';
import {
  beyondCondition,
  cursorAt,
  rangeBeyond,
  rangeCondition,
  type Cursor,
  type Order,
} from './cursor.ts';
import type { LogReader } from './log-reader.ts';
import { costSince, limitReached } from './read-budget.ts';
import type { EngineRow, RowShape } from './row-shape.ts';
import {
  FIRST_WINDOW_ROWS,
  firstWindowRows,
  nextWindowRows,
  rangeAfter,
  windowOf,
} from './search-window.ts';
import type { TableDensity } from './table-density.ts';
import { runStatement, type StatementEvent, type StatementOptions } from './statement.ts';

export interface Scan {
  readonly range: TimeRange;
  readonly condition: Sql;
  readonly order: Order;
  readonly limit: number;
  readonly cursor?: Cursor | undefined;
  /** Where matches lie is not known beforehand, and who asked looks on: a small window is read first. */
  readonly beginsSmall?: boolean;
}

export type ScanEvent<Row> =
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'progress'; readonly cost: Cost; readonly searchedToNs: bigint }
  /** The last one. */
  | ({ readonly kind: 'end' } & ScanOutcome);

export interface ScanOutcome {
  readonly rows: number;
  /** Undefined when the range has been read to its end. */
  readonly next: Cursor | undefined;
  /** Undefined unless a limit ended the scan. */
  readonly partial: PartialReason | undefined;
  /** What lies between this and the end that the scan began at has been read. */
  readonly searchedToNs: bigint;
  readonly statements: readonly Sql[];
}

export async function* scanLogs<Row>(
  reader: LogReader,
  scan: Scan,
  shape: RowShape<Row>,
  options: StatementOptions,
): AsyncGenerator<ScanEvent<Row>> {
  const state = new ScanState(scan, reader.density);
  while (!state.isOver()) {
    const before = options.budget.cost();
    const statement = state.nextStatement(shape);
    try {
      for await (const event of shapedRows(reader, statement, shape, options)) {
        if (event.kind === 'progress') {
          yield state.progress(options.budget.cost(event.running));
          continue;
        }
        state.took(event.place);
        yield { kind: 'row', row: event.row };
      }
    } catch (error) {
      const reason = limitReached(error);
      if (reason === undefined) throw error;
      yield state.end(reason);
      return;
    }
    state.windowRead(costSince(before, options.budget.cost()));
    if (!state.isOver()) yield state.progress(options.budget.cost());
  }
  yield state.end(undefined);
}

/** Where a scan is. */
class ScanState {
  private readonly scan: Scan;
  private readonly statements: Sql[] = [];
  /** What has not been read; undefined when all has. */
  private rest: TimeRange | undefined;
  private window: TimeRange;
  private readonly density: TableDensity;
  private windowRows = FIRST_WINDOW_ROWS;
  private place: Cursor | undefined;
  private searchedToNs: bigint;
  private rows = 0;
  private rowsBefore = 0;

  constructor(scan: Scan, density: TableDensity) {
    const { range, cursor, order } = scan;
    this.scan = scan;
    this.density = density;
    this.place = cursor;
    const rest = cursor ? rangeBeyond(range, cursor, order) : range;
    this.rest = rest.fromNs < rest.toNs ? rest : undefined;
    this.window = rest;
    this.searchedToNs = order === 'desc' ? rest.toNs : rest.fromNs;
    // A page that goes on after a cut would begin small again, and so would the next.
    if (scan.beginsSmall === true && cursor === undefined)
      this.windowRows = firstWindowRows(density.rowsWithin(rest).inRange);
  }

  isOver(): boolean {
    return this.rest === undefined || this.rows >= this.scan.limit;
  }

  nextStatement(shape: RowShape<unknown>): Sql {
    const { scan, place, rows, rest = scan.range } = this;
    const { order } = scan;
    this.window = windowOf(rest, order, this.density.widthNs(rest, order, this.windowRows));
    this.rowsBefore = rows;
    const limit = scan.limit - rows;
    const statement = searchQuery({ ...scan, range: this.window, cursor: place, limit }, shape);
    this.statements.push(statement);
    return statement;
  }

  took({ timestamp, recordId }: EngineRow): void {
    this.rows += 1;
    this.place = { timestampNs: BigInt(timestamp), recordId: BigInt(recordId) };
  }

  /** The window was read to its end, or to the last row wanted. */
  windowRead({ elapsedMs }: Cost): void {
    const { scan, rest, window, rows, windowRows } = this;
    if (rest === undefined || rows >= scan.limit) return;
    const { order, limit } = scan;
    this.rest = rangeAfter(rest, window, order);
    this.searchedToNs = order === 'desc' ? window.fromNs : window.toNs;
    this.place = cursorAt(this.searchedToNs, order);
    const found = rows - this.rowsBefore;
    const wanted = limit - rows;
    this.windowRows = nextWindowRows({ rows: windowRows, elapsedMs, found, wanted });
  }

  progress(cost: Cost): Extract<ScanEvent<never>, { kind: 'progress' }> {
    return { kind: 'progress', cost, searchedToNs: this.searchedToNs };
  }

  end(partial: PartialReason | undefined): Extract<ScanEvent<never>, { kind: 'end' }> {
    const { rest, place, rows, searchedToNs, statements } = this;
    // A scan that got nowhere must not be sent back to where it began.
    const next = rest === undefined || place === this.scan.cursor ? undefined : place;
    return { kind: 'end', rows, next, partial, searchedToNs, statements };
  }
}

const LOGS: Sql = sql`logs`;

/** RecordId breaks ties, so that a cursor never skips or repeats a record. */
export function searchQuery(
  { range, condition, order, limit, cursor }: Scan,
  shape: Pick<
    RowShape<unknown>,
    'table' | 'isConditionFirst' | 'definitions' | 'columns' | 'settings'
  >,
): Sql {
  const beyond = cursor ? sql` AND ${beyondCondition(cursor, order)}` : sql``;
  const direction = order === 'desc' ? sql`DESC` : sql`ASC`;
  const within = sql`${rangeCondition(range)}${beyond}`;
  const where =
    shape.isConditionFirst === true
      ? sql`PREWHERE ${condition}\nWHERE ${within}`
      : sql`WHERE ${within} AND ${condition}`;
  return sql`${shape.definitions}SELECT
  ${shape.columns}
FROM ${shape.table ?? LOGS}
${where}
ORDER BY Timestamp ${direction}, RecordId ${direction}
LIMIT ${uint32(limit)}${shape.settings}`;
}

/** Rows are read in chunks, so that their resources are looked up together. */
const CHUNK_ROWS = 256;
/** Bodies may have 2 MiB each. */
const CHUNK_CHARACTERS = 8 * 1024 * 1024;

type RowEvent<Row> =
  | { readonly kind: 'row'; readonly row: Row; readonly place: EngineRow }
  | Extract<StatementEvent, { kind: 'progress' }>;

/** Rows of a statement that selects the shape. */
export async function* shapedRows<Row>(
  reader: LogReader,
  statement: Sql,
  shape: RowShape<Row>,
  options: StatementOptions,
): AsyncGenerator<RowEvent<Row>> {
  let chunk: EngineRow[] = [];
  let characters = 0;
  for await (const event of runStatement(reader.engine, statement, {
    ...options,
    settings: { ...RECORD_QUERY_SETTINGS, ...options.settings },
  })) {
    if (event.kind === 'progress') {
      yield event;
      continue;
    }
    const row = event.row as unknown as EngineRow;
    chunk.push(row);
    characters += shape.characters(row);
    if (chunk.length < CHUNK_ROWS && characters < CHUNK_CHARACTERS) continue;
    yield* shaped(chunk, shape, options);
    chunk = [];
    characters = 0;
  }
  yield* shaped(chunk, shape, options);
}

/** Reads the wide columns of the rows that remain, not of all that were sorted. */
const RECORD_QUERY_SETTINGS = {
  query_plan_optimize_lazy_materialization: 1,
  query_plan_max_limit_for_lazy_materialization: 10_000,
  use_skip_indexes_for_top_k: 1,
  use_top_k_dynamic_filtering: 1,
} as const;

async function* shaped<Row>(
  chunk: readonly EngineRow[],
  shape: RowShape<Row>,
  options: StatementOptions,
): AsyncGenerator<Extract<RowEvent<Row>, { kind: 'row' }>> {
  const rows = await shape.read(chunk, options);
  for (const [index, place] of chunk.entries()) {
    const row = rows[index];
    if (row !== undefined) yield { kind: 'row', row, place };
  }
}
