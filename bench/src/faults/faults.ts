/** What survives what: every scenario ends with a count of what was acknowledged and what is stored. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { ServerProcess } from '../server-process.ts';
import { diskFull, mountSmallDisk } from './disk-full.ts';
import { frozenEngine } from './frozen-engine.ts';
import { kills } from './kills.ts';
import { portScan } from './port-scan.ts';
import { receiverKills } from './receiver-kills.ts';
import type { Scenario } from './scenario.ts';
import { seededRandom } from './seeded-random.ts';
import { verifyLedger } from './verify-ledger.ts';

export const faults: Benchmark = {
  name: 'faults',
  summary: 'kills, frozen engine, port scan, full disk: acknowledged against stored',
  options: {
    kills: '200',
    'receiver-kills': '50',
    seed: String(Date.now() % 100_000),
    'frozen-seconds': '20',
    scans: '5',
    disk: '1',
  },
  run: async (options) => {
    const seed = numberOption(options, 'seed');
    process.stdout.write(`seed      ${seed}\n`);
    const scenarios = [
      kills(numberOption(options, 'kills'), seededRandom(seed)),
      receiverKills(numberOption(options, 'receiver-kills'), seededRandom(seed + 1)),
      frozenEngine(numberOption(options, 'frozen-seconds')),
      portScan(numberOption(options, 'scans')),
    ];
    for (const scenario of scenarios) report(await runScenario(scenario));
    if (process.getuid?.() !== 0 || options['disk'] !== '1') return;
    const disk = join(tmpdir(), `tendril-small-disk-${process.pid}`);
    const unmount = mountSmallDisk(disk, 512);
    try {
      report(await runScenario(diskFull(), join(disk, 'data')));
    } finally {
      unmount();
    }
  },
};

interface FaultReport {
  readonly name: string;
  readonly issued: number;
  readonly lost: number;
  readonly doubled: number;
  /** received - (stored + pending + …) summed over sources; 0 when the identity holds. */
  readonly identityGap: number;
  readonly notes: string;
}

export async function runScenario(scenario: Scenario, dataDir?: string): Promise<FaultReport> {
  const server = await ServerProcess.create({
    ...(dataDir !== undefined && { dataDir, env: { TENDRIL_DISK_FREE_BYTES_MIN: '33554432' } }),
    listen: scenario.listen ?? [],
  });
  try {
    const {
      issued,
      issuedSpans = 0,
      notes,
    } = await scenario.run(server, (text) => process.stderr.write(`\r${text}  `));
    process.stderr.write('\r\x1b[K');
    const verdict = await verifyLedger(server, { logs: issued, traces: issuedSpans });
    return { name: scenario.name, issued: issued + issuedSpans, notes, ...verdict };
  } finally {
    await server.dispose();
  }
}

function report({ name, issued, lost, doubled, identityGap, notes }: FaultReport): void {
  const verdict = lost === 0 && doubled === 0 && identityGap === 0 ? 'ok  ' : 'FAIL';
  process.stdout.write(
    `${verdict} ${name.padEnd(28)} ${issued} acknowledged, ${lost} lost, ${doubled} doubled, identity off by ${identityGap} (${notes})\n`,
  );
  if (verdict === 'FAIL') process.exitCode = 1;
}
