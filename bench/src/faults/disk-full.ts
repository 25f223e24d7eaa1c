/** The file system fills up under load and gets room again: refused meanwhile, never dead, nothing lost. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LedgerSender } from './ledger-sender.ts';
import type { Scenario } from './scenario.ts';
import { pause } from '../server-process.ts';

/** A small file system in memory; needs root, which benchmarks may ask for and tests may not. */
export function mountSmallDisk(path: string, megabytes: number): () => void {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  return () => {
    execFileSync('umount', ['-l', path]);
    rmSync(path, { recursive: true, force: true });
  };
}

export function diskFull(): Scenario {
  return {
    name: 'disk full',
    async run(server, progress) {
      await server.start();
      const sender = new LedgerSender({
        url: server.logsUrl,
        seed: 10,
        recordsPerRequest: 200,
        connections: 2,
        recordsPerSecond: 10_000,
      });
      sender.start();
      await pause(1_000);
      const ballast = join(server.dataDir, '..', 'ballast');
      const { bavail, bsize } = statfsSync(server.dataDir);
      // All but a few megabytes.
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 4 * 1024 * 1024)));
      progress('full');
      await pause(4_000);
      const refusedRetries = sender.retries;
      rmSync(ballast);
      const freedMs = performance.now();
      const acknowledged = sender.acknowledgedRecords;
      while (sender.acknowledgedRecords === acknowledged && performance.now() - freedMs < 30_000) {
        await pause(50);
      }
      const resumedMs = performance.now() - freedMs;
      await pause(1_000);
      const issued = await sender.stop();
      return {
        issued,
        notes: `${refusedRetries} requests refused while full, resumed ${resumedMs.toFixed(0)} ms after room came back`,
      };
    },
  };
}
