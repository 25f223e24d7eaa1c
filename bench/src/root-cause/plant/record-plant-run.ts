/** Records one run of a plant: some healthy seconds, then the fault. */
import { seededRandom } from '../../faults/seeded-random.ts';
import type { RecordedChange, RecordedOperation, RecordedRun } from '../recorded-run.ts';
import { Plant, type PlantOperation } from './plant.ts';
import type { PlantFault, Topology } from './topology.ts';

export interface PlantRunPlan {
  readonly name: string;
  readonly topology: Topology;
  /** Undefined: nothing is wrong in this run. */
  readonly fault: PlantFault | undefined;
  readonly seed: number;
  readonly startMs: number;
}

const FIRST_START_MS = Date.UTC(2026, 10, 3, 9);
/** Runs are so far apart that none is in another's past. */
const APART_MS = 3_600_000;
const HEALTHY_MS = { min: 5_000, max: 9_000 };
const FAULTY_MS = 4_000;
/** What was under way at the end comes to its end. */
const REST_MS = 4_000;
const INTENSITY_MIN = 0.25;
const UNRELATED_SHARE = 0.5;

export function planPlantRuns(
  topology: Topology,
  {
    runs,
    faults,
    seed,
  }: { readonly runs: number; readonly faults: readonly string[]; readonly seed: number },
): readonly PlantRunPlan[] {
  const chosen = topology.faults.filter(({ name }) => faults.length === 0 || faults.includes(name));
  return [...chosen, undefined].flatMap((fault, place) =>
    Array.from({ length: runs }, (_, run) => ({
      name: `${fault?.name ?? `${topology.name}-nothing`}-${run + 1}`,
      topology,
      fault,
      seed: seed * 10_000 + place * 100 + run,
      startMs: FIRST_START_MS + (place * 100 + run) * APART_MS,
    })),
  );
}

export async function recordPlantRun({
  name,
  topology,
  fault,
  seed,
  startMs,
}: PlantRunPlan): Promise<RecordedRun> {
  const random = seededRandom(seed);
  const plant = new Plant(topology, { startMs, seed });
  const healthyMs = HEALTHY_MS.min + (HEALTHY_MS.max - HEALTHY_MS.min) * random();
  const changes: RecordedChange[] = [];
  const tell = (kind: string, service: string, title: string): void => {
    changes.push({ kind, timestampMs: plant.nowMs(), service, instance: '', title });
  };
  await plant.run(healthyMs / 2);
  const other = topology.services[Math.floor(random() * topology.services.length)];
  if (other && random() < UNRELATED_SHARE) tell('config', other.name, 'log level info → debug');
  await plant.run(healthyMs / 2);
  const onsetMs = plant.nowMs();
  const intensity = INTENSITY_MIN + (1 - INTENSITY_MIN) * random();
  const all = fault ? plant.of(fault.target) : [];
  const chosen = fault?.scope === 'one' ? [all[Math.floor(random() * all.length)]] : all;
  for (const instance of chosen) {
    if (!instance || !fault) continue;
    instance.settings = { ...instance.settings, ...fault.settings(intensity) };
    if (fault.version) instance.version = fault.version;
  }
  if (fault?.change) tell(fault.change.kind, fault.target, fault.change.title);
  await plant.pauses(onsetMs + FAULTY_MS);
  const operations = plant.operations();
  const endedMs = plant.nowMs();
  await plant.pauses(endedMs + REST_MS);
  const begun = new Set(operations.map(({ traceId }) => traceId));
  return {
    name,
    fault: fault?.name ?? '',
    instances: chosen.flatMap((instance) => (instance ? [instance.pod] : [])),
    addresses: chosen.flatMap((instance) =>
      instance ? [instance.host.ip, instance.host.name] : [],
    ),
    intensity,
    onsetMs,
    endMs: plant.nowMs(),
    changes,
    operations: plant
      .operations()
      .filter(({ traceId, startedAtMs }) => begun.has(traceId) || startedAtMs < endedMs)
      .map(operationOf),
    logs: plant.book.logRequests(),
    spans: plant.book.spanRequests(),
  };
}

function operationOf({ pods, ...operation }: PlantOperation): RecordedOperation {
  return { ...operation, operationId: '', pods: [...pods] };
}
