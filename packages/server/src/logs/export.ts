/**
 * Everything that a query finds, as a file, piece by piece. Nothing is kept but the rows under
 * way, whatever the size of the file. What cannot be read whole within the limits is a failure: the
 * caller cuts the connection, so that half a file is never taken for one.
 */
import type { PartialReason } from '@tendril/api/answer';
import { EXPORT_ROWS_MAX, type ExportFormat, type LogExportRequest } from '@tendril/api/log-export';
import type { TableCell, TableColumn } from '@tendril/api/table';
import { Failure } from '@tendril/model/failure';
import type { LogRecord } from '@tendril/model/log-record';
import { printFieldName } from '@tendril/query/print';
import type { RecordsPlan, TablePlan } from '@tendril/query/plan';
import type { Cursor } from './cursor.ts';
import {
  csvWriter,
  jsonText,
  jsonWriter,
  recordLine,
  textWriter,
  type TableWriter,
} from './export-format.ts';
import { parquetPieces, RECORD_COLUMNS, recordCells } from './export-parquet.ts';
import { timeConditionOf } from './histogram-query.ts';
import type { LogReader, PreparedQuery } from './log-reader.ts';
import { orderedQuery } from './ordered-search.ts';
import { limitReached, type ReadLimits } from './read-budget.ts';
import { cells, records, type RowShape } from './row-shape.ts';
import { scanLogs, shapedRows } from './scan.ts';
import type { StatementOptions } from './statement.ts';
import { SPILL_SETTINGS, tableRows } from './table-search.ts';

export const EXPORT_LIMITS: ReadLimits = {
  /** A download of millions of rows over a slow line. */
  timeoutMs: 30 * 60_000,
  bytesReadMax: 1_000_000_000_000,
  memoryBytesMax: 600_000_000,
};

/** Of records, where the request names none. */
const USUAL_COLUMNS = ['timestamp', 'level', 'service.name', 'operationId', 'traceId', 'body'];

/** Of a file of text, or of one of bytes. */
export type ExportPiece = string | Uint8Array;

export interface ExportOptions {
  readonly signal: AbortSignal;
  /** More is not sent without a limit in the request. */
  readonly rowsMax?: number;
}

export async function* exportLogs(
  reader: LogReader,
  request: LogExportRequest,
  { signal, rowsMax = EXPORT_ROWS_MAX }: ExportOptions,
): AsyncGenerator<ExportPiece> {
  const options = { budget: reader.budget(EXPORT_LIMITS), signal };
  const prepared = await preparedWithColumns(reader, request, options);
  const { plan } = prepared;
  const exporting = { reader, request, prepared, rowsMax, options };
  if (plan.kind === 'table') {
    yield* tablePieces(request, plan.columns, tableCells(exporting, plan));
  } else if (plan.columns) {
    const columns = plan.columns.map(({ column }) => column);
    const shape = cells(plan.definitions, plan.columns);
    yield* tablePieces(request, columns, rowsOf(exporting, plan, shape));
  } else {
    yield* recordPieces(request, rowsOf(exporting, plan, records(reader, plan)));
  }
}

interface Exporting {
  readonly reader: LogReader;
  readonly request: LogExportRequest;
  readonly prepared: PreparedQuery;
  readonly rowsMax: number;
  readonly options: StatementOptions;
}

/** The chosen columns are one more pipe. Rows of CSV need columns, whole records have none. */
async function preparedWithColumns(
  reader: LogReader,
  request: LogExportRequest,
  options: StatementOptions,
): Promise<PreparedQuery> {
  const prepared = await reader.prepare(request, options);
  const { plan, range, text } = prepared;
  if (plan.kind === 'records' && plan.around) throw unfitAround();
  const areWhole = plan.kind === 'records' && plan.columns === undefined;
  const usual = areWhole && request.format === 'csv' ? USUAL_COLUMNS : [];
  const columns = request.columns.length > 0 ? request.columns : usual;
  if (columns.length === 0) return prepared;
  const fields = columns.map(printFieldName).join(', ');
  return await reader.prepareIn(range, `${text} | fields ${fields}`, options);
}

function unfitAround(): Failure {
  return new Failure({
    code: 'query_pipe_unfit',
    detail: '“around” cannot be exported: leave it out, or copy the rows from the page',
    params: { pipe: 'around' },
  });
}

async function* recordPieces(
  { format }: LogExportRequest,
  rows: AsyncIterable<LogRecord>,
): AsyncGenerator<ExportPiece> {
  if (format === 'parquet') {
    yield* parquetPieces(RECORD_COLUMNS, mapped(rows, recordCells));
    return;
  }
  const print = format === 'ndjson' ? jsonLine : recordLine;
  for await (const record of rows) yield print(record);
}

