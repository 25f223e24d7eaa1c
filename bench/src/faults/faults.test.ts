/** The short form of the `faults` benchmark: the same scenarios, a few blows each. */
import { describe, expect, test } from 'vitest';
import { runScenario } from './faults.ts';
import { frozenEngine } from './frozen-engine.ts';
import { kills } from './kills.ts';
import { portScan } from './port-scan.ts';
import { receiverKills } from './receiver-kills.ts';
import { seededRandom } from './seeded-random.ts';

describe('what was acknowledged', () => {
  test.each([
    ['kills of server and engine', kills(4, seededRandom(Date.now()))],
    ['kills while all receivers are sent to', receiverKills(2, seededRandom(Date.now()))],
    ['an engine that stands still', frozenEngine(2)],
    ['a port scan of the engine', portScan(1)],
  ])(
    'survives %s, once and whole',
    async (_name, scenario) => {
      const { issued, lost, doubled, identityGap } = await runScenario(scenario);
      expect(issued).toBeGreaterThan(0);
      expect({ lost, doubled, identityGap }).toEqual({ lost: 0, doubled: 0, identityGap: 0 });
    },
    180_000,
  );
});
