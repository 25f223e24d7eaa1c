/** Server or engine killed with SIGKILL at random moments under load. */
import { LedgerSender } from './ledger-sender.ts';
import type { Scenario } from './scenario.ts';
import { pause } from '../server-process.ts';

/** A kill comes this long after the server was ready; the low end hits replay and the first inserts. */
const DELAY_MS_MAX = 1_500;

export function kills(count: number, random: () => number): Scenario {
  return {
    name: `${count} kills`,
    async run(server, progress) {
      await server.start();
      const sender = new LedgerSender({
        url: server.logsUrl,
        seed: 7,
        recordsPerRequest: 100,
        connections: 4,
        recordsPerSecond: 20_000,
      });
      const spanSender = new LedgerSender({
        url: server.tracesUrl,
        seed: 11,
        recordsPerRequest: 100,
        connections: 2,
        recordsPerSecond: 10_000,
        signal: 'spans',
      });
      sender.start();
      spanSender.start();
      let readyMsMax = 0;
      for (let kill = 1; kill <= count; kill += 1) {
        await pause(random() * DELAY_MS_MAX);
        const [engine] = server.children();
        if (engine !== undefined && random() < 0.5) {
          process.kill(engine, 'SIGKILL');
        } else {
          await server.kill('SIGKILL');
          readyMsMax = Math.max(readyMsMax, await server.start());
        }
        progress(`kill ${kill} of ${count}`);
      }
      const [issued, issuedSpans] = await Promise.all([sender.stop(), spanSender.stop()]);
      return {
        issued,
        issuedSpans,
        notes: `${sender.retries} retries, slowest restart ${(readyMsMax / 1_000).toFixed(1)} s`,
      };
    },
  };
}
