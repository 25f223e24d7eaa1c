/** A batch for tests: every record is one line, and its blocks are lines that a test can read. */
import type { Batch, BatchMark, TableBlock } from '@tendril/columns/batch';
import type { LogRecord } from '@tendril/model/log-record';
import { NS_PER_DAY, type TimeRange } from '@tendril/model/time-range';
import type { Signal } from '../open-pipeline.ts';
import { formatRecordId, recordId, type RecordIdParts } from '@tendril/model/record-id';

export interface TextRecord {
  readonly text: string;
  readonly day: number;
}

/** What the block of `logs` holds, one JSON array a line. */
export type StoredLine = readonly [id: string, text: string];

export class TextBatch implements Batch {
  #records: TextRecord[] = [];
  #ids: RecordIdParts | undefined;

  get rowCount(): number {
    return this.#records.length;
  }

  get byteLength(): number {
    return this.#records.reduce((sum, { text }) => sum + text.length + 24, 0);
  }

  get partitions(): ReadonlySet<number> {
    return new Set(this.#records.map(({ day }) => day));
  }

  get timeRange(): TimeRange {
    const days = this.#records.map(({ day }) => BigInt(day));
    const [first = 0n] = days;
    const least = days.reduce((a, b) => (b < a ? b : a), first);
    const greatest = days.reduce((a, b) => (b > a ? b : a), first);
    return { fromNs: least * NS_PER_DAY, toNs: (greatest + 1n) * NS_PER_DAY };
  }

  add(text: string, day = 0): void {
    this.#records.push({ text, day });
  }

  mark(): BatchMark {
    return { rowCount: this.rowCount };
  }

  rollback({ rowCount }: BatchMark): void {
    this.#records.length = rowCount;
  }

  encode(ids: RecordIdParts): readonly TableBlock[] {
    this.#ids = ids;
    const lines = this.#records.map(({ text }, row) => [this.#id(row), text] satisfies StoredLine);
    const frame = Buffer.from(`${ids.frame}\n`);
    return [
      { table: 'resources', rowCount: 1, bytes: [frame] },
      { table: 'logs', rowCount: lines.length, bytes: lines.map(asLine) },
    ];
  }

  record(row: number): LogRecord {
    return { ...EMPTY_RECORD, id: this.#id(row), body: this.#records[row]?.text ?? '' };
  }

  reset(): void {
    this.#records = [];
    this.#ids = undefined;
  }

  #id(row: number): string {
    return this.#ids === undefined ? '' : formatRecordId(recordId({ ...this.#ids, row }));
  }
}

/** How a pipeline is opened for these batches. */
export const TEXT_SIGNAL: Signal<TextBatch> = {
  newBatch: () => new TextBatch(),
  readRecord: (batch, row) => batch.record(row),
};

const EMPTY_RECORD: LogRecord = {
  id: '',
  timestamp: '0',
  observedTimestamp: '0',
  severityText: '',
  severityNumber: 0,
  body: '',
  original: '',
  serviceName: '',
  environment: '',
  traceId: '',
  spanId: '',
  operationId: '',
  patternId: '',
  resource: {},
  scope: { name: '' },
  attributes: {},
};

function asLine(line: StoredLine): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}
