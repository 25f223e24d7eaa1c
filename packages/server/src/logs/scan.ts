/**
 * Reads records in the order of (Timestamp, RecordId), window by window, from one end of a range or
 * from a cursor, until enough are found or the budget is spent. Search and surroundings are scans.
 */
import type { Cost, PartialReason } from '@tendril/api/answer';
import type { LogRecord } from '@tendril/model/log-record';
import { parseRecordId } from '@tendril/model/record-id';
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
import { RECORD_COLUMNS, RECORD_SETTINGS, recordOfRow, type RecordRow } from './record-row.ts';
import { FIRST_WINDOW_ROWS, nextWindowRows, rangeAfter, windowOf } from './search-window.ts';
import type { TableDensity } from './table-density.ts';
import { runStatement, type StatementEvent, type StatementOptions } from './statement.ts';

export interface Scan {
  readonly range: TimeRange;
  readonly condition: Sql;
  readonly order: Order;
  readonly limit: number;
  readonly cursor?: Cursor | undefined;
}

export type ScanEvent =
  | { readonly kind: 'record'; readonly record: LogRecord }
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

export async function* scanLogs(
  reader: LogReader,
  scan: Scan,
  options: StatementOptions,
): AsyncGenerator<ScanEvent> {
  const state = new ScanState(scan, reader.density);
  while (!state.isOver()) {
    const before = options.budget.cost();
    const statement = state.nextStatement();
    try {
      for await (const event of records(reader, statement, options)) {
        if (event.kind === 'record') state.took(event.record);
        yield event.kind === 'record' ? event : state.progress(options.budget.cost(event.running));
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
  }

  isOver(): boolean {
    return this.rest === undefined || this.rows >= this.scan.limit;
  }

  nextStatement(): Sql {
    const { scan, place, rows, density, rest = scan.range } = this;
    const { order } = scan;
    this.window = windowOf(rest, order, density.widthNs(rest, order, this.windowRows));
    this.rowsBefore = rows;
    const limit = scan.limit - rows;
    const statement = searchQuery({ ...scan, range: this.window, cursor: place, limit });
    this.statements.push(statement);
    return statement;
  }

  took({ timestamp, id }: LogRecord): void {
    this.rows += 1;
    this.place = { timestampNs: BigInt(timestamp), recordId: parseRecordId(id) ?? 0n };
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

  progress(cost: Cost): ScanEvent {
    return { kind: 'progress', cost, searchedToNs: this.searchedToNs };
  }

  end(partial: PartialReason | undefined): ScanEvent {
    const { rest, place, rows, searchedToNs, statements } = this;
    // A scan that got nowhere must not be sent back to where it began.
    const next = rest === undefined || place === this.scan.cursor ? undefined : place;
    return { kind: 'end', rows, next, partial, searchedToNs, statements };
  }
}

/** RecordId breaks ties, so that a cursor never skips or repeats a record. */
export function searchQuery({ range, condition, order, limit, cursor }: Scan): Sql {
  const beyond = cursor ? sql` AND ${beyondCondition(cursor, order)}` : sql``;
  const direction = order === 'desc' ? sql`DESC` : sql`ASC`;
  return sql`SELECT
  ${RECORD_COLUMNS}
FROM logs
WHERE ${rangeCondition(range)}${beyond} AND ${condition}
ORDER BY Timestamp ${direction}, RecordId ${direction}
LIMIT ${uint32(limit)}
${RECORD_SETTINGS}`;
}

/** Rows are made records in chunks, so that their resources are looked up together. */
const CHUNK_ROWS = 256;
/** Bodies may have 2 MiB each. */
const CHUNK_CHARACTERS = 8 * 1024 * 1024;

type RecordEvent =
  | { readonly kind: 'record'; readonly record: LogRecord }
  | Extract<StatementEvent, { kind: 'progress' }>;

async function* records(
  reader: LogReader,
  statement: Sql,
  options: StatementOptions,
): AsyncGenerator<RecordEvent> {
  let chunk: RecordRow[] = [];
  let characters = 0;
  for await (const event of runStatement(reader.engine, statement, {
    ...options,
    settings: RECORD_QUERY_SETTINGS,
  })) {
    if (event.kind === 'progress') {
      yield event;
      continue;
    }
    const row = event.row as unknown as RecordRow;
    chunk.push(row);
    characters += row.body.length + row.attributes.length + row.original.length;
    if (chunk.length < CHUNK_ROWS && characters < CHUNK_CHARACTERS) continue;
    yield* asRecords(reader, chunk, options);
    chunk = [];
    characters = 0;
  }
  yield* asRecords(reader, chunk, options);
}

/** Reads the wide columns of the rows that remain, not of all that were sorted. */
const RECORD_QUERY_SETTINGS = {
  query_plan_optimize_lazy_materialization: 1,
  query_plan_max_limit_for_lazy_materialization: 10_000,
  use_skip_indexes_for_top_k: 1,
  use_top_k_dynamic_filtering: 1,
} as const;

async function* asRecords(
  reader: LogReader,
  rows: readonly RecordRow[],
  options: StatementOptions,
): AsyncGenerator<RecordEvent> {
  await reader.resources.load(
    rows.map(({ resourceId }) => resourceId),
    options,
  );
  for (const row of rows) {
    yield { kind: 'record', record: recordOfRow(row, reader.resources.get(row.resourceId)) };
  }
}
