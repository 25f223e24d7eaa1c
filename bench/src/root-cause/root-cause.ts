/**
 * `npm run bench -- root-cause`: records runs of the demo and of other back ends, each with one fault, and asks who
 * did it: with all signals, with logs alone, with spans alone. What was recorded stays in a folder and is
 * judged again without being recorded again.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { WEIGHTS } from '@tendril/chains/score';
import { formatsWith, knownErrorsOf, loadPacks } from '@tendril/intake/packs/load-packs';
import { ownPacks } from '@tendril/intake/packs/pack-folder';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { fitWeights } from './fit-weights.ts';
import { judgedChains } from './judged-chains.ts';
import { DEMO, faultNamed, PLANTS } from './judged-fault.ts';
import { judgeRun, rankOf, type Verdict } from './judge.ts';
import { planPlantRuns, recordPlantRun } from './plant/record-plant-run.ts';
import { recordRun } from './record-run.ts';
import { readRun, writeRun, type RecordedRun } from './recorded-run.ts';
import { CONFIDENT, report } from './report.ts';
import { examplesOf, leaveOneOut, reweigh } from './reweigh.ts';
import { planRuns, type PlanOptions } from './run-plan.ts';
import { telemetryOf } from './run-telemetry.ts';

const TOPOLOGIES: readonly string[] = [DEMO, ...PLANTS.map(({ name }) => name)];
const WEIGHTS_FILE = resolve(import.meta.dirname, '../../../packages/chains/src/weights.json');
/** So flat that hardly a suspect is left out for its small confidence. */
const FLATTENING = 0.2;

export const rootCause: Benchmark = {
  name: 'root-cause',
  summary: 'whether the true cause of faults in examples/im-demo and other back ends is found',
  options: {
    runs: '10',
    topologies: TOPOLOGIES.join(','),
    faults: '',
    seed: '1',
    folder: join(tmpdir(), 'tendril-root-cause'),
    fit: 'true',
    write: 'false',
    wrong: 'false',
  },
  async run(options) {
    const faults = listOption(options['faults']);
    const topologies = listOption(options['topologies']);
    refuseUnknown({ faults, topologies });
    const seed = numberOption(options, 'seed');
    const plan = { runs: numberOption(options, 'runs'), faults, seed };
    const takes = takesOf(topologies, plan);
    const folder = join(options['folder'] ?? tmpdir(), `seed-${seed}`);
    mkdirSync(folder, { recursive: true });
    const judge = await judging();
    const verdicts: Verdict[] = [];
    for (const take of takes) {
      verdicts.push(...(await judge(await recorded(take, folder))));
      process.stderr.write(`\r${take.name.padEnd(40)}`);
    }
    process.stderr.write('\n');
    const shipped = verdicts.map((verdict) => reweigh(verdict, WEIGHTS));
    print(report('With the weights that are shipped', shipped));
    if (options['wrong'] === 'true') print(wrongOnes(shipped));
    if (options['fit'] === 'true')
      print(report('Weights fitted without the fault', leaveOneOut(verdicts, isLearned)));
    if (options['write'] === 'true') writeWeights(verdicts);
  },
};

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Held-out faults teach nothing; what is not a fault does. */
function isLearned(fault: string): boolean {
  return faultNamed(fault)?.isHeldOut !== true;
}

function listOption(text = ''): readonly string[] {
  return text.split(',').filter((name) => name !== '');
}

/** What nobody knows would be a table with nothing in it. */
function refuseUnknown(asked: Readonly<Record<'faults' | 'topologies', readonly string[]>>): void {
  const topology = asked.topologies.find((name) => !TOPOLOGIES.includes(name));
  if (topology !== undefined)
    throw new Error(`--topologies: "${topology}" is none of ${TOPOLOGIES.join(', ')}`);
  const fault = asked.faults.find((name) => faultNamed(name) === undefined);
  if (fault !== undefined) throw new Error(`--faults: no fault is named "${fault}"`);
}

/** One run, recorded when it is asked for. */
interface Take {
  readonly name: string;
  readonly record: () => Promise<RecordedRun>;
}

function takesOf(topologies: readonly string[], options: PlanOptions): readonly Take[] {
  const { faults } = options;
  const isWanted = (topology: string): boolean =>
    topologies.includes(topology) &&
    (faults.length === 0 || faults.some((name) => faultNamed(name)?.topology === topology));
  const demo = isWanted(DEMO) ? planRuns(options) : [];
  const plants = PLANTS.filter(({ name }) => isWanted(name));
  return [
    ...demo.map((plan) => ({ name: plan.name, record: async () => recordRun(plan) })),
    ...plants
      .flatMap((topology) => planPlantRuns(topology, options))
      .map((plan) => ({ name: plan.name, record: async () => recordPlantRun(plan) })),
  ];
}

async function recorded({ name, record }: Take, folder: string): Promise<RecordedRun> {
  const file = join(folder, `${name}.json.gz`);
  if (existsSync(file)) return readRun(file);
  const run = await record();
  writeRun(file, run);
  return run;
}

/** Packs are read once. */
export async function judging(): Promise<(run: RecordedRun) => Promise<readonly Verdict[]>> {
  const folders = ownPacks(undefined, tmpdir());
  const formats = formatsWith(loadPacks({ folders, sections: ['formats'] }));
  const knowledge = knownErrorsOf(loadPacks({ folders }));
  return await Promise.resolve(async (run: RecordedRun) => {
    const telemetry = telemetryOf(run, formats);
    const chains = judgedChains(run, telemetry.spans);
    const { name, fault, endMs: readToMs } = run;
    return await judgeRun({
      run: name,
      fault,
      telemetry,
      chains,
      knowledge,
      weights: flat(),
      readToMs,
    });
  });
}

function flat(): typeof WEIGHTS {
  const scaled = (weights: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.entries(weights).map(([name, each]) => [name, each * FLATTENING]));
  return {
    none: scaled({ ...WEIGHTS.none }),
    features: scaled(WEIGHTS.features),
  } as unknown as typeof WEIGHTS;
}

function wrongOnes(verdicts: readonly Verdict[]): string {
  return verdicts
    .flatMap(({ run, mode, chain, outcome, suspects }) => {
      const { cause, id, role } = chain;
      const rank = cause ? rankOf(suspects, cause) : 0;
      const [first] = suspects;
      const isWrong = cause ? rank > 1 : (first?.confidence ?? 0) >= CONFIDENT;
      if (!isWrong) return [];
      const said = suspects
        .slice(0, 3)
        .map(
          (each) => `${each.kind} ${each.service}/${each.instance} ${each.confidence.toFixed(2)}`,
        );
      const truth = cause ? `${cause.service}/${cause.instances.join(',')}` : role;
      return [
        `${run} ${mode} ${outcome} ${id} true: ${truth} rank ${rank}; said ${said.join(' | ')}`,
      ];
    })
    .join('\n');
}

function writeWeights(verdicts: readonly Verdict[]): void {
  const weights = fitWeights(examplesOf(verdicts.filter(({ fault }) => isLearned(fault))));
  writeFileSync(WEIGHTS_FILE, `${JSON.stringify(weights, null, 2)}\n`);
  print(
    report(
      'With the weights that were written',
      verdicts.map((each) => reweigh(each, weights)),
    ),
  );
}
