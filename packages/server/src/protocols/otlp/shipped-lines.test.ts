/** Lines that an agent ships are stored as they are where they are read at once, whoever reads them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RequestRecords } from '@tendril/agent/request-records';
import { LogBatch } from '@tendril/columns/log-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import type { LinesSource } from '@tendril/intake/assembled-to-batch';
import { FORMATS } from '@tendril/intake/formats/registry';
import { linesToBatch } from '@tendril/intake/lines-to-batch';
import { LogWriter } from '@tendril/intake/log-writer';
import { RecordAssembler } from '@tendril/intake/record-assembler';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { POSITIVES } from '@tendril/intake/redact/testing/secrets';
import { UTC, zoneOf } from '@tendril/intake/zone';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { decodeOtlpLogsProtobuf } from './otlp-logs-protobuf.ts';

const NOW_NS = BigInt(Date.UTC(2026, 5, 3)) * 1_000_000n;
const REDACTOR = createRedactor({ key: new Uint8Array(32) });
const SAMPLES = new URL('../../../../intake/src/', import.meta.url).pathname;

interface Written {
  readonly writer: LogWriter;
  readonly batch: LogBatch;
}

function newWriter(): Written {
  const { attributePathsMax } = DEFAULT_LIMITS;
  const catalog = new RecordCatalog({ attributePathsMax, nowMs: () => 0 });
  const options = { catalog, redactor: REDACTOR, limits: DEFAULT_LIMITS, nowNs: () => NOW_NS };
  const writer = new LogWriter({ ...options, formats: FORMATS });
  return { writer, batch: new LogBatch(catalog) };
}

// Integers are numbers in lines and of 64 bits on the wire; they are stored as the same.
function recordsOf({ batch }: Written): readonly object[] {
  return Array.from({ length: batch.rowCount }, (_, row) => ({
    ...batch.record(row),
    id: '',
    resource: JSON.parse(JSON.stringify(batch.record(row).resource, numberOf)),
    resourceId: batch.columns.resources.at(row)?.id,
  }));
}

function numberOf(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** As `import` stores them. */
function read(lines: readonly string[], source: LinesSource): readonly object[] {
  const written = newWriter();
  const sink = { batchForNextRecord: () => written.batch };
  linesToBatch(lines, { ...source, writer: written.writer, sink });
  return recordsOf(written);
}

interface Shipping {
  readonly format?: string;
  readonly hasOwnFormats?: boolean;
}

/** What an agent sends of them, uncompressed. */
function request(
  lines: readonly string[],
  source: LinesSource,
  { format, hasOwnFormats = false }: Shipping,
): Uint8Array {
  const records = new RequestRecords({ redactor: REDACTOR, nowNs: () => NOW_NS, hasOwnFormats });
  const stream = records.stream({ ...source, format });
  const assembler = new RecordAssembler((record) => records.put(record, stream));
  for (const line of lines) assembler.push(line);
  assembler.flush();
  return records.take();
}

/** As the server stores what an agent sends. */
function shipped(
  lines: readonly string[],
  source: LinesSource,
  shipping: Shipping = {},
): readonly object[] {
  const written = newWriter();
  const sink = { batchForNextRecord: () => written.batch };
  decodeOtlpLogsProtobuf(request(lines, source, shipping), written.writer, sink);
  return recordsOf(written);
}

function sourceOf(source: Partial<LinesSource> = {}): LinesSource {
  const context = { zone: UTC, asOfNs: NOW_NS };
  return { formats: FORMATS, context, resource: {}, ...source };
}

function samples(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /testdata\/.*\.(?:txt|log)$/.test(path))
    .map((path) => join(folder, path));
}

/** `resource` as files, containers and pods have it. */
const SOURCES: readonly Partial<LinesSource>[] = [
  { resource: { 'log.file.path': '/var/log/app.log', 'host.name': 'im-1' } },
  {
    resource: { 'log.file.path': '/var/log/pods/im_push-0_1a/push/0.log' },
    context: { zone: zoneOf('Asia/Shanghai') ?? UTC, asOfNs: NOW_NS },
    isZoneGiven: true,
  },
  { resource: { 'service.name': 'openim-push', 'k8s.pod.name': 'push-0', 'process.pid': 7 } },
];

