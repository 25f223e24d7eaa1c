import { describe, expect, test } from 'vitest';
import type { Operation } from '../cluster/outcomes.ts';
import { Demo } from '../demo.ts';
import { FAULTS } from '../faults/catalogue.ts';
import { createSimulation } from './simulation.ts';

/** One of each way to fail; the benchmark of root causes runs them all. */
const NOTICED: ReadonlySet<string> = new Set([
  'database-down',
  'queue-stuck',
  'lost-batch',
  'bad-deploy',
  'argument-mismatch',
  'clock-skew',
  'reconnect-storm',
  'crash-loop',
]);
const START_MS = Date.UTC(2026, 10, 21, 10);

interface Run {
  readonly lines: readonly string[];
  readonly spans: readonly string[];
  readonly operations: readonly Operation[];
  readonly onsetMs: number;
}

async function run(fault: string | undefined, seed: number): Promise<Run> {
  const lines: string[] = [];
  const spans: string[] = [];
  const simulation = await createSimulation(
    { startMs: START_MS, seed },
    {
      logs: (request) => lines.push(JSON.stringify(request)),
      spans: (ended) => {
        for (const span of ended) spans.push(`${span.spanContext().traceId} ${span.name}`);
      },
    },
  );
  const { host } = simulation;
  const destination = { otlpUrl: '', token: '', environment: 'test' };
  const demo = await simulation.until(
    Demo.start({ host, destination, seed, tellChange: async () => undefined }),
  );
  await simulation.run(1_000);
  const onsetMs = host.time.nowMs();
  if (fault !== undefined)
    await simulation.until(demo.switchOn(fault, { intensity: 0.7, number: 1 }));
  await simulation.run(2_000);
  await simulation.until(demo.stop());
  return { lines, spans, operations: demo.operations(), onsetMs };
}

describe('the demo on simulated time', () => {
  test('people chat, and what fails is what they should not have asked for', async () => {
    const { operations, lines, spans } = await run(undefined, 5);
    const failed = operations.filter(({ result }) => result === 'failed');
    expect(failed).toEqual([]);
    expect(operations.length).toBeGreaterThan(50);
    expect(operations.some(({ result }) => result === 'refused')).toBe(true);
    expect(lines.join('')).toContain('onRecvNewMessage');
    expect(spans.length).toBeGreaterThan(500);
  });

  test('the same seed gives the same run', async () => {
    const [first, second] = [await run('bad-deploy', 3), await run('bad-deploy', 3)];
    expect(second.lines).toEqual(first.lines);
    expect(second.spans).toEqual(first.spans);
  });

  test.each(FAULTS.filter(({ name }) => NOTICED.has(name)))(
    '$name is noticed',
    async ({ name, seenAs, symptoms }) => {
      const { operations, onsetMs } = await run(name, 2);
      const noticed = operations.filter(
        ({ action, result, startedAtMs }) =>
          startedAtMs >= onsetMs && result === seenAs && symptoms.includes(action),
      );
      expect(noticed.length).toBeGreaterThan(0);
    },
    120_000,
  );
});
