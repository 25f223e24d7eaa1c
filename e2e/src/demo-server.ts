/** A real server with real records in it. */
import { createClient, type Client } from '@tendril/api/client';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import type { DemoSpan } from './demo-traces.ts';
import { asLines, demoRecords, type DemoOptions, type DemoRecord } from './demo-records.ts';
import { otlpRequest } from './otlp-json.ts';

export interface DemoServer {
  readonly url: string;
  readonly client: Client;
  /** Through the ingest route, one request for each service. */
  sendRecords(records: readonly DemoRecord[]): Promise<void>;
  /** Through the OTLP receiver. */
  sendSpans(spans: readonly DemoSpan[]): Promise<void>;
  close(): Promise<void>;
}

export async function startDemoServer(demo?: DemoOptions): Promise<DemoServer> {
  const fixture: ServerFixture = await startServerFixture();
  const client = createClient({ baseUrl: fixture.server.url });
  if (demo) await sendRecords(client, demoRecords(demo));
  return {
    url: fixture.server.url,
    client,
    sendRecords: async (records) => sendRecords(client, records),
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

async function sendRecords(client: Client, records: readonly DemoRecord[]): Promise<void> {
  for (const [service, body] of asLines(records)) {
    await client.ingest({ body, service, environment: 'prod' });
  }
}