describe('lines that an agent ships', () => {
  test.each(samples(SAMPLES))('are stored as read: %s', (path) => {
    // A request may bring no more new keys than some hundreds.
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, 400);
    for (const each of SOURCES) {
      const source = sourceOf(each);
      expect(shipped(lines, source)).toEqual(read(lines, source));
    }
  });

  test('are stored as read, whatever they say and whatever wraps them', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 20 }), (lines) => {
        expect(shipped(lines, sourceOf())).toEqual(read(lines, sourceOf()));
      }),
    );
  });

  test('are stored as read where this machine has formats of its own, or the source has one', () => {
    const lines = ['{"level":"error","msg":"push failed","userID":"u1"}', 'level=info msg=x a=1'];
    const source = sourceOf();
    expect(shipped(lines, source, { hasOwnFormats: true })).toEqual(read(lines, source));
    const only = sourceOf({ formats: FORMATS.only('logfmt') ?? FORMATS });
    expect(shipped(lines, only, { format: 'logfmt' })).toEqual(read(lines, only));
    expect(shipped(lines, source, { format: 'nobody-knows-it' })).toEqual(read(lines, source));
  });

  test('leave the machine without their secrets', () => {
    for (const { before, secret, after } of POSITIVES) {
      for (const line of [
        before + secret + after,
        JSON.stringify({ msg: before + secret + after }),
      ])
        expect(Buffer.from(request([line], sourceOf(), {})).includes(secret)).toBe(false);
    }
  });

  test('leave the machine without what their keys say is secret', () => {
    fc.assert(
      fc.property(secretKey, password, (key, value) => {
        const sent = request(linesWith(key, value), sourceOf(), {});
        expect(Buffer.from(sent).includes(value)).toBe(false);
      }),
    );
  });

  test('whose year is not written are of the year in which they were read', () => {
    const long = { zone: UTC, asOfNs: BigInt(Date.UTC(2024, 0, 1)) * 1_000_000n };
    const line = 'Jun  2 09:14:03 im-1 sshd[71]: Accepted publickey for root';
    const [record] = shipped([line], sourceOf({ context: long }));
    expect(record).toMatchObject({
      timestamp: String(BigInt(Date.UTC(2026, 5, 2, 9, 14, 3)) * 1_000_000n),
    });
  });
});

const secretKey = fc.constantFrom('password', 'db_password', 'accessToken', 'apiKey', 'secret');
const password = fc.stringMatching(/^[A-Z][a-z]{5,10}[0-9]{3,6}[A-Z]{2}$/);

function linesWith(key: string, value: string): readonly string[] {
  return [
    JSON.stringify({ level: 'info', msg: 'login', [key]: value }),
    JSON.stringify({ level: 'info', msg: 'login', user: { name: 'u1', [key]: value } }),
    `time=2026-06-02T09:14:03Z level=info msg=login ${key}=${value} n=1`,
    `2026-06-02 09:14:03.000\tINFO\t[PID:1]\tpush\t[main]\t[a/b.go:1]\tlogin\t{"${key}": "${value}"}`,
    `2026-06-02T09:14:03.101Z  INFO rustim::auth: login ${key}=${value}`,
    `2026-06-02T09:14:03.101Z stdout F {"msg":"login","${key}":"${value}"}`,
    JSON.stringify({ log: `{"msg":"login","${key}":"${value}"}\n`, stream: 'stdout' }),
  ];
}

const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replaceAll('\n', ' ')),
  fc.constantFrom(
    'push failed',
    'phone=13800138000',
    'userID=13800138000',
    '\u001b[31mred\u001b[0m',
  ),
  fc.constantFrom('token=abcdef0123456789abcdef', 'panic: x', 'at com.a.B.c(B.java:1)', '消息'),
);
const plain = fc.oneof(
  words,
  words.map((text) => `2026-06-02 09:14:03.000 ERROR ${text}`),
  words.map((text) => `  ${text}`),
  words.map((text) => `\tat ${text}`),
  fc.tuple(words, words).map(([msg, value]) => JSON.stringify({ level: 'warn', msg, value })),
  words.map((text) => `level=info msg=${JSON.stringify(text)} n=1`),
);
const TIME = '2026-06-02T09:14:03.101Z';
const anyLine = fc.oneof(
  plain,
  fc.tuple(plain, fc.constantFrom('F', 'P')).map(([line, tag]) => `${TIME} stderr ${tag} ${line}`),
  plain.map((log) => JSON.stringify({ log: `${log}\n`, stream: 'stdout', time: TIME })),
  plain.map((text) =>
    JSON.stringify({
      MESSAGE: text,
      PRIORITY: '3',
      __REALTIME_TIMESTAMP: '1780391643101000',
      _PID: '7',
    }),
  ),
);
