/** The lines of followed logs as records, each log by itself; a record is complete when its log is quiet. */
import type { FormatTable } from '@tendril/intake/format-table';
import { linesSource } from '@tendril/intake/formats/body-source';
import { RecordReader, type ReadRecord, type RecordDesk } from '@tendril/intake/record-reader';
import type { Origin } from '@tendril/intake/sources/origin-lines';
import { withAttributes, type LineOrigin } from '../shipping/line-origin.ts';

export interface LogRecordsOptions {
  readonly desk: RecordDesk;
  readonly formats: FormatTable;
  readonly origin: LineOrigin;
}

interface OpenLog {
  readonly reader: RecordReader;
  heardAtMs: number;
  isFlushed: boolean;
}

/** Logs whose format is remembered; one that is written to again is detected anew. */
const LOGS_MAX = 5_000;
/** Lines of one record are written at once. */
const QUIET_MS = 150;

export class LogRecords {
  private readonly options: LogRecordsOptions;
  private readonly logs: Map<string, OpenLog> = new Map();

  constructor(options: LogRecordsOptions) {
    this.options = options;
  }

  read(origin: Origin, lines: readonly string[], nowMs: number): readonly ReadRecord[] {
    const log = this.logs.get(origin.id) ?? this.open(origin, nowMs);
    log.heardAtMs = nowMs;
    log.isFlushed = false;
    return log.reader.read(lines);
  }

  /** The last records of logs that nothing came of for a while, by the log's id. */
  *quiet(nowMs: number): Generator<readonly [string, readonly ReadRecord[]]> {
    for (const [id, log] of this.logs) {
      if (log.isFlushed || log.heardAtMs > nowMs - QUIET_MS) continue;
      log.isFlushed = true;
      yield [id, log.reader.flush()];
    }
  }

  private open({ id, resource }: Origin, nowMs: number): OpenLog {
    const { desk, formats, origin } = this.options;
    const nowNs = BigInt(Math.trunc(nowMs)) * 1_000_000n;
    const source = linesSource(withAttributes(origin, resource), formats, nowNs);
    const log = { reader: new RecordReader({ source, desk }), heardAtMs: nowMs, isFlushed: true };
    const [oldest] = this.logs.keys();
    if (this.logs.size >= LOGS_MAX && oldest !== undefined) this.logs.delete(oldest);
    this.logs.set(id, log);
    return log;
  }
}
