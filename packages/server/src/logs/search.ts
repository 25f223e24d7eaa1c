/** Log search: events of the API from what a query's plan reads. */
import type { LogSearchEvent, LogSearchRequest } from '@tendril/api/log-search';
import type { RecordsPlan } from '@tendril/query/plan';
import { searchAround } from './around.ts';
import { parsePlace, printPlace } from './cursor.ts';
import type { LogReader } from './log-reader.ts';
import { isNeedle } from './needle.ts';
import { orderedEvents } from './ordered-search.ts';
import { Overview } from './overview.ts';
import { scanLogs } from './scan.ts';
import { eventShape, type Searching } from './searching.ts';
import { partialOf, progressEvent, summaryOf } from './summary.ts';
import { tableEvents } from './table-search.ts';

export async function* searchLogs(
  reader: LogReader,
  request: LogSearchRequest,
  signal: AbortSignal,
): AsyncGenerator<LogSearchEvent> {
  // Before anything is read, so that a mistake is answered at once.
  if (request.cursor !== undefined) parsePlace(request.cursor);
  const options = { budget: reader.budget(), signal };
  const prepared = await reader.prepare(request, options);
  const searching = { reader, request, prepared, options };
  const { plan } = prepared;
  if (plan.kind === 'table') yield* tableEvents(searching, plan);
  else if (plan.around) yield* searchAround(searching, plan, plan.around);
  else if (plan.ordered) yield* orderedEvents(searching, plan, plan.ordered);
  else yield* scanEvents(searching, plan);
}

/** In the order of time, page by page. */
async function* scanEvents(
  searching: Searching,
  plan: RecordsPlan,
): AsyncGenerator<LogSearchEvent> {
  const { reader, request, prepared, options } = searching;
  const place = request.cursor === undefined ? undefined : parsePlace(request.cursor);
  // How many `| limit` still wants goes from page to page with the cursor.
  const wanted = place?.wanted ?? plan.limit;
  const { range, query } = prepared;
  const { order } = request;
  const limit = Math.min(request.limit, wanted ?? request.limit);
  const beginsSmall = !isNeedle(query);
  const cursor = place?.cursor;
  const scan = { range, condition: plan.condition, order, limit, cursor, beginsSmall };
  const isFirstOfRecords = place === undefined && plan.columns === undefined;
  const overviewed = isFirstOfRecords ? request.overview : undefined;
  const overview = overviewed && new Overview(overviewed, prepared);
  if (plan.columns) {
    yield { kind: 'columns', columns: plan.columns.map(({ column }) => column) };
  }
  for await (const event of scanLogs(reader, scan, eventShape(reader, plan), options)) {
    switch (event.kind) {
      case 'row':
        if (event.row.kind === 'row') overview?.add(event.row.record);
        yield event.row;
        break;
      case 'progress':
        yield progressEvent(event.cost, event.searchedToNs);
        break;
      case 'end': {
        const left = wanted === undefined ? undefined : wanted - event.rows;
        const next = left === 0 ? undefined : event.next;
        const printed = next === undefined ? null : printPlace({ cursor: next, wanted: left });
        const counts = { rows: event.rows };
        if (overview) {
          yield { kind: 'page', counts, next: printed, partial: partialOf(event) };
          const isWhole = event.next === undefined && event.partial === undefined;
          yield* isWhole ? overview.ofRows(options) : overview.ofAll(reader, options);
        }
        yield {
          ...summaryOf({ range, outcome: event, budget: options.budget, withSql: request.sql }),
          counts,
          next: printed,
        };
      }
    }
  }
}