async function* tablePieces(
  { format }: LogExportRequest,
  columns: readonly TableColumn[],
  rows: AsyncIterable<readonly TableCell[]>,
): AsyncGenerator<ExportPiece> {
  if (format === 'parquet') {
    yield* parquetPieces(columns, rows);
    return;
  }
  const writer = WRITERS[format](columns);
  yield writer.head;
  for await (const row of rows) yield writer.row(row);
}

async function* tableCells(
  { reader, request, prepared, rowsMax, options }: Exporting,
  plan: TablePlan,
): AsyncGenerator<readonly TableCell[]> {
  const statement = plan.statement(timeConditionOf(prepared.range));
  const { limit } = request;
  const read = { plan, statement, rowsMax: limit ?? rowsMax };
  for await (const event of tableRows(reader, read, options)) {
    if (event.kind === 'cells') yield event.cells;
    const isWanted = event.kind === 'cut' && event.partial === 'rows' && limit !== undefined;
    if (event.kind === 'cut' && !isWanted) throw incomplete(event.partial);
  }
}

async function* mapped<From, To>(
  items: AsyncIterable<From>,
  map: (item: From) => To,
): AsyncGenerator<To> {
  for await (const item of items) yield map(item);
}

/** Up to so many the engine reads the wide columns only of rows that are sent, not of all that it sorts. */
const PAGE_ROWS = 10_000;

/** What a records plan reads, page by page or by its one statement. */
async function* rowsOf<Row>(
  exporting: Exporting,
  plan: RecordsPlan,
  shape: RowShape<Row>,
): AsyncGenerator<Row> {
  const { rowsMax } = exporting;
  const wanted = Math.min(exporting.request.limit ?? Infinity, plan.limit ?? Infinity);
  // One more than may be sent tells whether that is all.
  const limit = Math.min(wanted, rowsMax + 1);
  if (plan.ordered) {
    yield* notTooMany(orderedRows(exporting, { ordered: plan.ordered, limit }, shape), rowsMax);
    return;
  }
  yield* notTooMany(scannedRows(exporting, { plan, limit }, shape), rowsMax);
}

async function* notTooMany<Row>(rows: AsyncIterable<Row>, rowsMax: number): AsyncGenerator<Row> {
  let count = 0;
  for await (const row of rows) {
    count += 1;
    if (count > rowsMax) throw incomplete('rows');
    yield row;
  }
}

async function* scannedRows<Row>(
  exporting: Exporting,
  { plan, limit }: { readonly plan: RecordsPlan; readonly limit: number },
  shape: RowShape<Row>,
): AsyncGenerator<Row> {
  const { reader, request, prepared, options } = exporting;
  const scan = { range: prepared.range, condition: plan.condition, order: request.order };
  let cursor: Cursor | undefined;
  let left = limit;
  do {
    const page = { ...scan, cursor, limit: Math.min(PAGE_ROWS, left) };
    cursor = undefined;
    for await (const event of scanLogs(reader, page, shape, options)) {
      if (event.kind === 'row') yield event.row;
      if (event.kind !== 'end') continue;
      if (event.partial) throw incomplete(event.partial);
      cursor = event.next;
      left -= event.rows;
    }
  } while (cursor !== undefined && left > 0);
}

async function* orderedRows<Row>(
  { reader, prepared, options }: Exporting,
  {
    ordered,
    limit,
  }: { readonly ordered: NonNullable<RecordsPlan['ordered']>; readonly limit: number },
  shape: RowShape<Row>,
): AsyncGenerator<Row> {
  const statement = orderedQuery(ordered, { range: prepared.range, shape, limit });
  const rows = shapedRows(reader, statement, shape, { ...options, settings: SPILL_SETTINGS });
  for await (const event of failingWhole(rows)) {
    if (event.kind === 'row') yield event.row;
  }
}

async function* failingWhole<Event>(events: AsyncIterable<Event>): AsyncGenerator<Event> {
  try {
    yield* events;
  } catch (error) {
    const reason = limitReached(error);
    throw reason === undefined ? error : incomplete(reason);
  }
}

function incomplete(reason: PartialReason): Failure {
  return new Failure({
    code: 'export_incomplete',
    detail: `the export reached a limit (${reason}); choose a shorter range`,
    params: { reason },
  });
}

const WRITERS: Readonly<
  Record<Exclude<ExportFormat, 'parquet'>, (columns: readonly TableColumn[]) => TableWriter>
> = { csv: csvWriter, ndjson: jsonWriter, txt: textWriter };

function jsonLine(record: LogRecord): string {
  return `${jsonText(record)}\n`;
}
