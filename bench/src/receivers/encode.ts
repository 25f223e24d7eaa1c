/** Records in the words of each protocol, a batch at a time. */
import { deflateSync } from 'node:zlib';
import { encode } from '@msgpack/msgpack';
import type { LoadRecord } from './load.ts';

export function bulkBody(records: readonly LoadRecord[]): string {
  return records
    .map((record) => `{"create":{"_index":"logs"}}\n${JSON.stringify(document(record))}\n`)
    .join('');
}

/** By stream, as Loki's clients put their batches together. */
export function lokiBody(records: readonly LoadRecord[]): string {
  const byStream = Map.groupBy(records, ({ service, host }) => `${service}\n${host}`);
  const streams = Array.from(byStream.values(), (entries) => ({
    stream: { service_name: entries[0]?.service, host: entries[0]?.host },
    values: entries.map((record) => [`${record.timeMs}000000`, JSON.stringify(fields(record))]),
  }));
  return JSON.stringify({ streams });
}

export function linesBody(records: readonly LoadRecord[]): string {
  return records
    .map((record) => `${JSON.stringify({ ...fields(record), service: record.service })}\n`)
    .join('');
}

export function journalBody(records: readonly LoadRecord[]): string {
  return records
    .map((record) =>
      [
        `__CURSOR=${record.operationId}`,
        `__REALTIME_TIMESTAMP=${record.timeMs}000`,
        `SYSLOG_IDENTIFIER=${record.service}`,
        `_HOSTNAME=${record.host}`,
        'PRIORITY=6',
        `OPERATION_ID=${record.operationId}`,
        `CODE_FILE=${record.caller}`,
        // Its own fields have names in capitals.
        `MESSAGE=${record.ledger === undefined ? record.message : JSON.stringify(fields(record))}`,
        '\n',
      ].join('\n'),
    )
    .join('');
}

export function syslogBytes(records: readonly LoadRecord[]): Buffer {
  return Buffer.concat(
    records.map((record) => {
      const time = new Date(record.timeMs).toISOString();
      const data = `[app operationID="${record.operationId}" caller="${record.caller}" bytes="${record.bytes}"]`;
      const message = Buffer.from(
        `<14>1 ${time} ${record.host} ${record.service} 7 - ${data} ${record.message}`,
      );
      return Buffer.concat([Buffer.from(`${message.length} `), message]);
    }),
  );
}

export function gelfBytes(records: readonly LoadRecord[]): Buffer {
  const messages = records.map((record) =>
    JSON.stringify({
      version: '1.1',
      host: record.host,
      short_message: record.message,
      timestamp: record.timeMs / 1000,
      level: 6,
      _service: record.service,
      _operationID: record.operationId,
      _caller: record.caller,
      _bytes: record.bytes,
    }),
  );
  return Buffer.from(`${messages.join('\0')}\0`);
}

export function lumberjackFrames(records: readonly LoadRecord[]): Buffer {
  const frames = records.map((record, index) => {
    const event = eventBytes(record);
    const head = Buffer.alloc(10);
    head.write('2J');
    head.writeUInt32BE(index + 1, 2);
    head.writeUInt32BE(event.length, 6);
    return Buffer.concat([head, event]);
  });
  return Buffer.concat(frames);
}

/** So many frames, compressed as Beats do by default. */
export function lumberjackWindow(frames: Uint8Array, size: number): Buffer {
  const inner = deflateSync(frames, { level: 3 });
  const head = Buffer.alloc(12);
  head.write('2W');
  head.writeUInt32BE(size, 2);
  head.write('2C', 6);
  head.writeUInt32BE(inner.length, 8);
  return Buffer.concat([head, inner]);
}

/** As Beats send it. */
export function eventBytes(record: LoadRecord): Buffer {
  return Buffer.from(JSON.stringify(document(record)));
}

/** A packed chunk that wants to be answered. */
export function fluentBytes(records: readonly LoadRecord[], chunk: string): Uint8Array {
  const entries = records.map((record) =>
    encode([
      Math.floor(record.timeMs / 1000),
      { ...fields(record), service: record.service, host: record.host },
    ]),
  );
  return encode(['app.logs', Buffer.concat(entries), { chunk, size: records.length }]);
}

function fields(record: LoadRecord): object {
  return {
    level: record.level,
    time: new Date(record.timeMs).toISOString(),
    msg: record.message,
    operationID: record.operationId,
    caller: record.caller,
    bytes: record.bytes,
    ...ledgerField(record),
  };
}

function document(record: LoadRecord): object {
  return {
    '@timestamp': new Date(record.timeMs).toISOString(),
    service: { name: record.service },
    host: { name: record.host },
    log: { level: record.level },
    message: record.message,
    operationID: record.operationId,
    caller: record.caller,
    bytes: record.bytes,
    ...ledgerField(record),
  };
}

function ledgerField({ ledger }: LoadRecord): object {
  return ledger === undefined ? {} : { 'load.record': String(ledger).padStart(12, '0') };
}
