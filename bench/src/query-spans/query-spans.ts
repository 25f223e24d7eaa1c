/**
 * How fast traces are found among 10 M spans of an hour: by id, by attributes, and what they say of
 * services and of who calls whom in a day.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { countServiceEdges } from '@tendril/server/jobs/service-edges';
import { startEmbeddedEngine } from '@tendril/server/engine/embedded/embedded-engine';
import { OtlpSpanLoad, SPANS_PER_TRACE } from '@tendril/testkit/load/otlp-span-load';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { pause, ServerProcess } from '../server-process.ts';
import { percentile, table } from '../statistics.ts';
import { countSpans, postText, readStatus } from '../tendril-api.ts';

const run = promisify(execFile);
const SENDER = join(import.meta.dirname, '../ingest-logs/sender.ts');
const SPANS_PER_REQUEST = 1_000;

export const querySpans: Benchmark = {
  name: 'query-spans',
  summary: 'traces by id and by attributes among 10 M spans, operations, dependencies',
  options: { spans: '10000000', 'spread-seconds': '3600', rounds: '31' },
  run: async (options) => {
    const server = await ServerProcess.create();
    try {
      await server.start();
      const filled = await fill(server, options);
      await countEdges(server);
      await server.start();
      await measure(server, filled, numberOption(options, 'rounds'));
    } finally {
      await server.dispose();
    }
  },
};

interface Filled {
  readonly from: bigint;
  readonly to: bigint;
  readonly traces: number;
  readonly load: OtlpSpanLoad;
}

async function fill(
  server: ServerProcess,
  options: Readonly<Record<string, string>>,
): Promise<Filled> {
  const spans = numberOption(options, 'spans');
  const spreadSeconds = numberOption(options, 'spread-seconds');
  const traces = spans / SPANS_PER_TRACE;
  const to = BigInt(Date.now()) * 1_000_000n;
  const from = to - BigInt(spreadSeconds) * 1_000_000_000n;
  const stepNs = Math.floor((spreadSeconds * 1e9) / traces);
  await run(process.execPath, [
    '--conditions=source',
    SENDER,
    '--spans',
    `--url=${server.tracesUrl}`,
    `--records=${spans}`,
    `--per-request=${SPANS_PER_REQUEST}`,
    `--start-ns=${from}`,
    `--step-ns=${stepNs}`,
  ]);
  const found = await countSpans(server.url);
  if (found !== spans) throw new Error(`${spans} were sent, ${found} are found`);
  let bytesBefore = -1;
  for (let round = 0; round < 40; round += 1) {
    const { storage } = await readStatus(server.url);
    const bytes = storage.reduce((sum, each) => sum + each.bytes, 0);
    if (bytes === bytesBefore) break;
    bytesBefore = bytes;
    await pause(5_000);
  }
  const load = new OtlpSpanLoad({
    seed: 1,
    spansPerRequest: SPANS_PER_REQUEST,
    startNs: from,
    stepNs,
  });
  return { from, to, traces, load };
}

/** With the server stopped, so that the job need not be waited for. */
async function countEdges(server: ServerProcess): Promise<void> {
  await server.kill('SIGTERM');
  const { engine } = await startEmbeddedEngine({
    dataPath: join(server.dataDir, 'engine'),
    runPath: join(server.dataDir, 'run'),
    logFile: join(server.dataDir, 'log', 'edges.log'),
  });
  try {
    const startedMs = performance.now();
    const { minutes } = await countServiceEdges(engine, Date.now());
    const ms = (performance.now() - startedMs) / minutes;
    process.stdout.write(`edges        ${minutes} minutes, ${ms.toFixed(0)} ms each\n`);
  } finally {
    await engine.close();
  }
}

interface Read {
  readonly name: string;
  readonly barMs: number;
  readonly ask: (round: number) => Promise<string>;
}

async function measure(server: ServerProcess, filled: Filled, rounds: number): Promise<void> {
  const rows: string[][] = [['read', 'median ms', 'p95', 'bar (p95)', '']];
  for (const { name, barMs, ask } of readsOf(server, filled)) {
    const times: number[] = [];
    // One more than counted, to warm up.
    for (let round = 0; round <= rounds; round += 1) {
      const startedMs = performance.now();
      const answer = await ask(round);
      if (round > 0) times.push(performance.now() - startedMs);
      if (answer.includes('"kind":"error"')) throw new Error(`${name}: ${answer.slice(-500)}`);
    }
    const p95 = percentile(times, 0.95);
    const verdict = p95 <= barMs ? '' : 'over';
    const median = percentile(times, 0.5).toFixed(0);
    rows.push([name, median, p95.toFixed(0), String(barMs), verdict]);
  }
  process.stdout.write(`${table(rows)}\n`);
}

function readsOf(server: ServerProcess, { from, to, traces, load }: Filled): readonly Read[] {
  const range = { from: String(from), to: String(to) };
  const search = (query: string): Read['ask'] => {
    return async () => postText(`${server.url}/api/v1/traces/search`, { ...range, query });
  };
  const get = async (path: string): Promise<string> => {
    const response = await fetch(`${server.url}/api/v1/traces/${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return text;
  };
  const ranged = `from=${range.from}&to=${range.to}`;
  const numberOfRound = (round: number): number =>
    Math.floor(((round * 7919) % 1000) * (traces / 1000));
  return [
    {
      name: 'trace by id',
      barMs: 100,
      ask: async (round) => get(load.traceId(numberOfRound(round))),
    },
    { name: 'service', barMs: 300, ask: search('service:openim-api') },
    { name: 'service with errors', barMs: 300, ask: search('service:openim-api and status:error') },
    { name: 'attribute, frequent', barMs: 300, ask: search('http.response.status_code:500') },
    { name: 'attribute, rare', barMs: 300, ask: search('request.number:"123456"') },
    { name: 'attribute, absent', barMs: 300, ask: search('url.path:"/nowhere"') },
    { name: 'duration above', barMs: 300, ask: search('duration > 79ms') },
    { name: 'operation id', barMs: 300, ask: search('operationID:op0010000000777') },
    { name: 'services', barMs: 300, ask: async () => get(`services?${ranged}`) },
    { name: 'operations', barMs: 300, ask: async () => get(`operations?${ranged}`) },
    { name: 'series', barMs: 300, ask: async () => get(`series?${ranged}`) },
    {
      name: 'dependencies of a day',
      barMs: 300,
      ask: async () => get('dependencies?from=now-1d&to=now'),
    },
  ];
}
