/**
 * How fast a chain is made among 10 M records of an hour: one of 500 records over 8 services, and an ordinary
 * one of an entry that has 100,000 chains a day, with what healthy chains of it have in common.
 */
import { numberOption, type Benchmark } from '../benchmark.ts';
import { fillLogs } from '../fill-logs.ts';
import { ServerProcess } from '../server-process.ts';
import { percentile, table } from '../statistics.ts';
import { operationLogs, SERVICES } from './operation-logs.ts';

const CHAINS_PER_DAY = 100_000;
const HOURS_PER_DAY = 24;
const LARGE_RECORDS = 500;
const ORDINARY_RECORDS = 40;
const OPERATIONS_PER_REQUEST = 100;
/** Past the largest that a request may have, and far from all the others. */
const LARGE = 1_000_000;

export const chains: Benchmark = {
  name: 'chains',
  summary: 'a chain of 500 records, and one of a busy entry, among 10 M records',
  options: { records: '10000000', 'spread-seconds': '3600', rounds: '21' },
  run: async (options) => {
    const server = await ServerProcess.create();
    try {
      await server.start();
      const spreadSeconds = numberOption(options, 'spread-seconds');
      const range = await fillLogs(server, numberOption(options, 'records'), spreadSeconds);
      const count = await fillOperations(server, range);
      await measure(server, count, numberOption(options, 'rounds'));
    } finally {
      await server.dispose();
    }
  },
};

async function fillOperations(
  server: ServerProcess,
  { from, to }: { readonly from: bigint; readonly to: bigint },
): Promise<number> {
  const hours = Number(to - from) / 3.6e12;
  const count = Math.max(
    OPERATIONS_PER_REQUEST,
    Math.round((CHAINS_PER_DAY / HOURS_PER_DAY) * hours),
  );
  const stepNs = (to - from) / BigInt(count + 1);
  for (let first = 0; first < count; first += OPERATIONS_PER_REQUEST) {
    const operations = Array.from({ length: OPERATIONS_PER_REQUEST }, (_, index) => ({
      number: first + index,
      startNs: from + stepNs * BigInt(first + index),
      records: ORDINARY_RECORDS,
      isFailed: false,
    }));
    await send(server, operationLogs(operations));
  }
  const startNs = from + (to - from) / 2n;
  const large = { number: LARGE, startNs, records: LARGE_RECORDS, isFailed: true };
  await send(server, operationLogs([large]));
  return count;
}

async function send(server: ServerProcess, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(server.logsUrl, { method: 'POST', headers, body });
  if (status !== 200) throw new Error(`the server answered ${status}`);
}

async function measure(server: ServerProcess, count: number, rounds: number): Promise<void> {
  const reads = [
    {
      name: `chain of ${LARGE_RECORDS} records, ${SERVICES.length} services`,
      barMs: 500,
      numberOf: () => LARGE,
    },
    {
      name: 'ordinary chain, with healthy ones',
      barMs: 1_000,
      numberOf: (round: number) => Math.floor(count / 2) + ((round * 37) % Math.floor(count / 3)),
    },
  ];
  const rows: string[][] = [['read', 'median ms', 'p95', 'bar', '', 'statements', 'healthy']];
  for (const { name, barMs, numberOf } of reads) {
    const times: number[] = [];
    let facts: Facts = { statements: 0, healthy: 0 };
    // One more than counted, to warm up.
    for (let round = 0; round <= rounds; round += 1) {
      const startedMs = performance.now();
      facts = await chainFacts(server, numberOf(round));
      if (round > 0) times.push(performance.now() - startedMs);
    }
    const median = percentile(times, 0.5);
    const numbers = [median, percentile(times, 0.95), barMs].map((ms) => ms.toFixed(0));
    const verdict = median <= barMs ? '' : 'over';
    rows.push([name, ...numbers, verdict, String(facts.statements), String(facts.healthy)]);
  }
  process.stdout.write(`${table(rows)}\n`);
}

interface Facts {
  readonly statements: number;
  readonly healthy: number;
}

async function chainFacts(server: ServerProcess, number: number): Promise<Facts> {
  const response = await fetch(`${server.url}/api/v1/chains/bench-${number}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`the server answered ${response.status}: ${text}`);
  const { cost, healthy } = JSON.parse(text) as {
    readonly cost: { readonly statements: number };
    readonly healthy: { readonly chains: number } | null;
  };
  return { statements: cost.statements, healthy: healthy?.chains ?? 0 };
}
