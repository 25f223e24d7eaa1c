/** Server or engine killed with SIGKILL while every receiver that acknowledges is sent to. */
import { pause } from '../server-process.ts';
import { ReceiverLedger } from './receiver-ledger.ts';
import type { Scenario } from './scenario.ts';

const RECEIVERS = ['elastic', 'loki', 'lumberjack', 'fluent', 'journald'] as const;
/** A kill comes this long after the server was ready. */
const DELAY_MS_MAX = 1_500;

export function receiverKills(count: number, random: () => number): Scenario {
  return {
    name: `${count} kills, all receivers`,
    listen: RECEIVERS,
    async run(server, progress) {
      await server.start();
      const ledger = new ReceiverLedger();
      const urls = RECEIVERS.map((name) => [name, server.receiverUrl(name)] as const);
      ledger.start({ ...Object.fromEntries(urls), ndjson: new URL(server.url) });
      for (let kill = 1; kill <= count; kill += 1) {
        await pause(random() * DELAY_MS_MAX);
        const [engine] = server.children();
        if (engine !== undefined && random() < 0.3) {
          process.kill(engine, 'SIGKILL');
        } else {
          await server.kill('SIGKILL');
          await server.start();
        }
        progress(`kill ${kill} of ${count}`);
      }
      const issued = await ledger.stop();
      return { issued, notes: `${ledger.retries} batches sent again` };
    },
  };
}
