/** The log records that name a trace, or one of its spans. */
import type { LogSearchEvent } from '@tendril/api/log-search';
import type { TraceRecordsRequest, TraceRequest } from '@tendril/api/trace';
import { sql, string } from '@tendril/sql/sql';
import { printCursor } from '../logs/cursor.ts';
import type { LogReader } from '../logs/log-reader.ts';
import { scanLogs } from '../logs/scan.ts';
import { records } from '../logs/row-shape.ts';
import { progressEvent, summaryOf } from '../logs/summary.ts';
import { parseTraceId } from './trace-id.ts';
import { ALL_TIME } from './trace-spans.ts';

/** `reader` is of logs. */
export async function* traceRecords(
  reader: LogReader,
  { traceId: id, spanId, limit }: TraceRequest & TraceRecordsRequest,
  signal: AbortSignal,
): AsyncGenerator<LogSearchEvent> {
  const options = { budget: reader.budget(), signal };
  const traceId = parseTraceId(id);
  const range = ALL_TIME;
  await reader.flushed(signal);
  await reader.density.ready(signal);
  const ofTrace = sql`TraceId = ${string(traceId)}`;
  const condition =
    spanId === undefined ? ofTrace : sql`${ofTrace} AND SpanId = ${string(spanId.toLowerCase())}`;
  const scan = { range, condition, order: 'asc', limit } as const;
  for await (const event of scanLogs(reader, scan, records(reader), options)) {
    if (event.kind === 'row') yield { kind: 'row', record: event.row };
    else if (event.kind === 'progress') yield progressEvent(event.cost, event.searchedToNs);
    else {
      yield {
        ...summaryOf({ range, outcome: event, budget: options.budget, withSql: false }),
        counts: { rows: event.rows },
        next: event.next === undefined ? null : printCursor(event.next),
      };
    }
  }
}
