/** The benchmark's short form: a few faults, one run each, recorded and judged here. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WEIGHTS } from '@tendril/chains/score';
import { beforeAll, describe, expect, test } from 'vitest';
import { rankOf } from './judge.ts';
import { readRun, writeRun } from './recorded-run.ts';
import { recordRun } from './record-run.ts';
import { reweigh } from './reweigh.ts';
import { judging } from './root-cause.ts';
import { planRuns } from './run-plan.ts';

const FAULTS = ['database-down', 'bad-deploy', 'rate-limit'];

let judge: Awaited<ReturnType<typeof judging>>;

beforeAll(async () => {
  judge = await judging();
});

describe('root cause', () => {
  test.each(FAULTS)(
    '%s is among the first three suspects',
    async (fault) => {
      const [plan] = planRuns({ runs: 1, faults: [fault], seed: 7 });
      if (!plan) throw new Error(`no run of ${fault}`);
      const folder = mkdtempSync(join(tmpdir(), 'tendril-root-cause-'));
      const file = join(folder, 'run.json.gz');
      writeRun(file, await recordRun({ ...plan, healthyMs: 1_800, faultyMs: 1_200 }));
      const verdicts = await judge(readRun(file));
      rmSync(folder, { recursive: true });
      const affected = verdicts.filter(({ chain }) => chain.role === 'affected');
      expect(affected.map(({ mode }) => mode)).toEqual(['all', 'logs', 'spans']);
      const ranks = affected.flatMap((verdict) => {
        const { suspects, chain } = reweigh(verdict, WEIGHTS);
        return chain.cause ? [rankOf(suspects, chain.cause)] : [];
      });
      expect(Math.max(...ranks)).toBeLessThanOrEqual(3);
    },
    120_000,
  );
});
