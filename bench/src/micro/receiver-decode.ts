/**
 * From the bytes of each protocol to a batch, redacted, on one core, without sockets, WAL or engine:
 * `npm run bench -- receiver-decode`. Times are processor time, so that a busy machine changes them little.
 */
import { LogBatch } from '@tendril/columns/log-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { LogWriter } from '@tendril/intake/log-writer';
import { formatsWith, loadPacks } from '@tendril/intake/packs/load-packs';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { decodeBulk } from '@tendril/server/protocols/elastic/bulk';
import { decodeForward, readForwardMessage } from '@tendril/server/protocols/fluent/forward';
import { decodeGelf } from '@tendril/server/protocols/gelf/gelf';
import { GelfFrames } from '@tendril/server/protocols/gelf/frames';
import { JournalExport } from '@tendril/server/protocols/journald/export-format';
import { decodeJournalEntries } from '@tendril/server/protocols/journald/journal-entries';
import { decodeLokiPush } from '@tendril/server/protocols/loki/push';
import { decodeBeatsEvents } from '@tendril/server/protocols/lumberjack/beats-events';
import { decodeSyslog } from '@tendril/server/protocols/syslog/syslog';
import { SyslogFrames } from '@tendril/server/protocols/syslog/frames';
import { numberOption, type Benchmark } from '../benchmark.ts';
import {
  bulkBody,
  eventBytes,
  fluentBytes,
  gelfBytes,
  journalBody,
  lokiBody,
  syslogBytes,
} from '../receivers/encode.ts';
import { ReceiverLoad, type LoadRecord } from '../receivers/load.ts';
import { table } from '../statistics.ts';

const REQUESTS = 30;
const RECORDS_PER_REQUEST = 1_000;
const RECORDS: number = REQUESTS * RECORDS_PER_REQUEST;
const PEER = '127.0.0.1';

interface Target {
  readonly writer: LogWriter;
  readonly sink: { readonly batchForNextRecord: () => LogBatch };
  readonly nowNs: bigint;
}

/** Gives what decodes one request. */
type Protocol = (records: readonly LoadRecord[]) => (target: Target) => void;

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  elastic: (records) => {
    const body = Buffer.from(bulkBody(records));
    return ({ writer, sink, nowNs }) => decodeBulk({ body, defaultIndex: '', nowNs }, writer, sink);
  },
  loki: (records) => {
    const body = Buffer.from(lokiBody(records));
    return ({ writer, sink, nowNs }) =>
      decodeLokiPush({ body, encoding: 'json', tenant: '', nowNs }, writer, sink);
  },
  lumberjack: (records) => {
    const events = records.map((record) => ({ kind: 'json' as const, bytes: eventBytes(record) }));
    return ({ writer, sink, nowNs }) => decodeBeatsEvents(events, writer, sink, nowNs);
  },
  fluent: (records) => {
    const bytes = fluentBytes(records, '');
    return ({ writer, sink, nowNs }) => {
      const message = readForwardMessage(bytes, { bytesMax: bytes.length, depthMax: 32 });
      if (message) decodeForward([message], writer, sink, nowNs);
    };
  },
  'syslog-tcp': (records) => {
    const bytes = syslogBytes(records);
    return ({ writer, sink, nowNs }) => {
      const frames = Array.from(new SyslogFrames().push(bytes), (frame) => ({
        ...frame,
        peer: PEER,
      }));
      decodeSyslog(frames, writer, sink, nowNs);
    };
  },
  'gelf-tcp': (records) => {
    const bytes = gelfBytes(records);
    return ({ writer, sink, nowNs }) => {
      const messages = Array.from(new GelfFrames().push(bytes), (each) => ({
        bytes: each,
        peer: PEER,
      }));
      decodeGelf(messages, writer, sink, nowNs);
    };
  },
  journald: (records) => {
    const bytes = Buffer.from(journalBody(records));
    return ({ writer, sink, nowNs }) => {
      const reader = new JournalExport();
      decodeJournalEntries([...reader.push(bytes)], writer, sink, nowNs);
    };
  },
};

export const receiverDecode: Benchmark = {
  name: 'receiver-decode',
  summary: 'Bytes of each protocol to a batch on one core: records/s',
  options: { seconds: '4', only: '' },
  run: (options) => {
    const seconds = numberOption(options, 'seconds');
    const { only = '' } = options;
    const chosen = Object.entries(PROTOCOLS).filter(([name]) => only === '' || name === only);
    const rows = chosen.map(([name, protocol]) => {
      const ns = nsPerRecord(protocol, seconds);
      return [name, ns.toFixed(0), Math.round(1e9 / ns).toLocaleString('en')];
    });
    process.stdout.write(`${table([['protocol', 'ns/record', 'records/s'], ...rows])}\n`);
    return Promise.resolve();
  },
};

/** Of the fastest round: what else runs on the machine makes rounds slower, never faster. */
function nsPerRecord(protocol: Protocol, seconds: number): number {
  const load = new ReceiverLoad(1);
  const requests = Array.from({ length: REQUESTS }, () => protocol(load.next(RECORDS_PER_REQUEST)));
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const catalog = new RecordCatalog({ attributePathsMax: 1024, nowMs: Date.now });
  const redactor = createRedactor({ key: Buffer.from('bench') });
  // As a server has them.
  const formats = formatsWith(loadPacks({ sections: ['formats'] }));
  const limits = DEFAULT_LIMITS;
  const writer = new LogWriter({ catalog, redactor, limits, nowNs: () => nowNs, formats });
  const batch = new LogBatch(catalog);
  const target = { writer, sink: { batchForNextRecord: () => batch }, nowNs };
  const began = process.cpuUsage();
  let best = Infinity;
  while (process.cpuUsage(began).user < seconds * 1e6) {
    batch.reset();
    const before = process.cpuUsage();
    for (const request of requests) request(target);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1000) / RECORDS);
    if (batch.rowCount !== RECORDS) {
      throw new Error(`${RECORDS} records were sent, ${batch.rowCount} are in the batch`);
    }
  }
  return best;
}
