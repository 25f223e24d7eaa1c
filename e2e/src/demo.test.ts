/** The demo against a real server: what it sends is a chain with its cause, and is gone when it is removed. */
import { createClient } from '@tendril/api/client';
import { Demo } from '@tendril/im-demo/demo';
import { createSimulation } from '@tendril/im-demo/simulation/simulation';
import { startServerFixture } from '@tendril/testkit/server-fixture';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { expect, test } from 'vitest';

type ReadableSpan = Parameters<typeof JsonTraceSerializer.serializeRequest>[0][number];

const HEALTHY_MS = 1_800;
const FAULTY_MS = 1_200;

test('a fault of the demo is found by its logs and spans, and its data can be removed', async () => {
  const fixture = await startServerFixture();
  try {
    const api = createClient({ baseUrl: fixture.server.url });
    const otlpUrl = fixture.receiverUrl('otlp-http');
    const lines: object[] = [];
    const ended: ReadableSpan[] = [];
    const simulation = await createSimulation(
      { startMs: Date.now() - 60_000, seed: 11 },
      {
        logs: (request) => lines.push(request),
        spans: (spans) => ended.push(...spans),
      },
    );
    const { host } = simulation;
    const destination = { otlpUrl, token: '', environment: 'demo-test' };
    const tellChange = async (): Promise<void> => Promise.resolve();
    const demo = await simulation.until(Demo.start({ host, destination, seed: 11, tellChange }));
    await simulation.run(HEALTHY_MS);
    const onsetMs = host.time.nowMs();
    await simulation.until(demo.switchOn('rate-limit', { intensity: 1, number: 0 }));
    await simulation.run(FAULTY_MS);
    await simulation.until(demo.stop());
    const send = async (path: string, body: string | Uint8Array<ArrayBuffer>): Promise<void> => {
      const headers = { 'content-type': 'application/json' };
      const { status } = await fetch(`${otlpUrl}${path}`, { method: 'POST', headers, body });
      expect(status).toBe(200);
    };
    for (const request of lines) await send('/v1/logs', JSON.stringify(request));
    await send('/v1/traces', Buffer.from(JsonTraceSerializer.serializeRequest(ended) ?? []));

    const victim = demo.operations().find(({ startedAtMs, result, reason }) => {
      return startedAtMs > onsetMs && result === 'failed' && reason.includes('rate limit');
    });
    const chain = await api.chain({ id: victim?.operationId ?? '' });
    expect(chain.outcome).toBe('failed');
    expect(chain.counts.spans).toBeGreaterThan(0);
    expect(chain.counts.records).toBeGreaterThan(0);
    expect(chain.suspects.slice(0, 3).map(({ service }) => service)).toContain('openim-msggateway');

    const removed = await api.removeDemo();
    expect(removed.records).toBeGreaterThan(500);
    expect(removed.spans).toBeGreaterThan(300);
    await expect(api.chain({ id: victim?.operationId ?? '' })).rejects.toMatchObject({
      code: 'not_found',
    });
  } finally {
    await fixture.close();
  }
});
