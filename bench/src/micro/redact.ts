/**
 * The redactor alone, on one core: `npm run bench -- redact`.
 *
 * `clean` is what nearly every record is: a body and four attribute values that hold nothing to
 * redact, asked about as the log writer does, value by value. `dirty` is the worst case: every text
 * holds a secret, and all rules take part.
 */
import { createRedactor } from '@tendril/intake/redact/redactor';
import type { Redactor } from '@tendril/intake/redact/redactor';
import { CALLERS, HOSTS, TEMPLATES } from '@tendril/testkit/load/vocabulary';
import type { Benchmark } from '../benchmark.ts';
import { numberOption } from '../benchmark.ts';
import { table } from '../statistics.ts';

const RECORDS = 4096;

interface Corpus {
  readonly name: string;
  readonly bytes: Buffer;
  /** Start and end of each value; `valuesPerRecord` of them are one record. */
  readonly bounds: Uint32Array;
  readonly texts: readonly string[];
  readonly valuesPerRecord: number;
}

export const redactSpeed: Benchmark = {
  name: 'redact',
  summary: 'The redactor alone, on one core: MB/s on clean and on dirty text',
  options: { seconds: '3' },
  run: async (options) => {
    const seconds = numberOption(options, 'seconds');
    const redactor = createRedactor({ key: Buffer.from('bench') });
    const clean = corpusOf('clean', cleanRecords(), 5);
    const prose = corpusOf('clean, bodies only', cleanRecords().filter(isBody), 1);
    const dirty = corpusOf('dirty', dirtyTexts(), 1);
    const rows = [
      ['corpus', 'what', 'MB/s', 'fastest MB/s', 'ns/value', 'ns/record', 'flagged'],
      ...[clean, prose, dirty].map((corpus) =>
        rowOf(corpus, 'search', seconds, () => search(redactor, corpus)),
      ),
      rowOf(dirty, 'all rules', seconds, () => rewrite(redactor, dirty)),
    ];
    process.stdout.write(`${table(rows)}\n`);
    return Promise.resolve();
  },
};

function search(redactor: Redactor, { bytes, bounds }: Corpus): number {
  let flagged = 0;
  for (let index = 0; index < bounds.length; index += 2) {
    if (redactor.suspicious(bytes, bounds[index] ?? 0, bounds[index + 1] ?? 0)) flagged += 1;
  }
  return flagged;
}

function rewrite(redactor: Redactor, { texts }: Corpus): number {
  let rewritten = 0;
  for (const text of texts) if (redactor.redactText(text) !== undefined) rewritten += 1;
  return rewritten;
}

/**
 * Runs for the processor time given, after a round to warm up. The fastest rounds are shown beside
 * the mean: on a machine that does other work they say more.
 */
function rowOf(corpus: Corpus, what: string, seconds: number, round: () => number): string[] {
  let flagged = round();
  let rounds = 0;
  let fastestNs = Infinity;
  let elapsedNs = 0;
  const start = process.cpuUsage();
  while (elapsedNs < seconds * 1e9) {
    const roundStart = process.hrtime.bigint();
    flagged = round();
    fastestNs = Math.min(fastestNs, Number(process.hrtime.bigint() - roundStart));
    rounds += 1;
    const { user, system } = process.cpuUsage(start);
    elapsedNs = (user + system) * 1e3;
  }
  const values = corpus.bounds.length / 2;
  return [
    corpus.name,
    what,
    ((corpus.bytes.length * rounds * 1e3) / elapsedNs).toFixed(0),
    ((corpus.bytes.length * 1e3) / fastestNs).toFixed(0),
    (fastestNs / values).toFixed(1),
    ((fastestNs / values) * corpus.valuesPerRecord).toFixed(1),
    `${((flagged / values) * 100).toFixed(2)} %`,
  ];
}

function corpusOf(name: string, texts: readonly string[], valuesPerRecord: number): Corpus {
  const bounds: number[] = [];
  let length = 0;
  for (const text of texts) {
    bounds.push(length, length + Buffer.byteLength(text));
    length += Buffer.byteLength(text);
  }
  const bytes = Buffer.from(texts.join(''));
  return { name, bytes, bounds: Uint32Array.from(bounds), texts, valuesPerRecord };
}

/** Body, operation, caller, host and client, as the generated load has them. */
function cleanRecords(): string[] {
  return Array.from({ length: RECORDS }, (_, index) => [
    fill(TEMPLATES[index % TEMPLATES.length] ?? '', index),
    `${hex(index)}-${hex(index + 1).slice(4)}-4b0b-8a52-${hex(index)}${hex(index).slice(4)}`,
    CALLERS[index % CALLERS.length] ?? '',
    HOSTS[index % HOSTS.length] ?? '',
    `172.18.0.${index % 255}:${40_000 + index}`,
  ]).flat();
}

function isBody(_text: string, index: number): boolean {
  return index % 5 === 0;
}

function fill(template: string, index: number): string {
  const numbered = template.replaceAll('{n}', String(100_000 + ((index * 7919) % 900_000)));
  const filled = numbered.replaceAll('{h}', hex(index));
  return `${filled} user group 12.354ms conversationID=si_u1001_u2002 platform 5 at gateway pod`;
}

function hex(index: number): string {
  return ((index * 2_654_435_761) >>> 0).toString(16).padStart(8, '0');
}

const DIRTY: readonly string[] = [
  'rpc client request parseToken req token:"eyJhbGciOiJIUzI1NiJ9.eyJVc2VySUQiOiJ1MTAw{h}In0.FAKE{h}"',
  'registered phone 139{n}66 from 10.0.0.7 after the code had been sent to it, attempt 2',
  'connect mongodb://root:openIM{h}@127.0.0.1:37017/openim failed: connection refused, retry in 2s',
  'http request body {"account":"bob{n}@example.com","password":"p@ss {h}","platform":5}',
  'GET /msg_gateway?sendID=u1001&token={h}{h}{h}{h}&platformID=5 200 12ms',
  'Authorization: Bearer {h}{h}.{h}{h} User-Agent: curl/8 Accept: */*',
  '用户登录 密码：abc{h} 手机号 138{n}55 验证码是{n}，已通过',
  'nested {\\"req\\":\\"{\\\\\\"secret\\\\\\":\\\\\\"openIM{h}\\\\\\"}\\"} handled by worker 7',
];

function dirtyTexts(): string[] {
  return Array.from({ length: RECORDS }, (_, index) =>
    (DIRTY[index % DIRTY.length] ?? '')
      .replaceAll('{n}', String(100_000 + ((index * 7919) % 900_000)))
      .replaceAll('{h}', hex(index)),
  );
}
