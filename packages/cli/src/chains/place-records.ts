/** The records of logs where they are, in memory, for a chain without a server. */
import { randomBytes } from 'node:crypto';
import { linesSource } from '@tendril/intake/formats/body-source';
import { formatsWith, type Packs } from '@tendril/intake/packs/load-packs';
import { RecordDesk, RecordReader, type ReadRecord } from '@tendril/intake/record-reader';
import { createRedactor } from '@tendril/intake/redact/redactor';
import type { PendingSource } from '@tendril/intake/sources/registry';
import { Failure } from '@tendril/model/failure';
import type { LogRecord } from '@tendril/model/log-record';
import type { Invocation } from '../command.ts';
import { printable } from '../output/printable.ts';
import { checkFormat } from '../parsing/pack-flags.ts';
import { lineOrigin, withAttributes } from '../shipping/line-origin.ts';
import type { LogPlace } from '../sources/log-place.ts';

export interface PlaceRecords {
  readonly records: readonly LogRecord[];
  /** Records that there was no room for; none of them is of the operation. */
  readonly leftOut: number;
  readonly skippedSources: number;
}

/** About a kilobyte each. */
const RECORDS_MAX = 300_000;

export interface PlaceReading {
  readonly place: LogPlace;
  readonly packs: Packs;
  /** Whose records are kept whatever there is. */
  readonly id: string | undefined;
}

export async function recordsOfPlace(
  invocation: Invocation,
  { place, packs, id }: PlaceReading,
): Promise<PlaceRecords> {
  const keeping = new Keeping(id);
  const formats = formatsWith(packs);
  const origin = lineOrigin(invocation.flags);
  checkFormat(origin, formats);
  const { nowMs, signal } = invocation;
  const desk = new RecordDesk({ redactor: createRedactor({ key: randomBytes(32) }), nowMs });
  let skippedSources = 0;
  const read = async (pending: PendingSource): Promise<void> => {
    const source = await pending.open();
    const asOfMs = source.modifiedAtMs ?? nowMs();
    const file = { 'log.file.path': pending.name, ...source.resource };
    const nowNs = BigInt(Math.trunc(asOfMs)) * 1_000_000n;
    const reader = new RecordReader({
      source: linesSource(withAttributes(origin, file), formats, nowNs),
      desk,
    });
    for await (const batch of source.read({ signal })) keeping.add(reader.read(batch.lines));
    keeping.add(reader.flush());
  };
  for (const pending of await place.sources(signal)) {
    try {
      await read(pending);
    } catch (error) {
      if (!(error instanceof Failure) || signal.aborted) throw error;
      skippedSources += 1;
      await saySkipped(invocation, pending.name, error);
    }
  }
  return { records: keeping.records, leftOut: keeping.leftOut, skippedSources };
}

class Keeping {
  readonly records: LogRecord[] = [];
  leftOut = 0;
  private readonly id: string | undefined;

  constructor(id: string | undefined) {
    this.id = id;
  }

  add(read: readonly ReadRecord[]): void {
    for (const { record } of read) {
      const isMeant = record.operationId === this.id || record.traceId === this.id;
      if (isMeant || this.records.length < RECORDS_MAX) this.records.push(this.numbered(record));
      else this.leftOut += 1;
    }
  }

  // Records get their ids when they are stored; these are not.
  private numbered(record: LogRecord): LogRecord {
    return { ...record, id: this.records.length.toString(16).padStart(16, '0') };
  }
}

async function saySkipped(invocation: Invocation, path: string, failure: Failure): Promise<void> {
  const { messages, stderr } = invocation;
  const { code, params, message } = failure;
  const reason = printable(messages.failure({ code, params, detail: message }));
  await stderr.line(messages.text('say.import.skipped', { path: printable(path), reason }));
}
