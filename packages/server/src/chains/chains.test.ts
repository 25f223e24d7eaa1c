/** Chains read through the API of a real server are those that the same telemetry makes in memory. */
import type { Chain } from '@tendril/api/chain';
import { createClient, type Client } from '@tendril/api/client';
import { explainChain } from '@tendril/chains/explain';
import { MemoryStore, type Recorded } from '@tendril/chains/memory-store';
import { WEIGHTS } from '@tendril/chains/score';
import { otlpLogs, otlpSpans } from '@tendril/chains/testing/otlp-json';
import { operationId, START_MS, traceId, world } from '@tendril/chains/testing/world';
import { knownErrorsOf, loadPacks } from '@tendril/intake/packs/load-packs';
import { Failure } from '@tendril/model/failure';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const change = {
  id: 'change-1',
  kind: 'config',
  timestamp: String(BigInt(START_MS + 79_000) * 1_000_000n),
  service: 'redis',
  instance: '',
  text: 'maxclients 10',
};
const recorded: Recorded = world({ fault: { at: 'redis', kind: 'dependency_error', change } });
/** Long after the last record, as a server's clock is that reads them. */
const READ_TO_MS = START_MS + 10_000_000;

let fixture: ServerFixture;
let client: Client;

beforeAll(async () => {
  fixture = await startServerFixture();
  client = createClient({ baseUrl: fixture.server.url });
  await send('/v1/logs', otlpLogs(recorded.records));
  await send('/v1/traces', otlpSpans(recorded.spans));
  const { text: title, service, timestamp } = change;
  await client.addChange({ kind: 'config', title, service, at: timestamp });
});

afterAll(() => fixture.close());

async function send(path: string, body: string): Promise<void> {
  const url = `${fixture.receiverUrl('otlp-http')}${path}`;
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(url, { method: 'POST', headers, body });
  expect(status).toBe(200);
}

async function inMemory(ids: Parameters<typeof explainChain>[0]): Promise<Told> {
  const chain = await explainChain(ids, {
    store: new MemoryStore(recorded),
    knowledge: knownErrorsOf(loadPacks()),
    weights: WEIGHTS,
    readToMs: READ_TO_MS,
  });
  if (!chain) throw new Error('there is no such chain in memory');
  return told(chain);
}

interface Told {
  readonly outcome: string;
  readonly counts: Chain['counts'];
  readonly places: readonly string[];
  readonly suspects: readonly (readonly [string, readonly string[]])[];
  readonly walk: readonly (readonly [string, string])[];
  readonly healthy: number;
}

/** What does not depend on ids that a server gives. */
function told(chain: Omit<Chain, 'cost' | 'partial'>): Told {
  return {
    outcome: chain.outcome,
    counts: chain.counts,
    places: chain.lanes.map(({ service, instance }) => `${service} ${instance}`).toSorted(),
    suspects: chain.suspects.map(({ service, features }) => [service, Object.keys(features)]),
    walk: chain.walk.map(({ who, text }) => [who, text]),
    healthy: chain.healthy?.chains ?? 0,
  };
}

describe('a chain of a server', () => {
  test('is the same as over the same telemetry in memory', async () => {
    const chain = await client.chain({ id: operationId(100) });
    expect(told(chain)).toEqual(await inMemory({ operationIds: [operationId(100)], traceIds: [] }));
    expect(chain.suspects[0]).toMatchObject({ service: 'redis', kind: 'dependency' });
    expect(chain.suspects[0]?.changeId).toEqual(expect.stringMatching(/^[0-9a-f-]{36}$/));
  });

  test('is found by its trace, a record and a span', async () => {
    const byOperation = await client.chain({ id: operationId(100) });
    const record = byOperation.records[0]?.record;
    const span = byOperation.spans[0]?.span;
    const at = record?.timestamp;
    const anchors = [
      { id: traceId(100) },
      { id: record?.id ?? '', by: 'record', at },
      { id: span?.spanId ?? '', by: 'span' },
    ] as const;
    for (const anchor of anchors) {
      const chain = await client.chain(anchor);
      expect(chain.counts).toEqual(byOperation.counts);
      expect(chain.outcome).toBe('failed');
    }
  });

  test('that went well has nobody to suspect', async () => {
    const chain = await client.chain({ id: operationId(40) });
    expect(chain).toMatchObject({ outcome: 'ok', walk: [] });
    expect(chain.suspects.filter(({ confidence }) => confidence >= 0.1)).toEqual([]);
    expect(
      chain.healthy?.steps.every(({ verdict }) => verdict === 'same' || verdict === 'faster'),
    ).toBe(true);
  });

  test('that nothing has is not found', async () => {
    await expect(client.chain({ id: 'op-none' })).rejects.toThrow(Failure);
    await expect(client.chain({ id: "x' OR 1=1 --" })).rejects.toThrow('nothing stored');
  });
});

describe('a search for chains', () => {
  const range = { from: String(START_MS), to: String(START_MS + 200_000) };

  test('lists distinct operations with what was first wrong and what was seen', async () => {
    const found = await client.searchChains({ ...range, limit: 5 });
    expect(found.total).toBe(40);
    expect(found.chains).toHaveLength(5);
    expect(found.chains[0]).toMatchObject({
      id: operationId(119),
      kind: 'operation',
      firstWrong: { service: 'messages', text: 'redis write failed' },
      surfaced: { service: 'edge', text: 'rpc server response error' },
      services: ['accounts', 'edge', 'messages'],
    });
  });

  test('takes a query', async () => {
    const found = await client.searchChains({ ...range, query: 'service:notifier' });
    expect(found.total).toBe(80);
  });
});

test('two chains are laid side by side', async () => {
  const diff = await client.diffChains({ id: operationId(100), with: operationId(40) });
  expect(diff.left.errors).toBeGreaterThan(0);
  expect(diff.right.errors).toBe(0);
  const onlyRight = diff.steps.filter(({ left }) => left === null).map(({ service }) => service);
  expect(onlyRight).toEqual(expect.arrayContaining(['mover', 'notifier']));
  const onlyLeft = diff.steps.filter(({ right }) => right === null).map(({ text }) => text);
  expect(onlyLeft).toContain('redis write failed');
});
