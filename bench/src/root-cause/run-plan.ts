/** What is recorded: each fault several times, with everything that may differ drawn from the run's seed. */
import { FAULTS } from '@tendril/im-demo/faults/catalogue';
import type { Fault } from '@tendril/im-demo/faults/fault';
import { seededRandom } from '../faults/seeded-random.ts';

export interface RunPlan {
  readonly name: string;
  /** Undefined: nothing is wrong in this run. */
  readonly fault: Fault | undefined;
  readonly seed: number;
  readonly startMs: number;
  readonly intensity: number;
  /** Which of the service's instances. */
  readonly number: number;
  readonly healthyMs: number;
  readonly faultyMs: number;
  /** Somebody changed something that has nothing to do with it, so long before the onset. */
  readonly unrelated: { readonly service: string; readonly beforeMs: number } | undefined;
}

const FIRST_START_MS = Date.UTC(2026, 10, 2, 9);
/** Runs are so far apart that none is in another's past. */
const APART_MS = 3_600_000;
const HEALTHY = { min: 3_000, max: 5_000 };
const FAULTY_MS = 3_000;
const INTENSITY_MIN = 0.25;
const INSTANCES = 2;
const UNRELATED = ['openim-api', 'openim-push', 'openim-msggateway', 'openim-rpc-group', 'mongodb'];
const UNRELATED_SHARE = 0.5;

export interface PlanOptions {
  readonly runs: number;
  /** Names; empty: all. */
  readonly faults: readonly string[];
  readonly seed: number;
}

export function planRuns({ runs, faults, seed }: PlanOptions): readonly RunPlan[] {
  const chosen = FAULTS.filter(({ name }) => faults.length === 0 || faults.includes(name));
  const all = [...chosen, undefined];
  return all.flatMap((fault) =>
    Array.from({ length: runs }, (_, run) => {
      const place = (fault ? FAULTS.indexOf(fault) : FAULTS.length) * 100 + run;
      return planRun(fault, run, seed * 10_000 + place);
    }),
  );
}

function planRun(fault: Fault | undefined, run: number, seed: number): RunPlan {
  const random = seededRandom(seed);
  const service = UNRELATED[Math.floor(random() * UNRELATED.length)] ?? '';
  const isDisturbed = random() < UNRELATED_SHARE;
  return {
    name: `${fault?.name ?? 'nothing'}-${run + 1}`,
    fault,
    seed,
    startMs: FIRST_START_MS + (seed % 10_000) * APART_MS,
    intensity: INTENSITY_MIN + (1 - INTENSITY_MIN) * random(),
    number: Math.floor(random() * INSTANCES),
    healthyMs: HEALTHY.min + (HEALTHY.max - HEALTHY.min) * random(),
    faultyMs: FAULTY_MS,
    unrelated: isDisturbed ? { service, beforeMs: 300 + 2_000 * random() } : undefined,
  };
}
