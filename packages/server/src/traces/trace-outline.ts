/** What drawing a trace needs of its spans, without the attributes, which are most of them. */
import {
  OUTLINE_EVENTS_MAX,
  OUTLINE_TEXT_CHARACTERS_MAX,
  type SpanOutline,
  type TraceOutlineEvent,
} from '@tendril/api/trace-outline';
import type { Attributes } from '@tendril/model/attribute';
import { formatRecordId } from '@tendril/model/record-id';
import { EMPTY_SQL, sql, uint32, type Sql } from '@tendril/sql/sql';
import type { LogReader } from '../logs/log-reader.ts';
import type { EngineRow, RowShape } from '../logs/row-shape.ts';
import { spanKind, spanStatus } from './span-row.ts';
import { rowsOfTrace } from './trace-spans.ts';

/** Spans that travel in one line. */
const BATCH_SPANS = 1_000;

const OUTLINE_COLUMNS: Sql = sql`toString(toUnixTimestamp64Nano(Timestamp)) AS timestamp,
  toString(RecordId) AS recordId,
  toString(Duration) AS durationNs,
  SpanId AS spanId,
  ParentSpanId AS parentSpanId,
  leftUTF8(toString(SpanName), ${uint32(OUTLINE_TEXT_CHARACTERS_MAX)}) AS name,
  SpanKind AS kind,
  StatusCode AS status,
  leftUTF8(StatusMessage, ${uint32(OUTLINE_TEXT_CHARACTERS_MAX)}) AS statusMessage,
  ServiceName AS serviceName,
  toString(ResourceId) AS resourceId,
  arrayMap(t -> toString(toUnixTimestamp64Nano(t)), arraySlice(Events.Timestamp, 1, ${uint32(OUTLINE_EVENTS_MAX)})) AS eventTimestamps,
  arrayMap(n -> leftUTF8(toString(n), ${uint32(OUTLINE_TEXT_CHARACTERS_MAX)}), arraySlice(Events.Name, 1, ${uint32(OUTLINE_EVENTS_MAX)})) AS eventNames,
  length(Links.SpanId) AS links`;

/** A row of `OUTLINE_COLUMNS`: the engine's own answer to our own statement. */
interface OutlineRow {
  readonly timestamp: string;
  readonly recordId: string;
  readonly durationNs: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly statusMessage: string;
  readonly serviceName: string;
  readonly resourceId: string;
  readonly eventTimestamps: readonly string[];
  readonly eventNames: readonly string[];
  readonly links: number | string;
}

export const OUTLINE_SELECTION: Pick<
  RowShape<SpanOutline>,
  'table' | 'definitions' | 'columns' | 'settings'
> = {
  table: sql`traces`,
  definitions: EMPTY_SQL,
  columns: OUTLINE_COLUMNS,
  settings: EMPTY_SQL,
};

/** `reader` is of spans. Throws `Failure` `not_found` before the first event. */
export async function* traceOutline(
  reader: LogReader,
  traceId: string,
  signal: AbortSignal,
): AsyncGenerator<TraceOutlineEvent> {
  let spans: SpanOutline[] = [];
  for await (const event of rowsOfTrace(reader, { traceId, shape: outlineRows(reader) }, signal)) {
    if (event.kind === 'row') spans.push(event.row);
    if (spans.length > 0 && (event.kind === 'summary' || spans.length >= BATCH_SPANS)) {
      yield { kind: 'spans', spans };
      spans = [];
    }
    if (event.kind === 'summary') yield event;
  }
}

function outlineRows(reader: LogReader): RowShape<SpanOutline> {
  return {
    ...OUTLINE_SELECTION,
    characters: (row) => {
      const { name, statusMessage, eventNames } = asOutlineRow(row);
      return 200 + name.length + statusMessage.length + 64 * eventNames.length;
    },
    read: async (rows, options) => {
      const outlineRowsRead = rows.map(asOutlineRow);
      const ids = outlineRowsRead.map(({ resourceId }) => resourceId);
      await reader.resources.load(ids, options);
      return outlineRowsRead.map((row) => outlineOf(row, reader.resources.get(row.resourceId)));
    },
  };
}

function asOutlineRow(row: EngineRow): OutlineRow {
  return row as unknown as OutlineRow;
}

function outlineOf(row: OutlineRow, resource: Attributes): SpanOutline {
  return {
    id: formatRecordId(BigInt(row.recordId)),
    timestamp: row.timestamp,
    durationNs: row.durationNs,
    spanId: row.spanId,
    parentSpanId: row.parentSpanId,
    name: row.name,
    kind: spanKind(row.kind),
    status: spanStatus(row.status),
    statusMessage: row.statusMessage,
    serviceName: row.serviceName,
    host: hostOf(resource),
    events: row.eventTimestamps.map((timestamp, index) => ({
      timestamp,
      name: row.eventNames[index] ?? '',
    })),
    links: Number(row.links),
  };
}

const HOST_KEYS = ['host.name', 'k8s.pod.name', 'service.instance.id'] as const;

function hostOf(resource: Attributes): string {
  for (const key of HOST_KEYS) {
    const value = resource[key];
    if (typeof value === 'string' && value !== '') {
      return value.slice(0, OUTLINE_TEXT_CHARACTERS_MAX);
    }
  }
  return '';
}
