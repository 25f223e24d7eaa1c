/**
 * From the bytes of OTLP requests to Native blocks, on one core, without sockets, WAL or engine:
 * `npm run bench -- otlp-decode`. Times are processor time, so that a busy machine changes them little.
 */
import { LogBatch } from '@tendril/columns/log-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { LogWriter } from '@tendril/intake/log-writer';
import { allowLongInlining } from '@tendril/intake/long-inlining';
import { createRedactor, type Redactor } from '@tendril/intake/redact/redactor';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { decodeOtlpLogsProtobuf } from '@tendril/server/protocols/otlp/otlp-logs-protobuf';
import { OtlpLoad } from '@tendril/testkit/load/otlp-load';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { percentile, table } from '../statistics.ts';

/** Together below the rows of a frame. */
const REQUESTS = 60;
const RECORDS_PER_REQUEST = 1000;
const START_NS = 1_795_000_000_000_000_000n;
const STEP_NS = 3_000;
const RECORDS: number = REQUESTS * RECORDS_PER_REQUEST;
const WARM_UP_ROUNDS = 12;
/** The fastest round: what else runs on the machine makes rounds slower, never faster. */
const SHARE = 0;

interface Stages {
  readonly writeNs: number;
  readonly encodeNs: number;
  readonly nativeBytes: number;
}

export const otlpDecode: Benchmark = {
  name: 'otlp-decode',
  summary: 'OTLP protobuf to Native blocks on one core: records/s and ns by stage',
  options: { seconds: '5', heavy: '' },
  run: (options) => {
    allowLongInlining();
    const seconds = numberOption(options, 'seconds');
    const requests = distinctRequests(options['heavy'] !== '');
    const bytes = requests.reduce((sum, request) => sum + request.length, 0);
    const redacting = measure(requests, createRedactor({ key: Buffer.from('bench') }), seconds);
    const plain = measure(requests, redactsNothing(), seconds);
    const total = redacting.writeNs + redacting.encodeNs;
    const rows = [
      ['stage', 'ns/record', 'records/s'],
      row('decode and write', plain.writeNs),
      row('redaction', redacting.writeNs - plain.writeNs),
      row('encode', redacting.encodeNs),
      row('all', total),
    ];
    process.stdout.write(`protobuf  ${(bytes / RECORDS).toFixed(0)} B/record\n`);
    process.stdout.write(`Native    ${(redacting.nativeBytes / RECORDS).toFixed(0)} B/record\n`);
    process.stdout.write(`${table(rows)}\n`);
    return Promise.resolve();
  },
};

function row(stage: string, ns: number): string[] {
  return [stage, ns.toFixed(0), Math.round(1e9 / ns).toLocaleString('en')];
}

function distinctRequests(heavy: boolean): Buffer[] {
  const load = new OtlpLoad({
    seed: 1,
    recordsPerRequest: RECORDS_PER_REQUEST,
    startNs: START_NS,
    stepNs: STEP_NS,
    heavy,
  });
  return Array.from({ length: REQUESTS }, () => Buffer.from(load.next()));
}

/** Nanoseconds per record. */
function measure(requests: readonly Buffer[], redactor: Redactor, seconds: number): Stages {
  const catalog = new RecordCatalog({ attributePathsMax: 1024, nowMs: Date.now });
  const options = { catalog, redactor, limits: DEFAULT_LIMITS, nowNs: () => START_NS };
  const writer = new LogWriter(options);
  const batch = new LogBatch(catalog);
  const sink = { batchForNextRecord: () => batch };
  const write = (): void => {
    batch.reset();
    for (const request of requests) decodeOtlpLogsProtobuf(request, writer, sink);
  };
  const encode = (): number => {
    const blocks = batch.encode({ server: 1, frame: 1, row: 0 });
    return blocks.flatMap(({ bytes }) => bytes).reduce((sum, part) => sum + part.length, 0);
  };
  const writeNs: number[] = [];
  const encodeNs: number[] = [];
  let nativeBytes = 0;
  const endsAtMs = performance.now() + seconds * 1000;
  for (let round = 0; round < WARM_UP_ROUNDS || performance.now() < endsAtMs; round += 1) {
    writeNs.push(processorNs(write) / RECORDS);
    encodeNs.push(processorNs(() => (nativeBytes = encode())) / RECORDS);
  }
  return {
    writeNs: percentile(writeNs.slice(WARM_UP_ROUNDS), SHARE),
    encodeNs: percentile(encodeNs.slice(WARM_UP_ROUNDS), SHARE),
    nativeBytes,
  };
}

function processorNs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1e3;
}

function redactsNothing(): Redactor {
  return {
    ...createRedactor({ key: Buffer.from('bench') }),
    suspicious: () => false,
    redactText: () => undefined,
  };
}
