/** A real server with real records in it. */
import { createClient, type Client } from '@tendril/api/client';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import type { DemoSpan } from './demo-traces.ts';
import { asLines, demoRecords, type DemoOptions } from './demo-records.ts';
import { otlpRequest } from './otlp-json.ts';

export interface DemoServer {
  readonly url: string;
  readonly client: Client;
  /** Through the OTLP receiver. */
  sendSpans(spans: readonly DemoSpan[]): Promise<void>;
  close(): Promise<void>;
}

export async function startDemoServer(demo?: DemoOptions): Promise<DemoServer> {
  const fixture: ServerFixture = await startServerFixture();
  const client = createClient({ baseUrl: fixture.server.url });
  if (demo) await ingestDemo(client, demo);
  return {
    url: fixture.server.url,
    client,
    sendSpans: async (spans) => {
      for (let at = 0; at < spans.length; at += REQUEST_SPANS) {
        await sendRequest(fixture.receiverUrl('otlp-http'), spans.slice(at, at + REQUEST_SPANS));
      }
    },
    close: async () => fixture.close(),
  };
}

const REQUEST_SPANS = 5_000;

async function sendRequest(url: string, spans: readonly DemoSpan[]): Promise<void> {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: otlpRequest(spans),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

async function ingestDemo(client: Client, demo: DemoOptions): Promise<void> {
  for (const [service, body] of asLines(demoRecords(demo))) {
    await client.ingest({ body, service, environment: 'prod' });
  }
}
