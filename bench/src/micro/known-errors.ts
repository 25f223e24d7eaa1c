/**
 * What the known errors cost: loading them, and one look at a record, on one core: `npm run bench -- known-errors`.
 * Times are processor time, so that a busy machine changes them little.
 */
import { knownErrorsOf, loadPacks } from '@tendril/intake/packs/load-packs';
import type { ErrorEvidence } from '@tendril/intake/packs/known-errors';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { table } from '../statistics.ts';

const RECORDS = 20_000;

const KINDS: Readonly<Record<string, (n: number) => ErrorEvidence>> = {
  'nothing known': (n) => ({
    body: `rpc server response error for user u${n % 5000}, retrying in ${n % 90} ms`,
    serviceName: 'openim-rpc-msg',
    attributes: new Map([
      ['method', '/openim.msg.msg/SendMsg'],
      ['error', `1205 GroupTypeNotSupport ${n}`],
    ]),
  }),
  'one known': (n) => ({
    body: 'batch data insert to redis err',
    serviceName: 'openim-msgtransfer',
    attributes: new Map([
      ['error', `dial tcp 127.0.0.1:${n % 60000}: connect: connection refused`],
    ]),
  }),
  'stack of 8 KiB': (n) => ({
    body: `failed ${n}\n${'\tat com.example.chat.Send.run(Send.java:42)\n'.repeat(190)}`,
    serviceName: 'chat',
    attributes: new Map([['exception.type', 'java.lang.IllegalStateException']]),
  }),
};

export const knownErrorSpeed: Benchmark = {
  name: 'known-errors',
  summary: 'Known errors of packs: loading, and matching of records on one core',
  options: { seconds: '3' },
  run: (options) => {
    const seconds = numberOption(options, 'seconds');
    const before = process.cpuUsage();
    const known = knownErrorsOf(loadPacks({ sections: ['errors', 'codes'] }));
    const loading = ['load', (nsSince(before) / 1e6).toFixed(0), 'ms'];
    const rows = Object.entries(KINDS).map(([name, recordOf]) => {
      const records = Array.from({ length: RECORDS }, (_, n) => recordOf(n));
      const ns = nsPerRecord(records, seconds, (record) => void known.match(record));
      return [name, ns.toFixed(0), 'ns/record'];
    });
    process.stdout.write(`${table([['known errors', 'time', ''], loading, ...rows])}\n`);
    return Promise.resolve();
  },
};

function nsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

/** Of the fastest round: what else runs on the machine makes rounds slower, never faster. */
function nsPerRecord(
  records: readonly ErrorEvidence[],
  seconds: number,
  look: (record: ErrorEvidence) => void,
): number {
  const endMs = Date.now() + seconds * 1000;
  let best = Infinity;
  while (Date.now() < endMs) {
    const before = process.cpuUsage();
    for (const record of records) look(record);
    best = Math.min(best, nsSince(before) / records.length);
  }
  return best;
}
