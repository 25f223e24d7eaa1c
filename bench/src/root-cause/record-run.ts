/** Records one run of the demo on simulated time: some healthy seconds, then the fault. */
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { Demo, type ToldChange } from '@tendril/im-demo/demo';
import { createSimulation } from '@tendril/im-demo/simulation/simulation';
import type { RecordedChange, RecordedRun } from './recorded-run.ts';
import type { RunPlan } from './run-plan.ts';

type ReadableSpan = Parameters<typeof JsonTraceSerializer.serializeRequest>[0][number];

/** What was under way at the end comes to its end. */
const REST_MS = 1_500;

export async function recordRun(plan: RunPlan): Promise<RecordedRun> {
  const logs: object[] = [];
  const spans: object[] = [];
  const changes: RecordedChange[] = [];
  const { seed, startMs, fault, unrelated } = plan;
  const simulation = await createSimulation(
    { startMs, seed },
    {
      logs: (request) => logs.push(request),
      spans: (ended) => spans.push(otlpOf(ended)),
    },
  );
  const { host } = simulation;
  const nowMs = (): number => host.time.nowMs();
  const tellChange = async (change: ToldChange): Promise<void> => {
    changes.push({ ...change, timestampMs: nowMs() });
    return Promise.resolve();
  };
  const destination = { otlpUrl: '', token: '', environment: plan.name };
  const demo = await simulation.until(Demo.start({ host, destination, seed, tellChange }));
  await simulation.run(plan.healthyMs - (unrelated?.beforeMs ?? 0));
  if (unrelated) {
    const what = {
      kind: 'config',
      title: 'log.remainLogLevel 6 → 5',
      before: '6',
      after: '5',
    } as const;
    await tellChange({ ...what, service: unrelated.service, instance: '' });
    await simulation.run(unrelated.beforeMs);
  }
  const onsetMs = nowMs();
  const options = { intensity: plan.intensity, number: plan.number };
  const on = fault && (await simulation.until(demo.switchOn(fault.name, options)));
  await simulation.run(plan.faultyMs);
  const operations = demo.operations();
  await simulation.run(REST_MS);
  await simulation.until(demo.flush());
  const ended = new Set(operations.map(({ operationId }) => operationId));
  const recorded: RecordedRun = {
    name: plan.name,
    fault: fault?.name ?? '',
    instances: on?.instances ?? [],
    intensity: plan.intensity,
    onsetMs,
    endMs: nowMs(),
    changes,
    operations: demo.operations().filter(({ operationId }) => ended.has(operationId)),
    logs,
    spans,
  };
  await simulation.until(demo.stop());
  return recorded;
}

function otlpOf(spans: readonly ReadableSpan[]): object {
  const bytes = JsonTraceSerializer.serializeRequest([...spans]);
  return JSON.parse(new TextDecoder().decode(bytes)) as object;
}
