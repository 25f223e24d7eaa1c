/** The engine stands still (SIGSTOP) under load: ingest must go on, and nothing may be missing later. */
import { LedgerSender } from './ledger-sender.ts';
import type { Scenario } from './scenario.ts';
import { pause } from '../server-process.ts';

export function frozenEngine(seconds: number): Scenario {
  return {
    name: `engine frozen for ${seconds} s`,
    async run(server) {
      await server.start();
      const sender = new LedgerSender({
        url: server.logsUrl,
        seed: 8,
        recordsPerRequest: 200,
        connections: 4,
        recordsPerSecond: 20_000,
      });
      sender.start();
      await pause(1_000);
      const engine = server.enginePid;
      process.kill(engine, 'SIGSTOP');
      await pause(seconds * 1_000);
      const duringFreeze = sender.acknowledgedRecords;
      try {
        process.kill(engine, 'SIGCONT');
      } catch {
        // The supervisor may have replaced it: that is an allowed answer to an engine that hangs.
      }
      await pause(1_000);
      const issued = await sender.stop();
      return {
        issued,
        notes: `${duringFreeze} records acknowledged meanwhile, longest gap between acks ${sender.longestGapMs.toFixed(0)} ms`,
      };
    },
  };
}
