/** Span search: events of the API from a scan. */
import type { SpanSearchEvent, SpanSearchRequest } from '@tendril/api/span-search';
import { parseCursor, printCursor } from '../logs/cursor.ts';
import type { LogReader } from '../logs/log-reader.ts';
import { scanLogs } from '../logs/scan.ts';
import { progressEvent, summaryOf } from '../logs/summary.ts';
import { spanRows } from './span-row.ts';
import { filterOnly } from './span-filter.ts';

/** `reader` is of spans. */
export async function* searchSpans(
  reader: LogReader,
  request: SpanSearchRequest,
  signal: AbortSignal,
): AsyncGenerator<SpanSearchEvent> {
  const cursor = request.cursor === undefined ? undefined : parseCursor(request.cursor);
  const options = { budget: reader.budget(), signal };
  const { range, condition } = filterOnly(await reader.prepare(request, options));
  const { order, limit } = request;
  const scan = { range, condition, order, limit, cursor };
  for await (const event of scanLogs(reader, scan, spanRows(reader), options)) {
    switch (event.kind) {
      case 'row':
        yield { kind: 'row', span: event.row };
        break;
      case 'progress':
        yield progressEvent(event.cost, event.searchedToNs);
        break;
      case 'end':
        yield {
          ...summaryOf({ range, outcome: event, budget: options.budget, withSql: request.sql }),
          counts: { rows: event.rows },
          next: event.next === undefined ? null : printCursor(event.next),
        };
    }
  }
}
