import { describe, expect, test } from 'vitest';
import { knownErrorsOf, loadPacks } from '@tendril/intake/packs/load-packs';
import { explainChain, type ExplainedChain } from './explain.ts';
import { MemoryStore } from './memory-store.ts';
import { WEIGHTS } from './score.ts';
import { msOfNs } from './time-ms.ts';
import { operationId, START_MS, traceId, world, type Fault } from './testing/world.ts';

const knowledge = knownErrorsOf(loadPacks());
const MODES = ['both', 'logs', 'spans'] as const;
type Mode = (typeof MODES)[number];

async function explained(store: MemoryStore, index: number, mode: Mode): Promise<ExplainedChain> {
  const ids =
    mode === 'spans'
      ? { operationIds: [], traceIds: [traceId(index)] }
      : { operationIds: [operationId(index)], traceIds: [] };
  const readToMs = START_MS + 10_000_000;
  const chain = await explainChain(ids, { store, knowledge, weights: WEIGHTS, readToMs });
  if (!chain) throw new Error('there is no such chain');
  return chain;
}

function run(fault: Fault | undefined, mode: Mode): MemoryStore {
  const signals = { records: mode !== 'spans', spans: mode !== 'logs' };
  return new MemoryStore(world({ seed: 3, ...signals, ...(fault && { fault }) }));
}

describe.each(MODES)('with %s', (mode) => {
  test.each([
    [{ at: 'messages', kind: 'error' }, 'failed', 'messages'],
    [{ at: 'messages', kind: 'dead' }, 'failed', 'messages'],
    [{ at: 'redis', kind: 'dependency_error' }, 'failed', 'redis'],
    [{ at: 'mongodb', kind: 'dependency_slow' }, 'slow', 'mongodb'],
    [{ at: 'accounts', kind: 'slow' }, 'slow', 'accounts'],
    [{ at: 'mover', kind: 'silent_drop' }, 'incomplete', 'mover'],
  ] as const)('%o is found', async (fault, outcome, cause) => {
    const chain = await explained(run(fault, mode), 90, mode);
    expect(chain.outcome).toBe(outcome);
    expect(chain.suspects[0]?.service).toBe(cause);
    expect(chain.walk.length).toBeGreaterThan(0);
    expect(chain.walk.at(-1)?.number).toBe(1);
  });

  test('one bad instance of several is told from its service', async () => {
    const store = run({ at: 'mover/mover-1', kind: 'error' }, mode);
    for (let index = 80; index < 120; index += 1) {
      const chain = await explained(store, index, mode);
      if (chain.outcome === 'ok') continue;
      expect(chain.suspects[0]).toMatchObject({ service: 'mover', instance: 'mover-1' });
    }
  });

  test('a healthy chain has no suspect worth naming', async () => {
    const store = run(undefined, mode);
    for (let index = 60; index < 120; index += 5) {
      const chain = await explained(store, index, mode);
      expect(chain.outcome).toBe('ok');
      expect(chain.suspects.every(({ confidence }) => confidence < 0.3)).toBe(true);
    }
  });

  test('a refusal is no fault', async () => {
    const store = run({ at: 'messages', kind: 'refusal', share: 0.1 }, mode);
    const outcomes = new Set<string>();
    for (let index = 80; index < 120; index += 1) {
      const chain = await explained(store, index, mode);
      outcomes.add(chain.outcome);
      expect(chain.suspects.every(({ confidence }) => confidence < 0.7)).toBe(true);
    }
    expect([...outcomes].toSorted()).toEqual(['ok', 'refused']);
  });
});

test('names what is missing, after what, and how soon healthy chains have it', async () => {
  const chain = await explained(run({ at: 'mover', kind: 'silent_drop' }, 'logs'), 90, 'logs');
  expect(chain.gaps[0]).toMatchObject({
    kind: 'never_reached',
    service: 'mover',
    text: 'rpc server request Move',
  });
  expect(chain.gaps[0]?.healthyShare).toBeGreaterThan(0.9);
});

describe.each(MODES)('the walk with %s', (mode) => {
  const faults = [
    { at: 'messages', kind: 'error' },
    { at: 'messages', kind: 'dead' },
    { at: 'redis', kind: 'dependency_error' },
    { at: 'mongodb', kind: 'dependency_slow' },
    { at: 'accounts', kind: 'slow' },
  ] as const;

  test.each(faults)('%o: no record or span is two steps', async (fault) => {
    const { walk } = await explained(run(fault, mode), 90, mode);
    const links = walk.flatMap(({ link }) => (link ? [JSON.stringify(link)] : []));
    expect(links).toHaveLength(new Set(links).size);
  });

  test.each(faults)('%o: what was not reached after it is no step', async (fault) => {
    const { walk } = await explained(run(fault, mode), 90, mode);
    expect(walk.filter(({ kind }) => kind === 'gap')).toEqual([]);
  });

  test.each([
    { at: 'messages', kind: 'error' },
    { at: 'accounts', kind: 'slow' },
  ] as const)('%o: begins with the first suspect', async (fault) => {
    const { walk, suspects } = await explained(run(fault, mode), 90, mode);
    expect(walk.at(-1)?.who).toContain(suspects[0]?.service);
  });

  test('what got lost is where it began, when it was due', async () => {
    const lost = run({ at: 'mover', kind: 'silent_drop' }, mode);
    const { walk, gaps } = await explained(lost, 90, mode);
    const [gap] = gaps;
    const dueNs = BigInt(gap?.after ?? 0) + BigInt(gap?.expectedWithinNs ?? 0);
    expect(walk.at(-1)).toMatchObject({ kind: 'gap', number: 1, who: 'mover' });
    expect(msOfNs(walk.at(-1)?.time ?? '')).toBeCloseTo(msOfNs(String(dueNs)), 2);
  });
});

test('a change before it is the first step of the walk', async () => {
  const change = {
    id: 'c1',
    kind: 'deploy',
    timestamp: String(BigInt(START_MS + 78_000) * 1_000_000n),
    service: 'messages',
    instance: '',
    text: '1.4.0 to 1.4.1',
  };
  const chain = await explained(run({ at: 'messages', kind: 'error', change }, 'both'), 90, 'both');
  expect(chain.walk.at(-1)).toMatchObject({ kind: 'change', number: 1, text: '1.4.0 to 1.4.1' });
  expect(chain.suspects[0]?.changeId).toBe('c1');
});
