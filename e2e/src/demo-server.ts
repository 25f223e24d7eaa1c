/** A real server with real records in it. */
import { createClient, type Client } from '@tendril/api/client';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { asLines, demoRecords, type DemoOptions } from './demo-records.ts';

export interface DemoServer {
  readonly url: string;
  readonly client: Client;
  close(): Promise<void>;
}

export async function startDemoServer(demo?: DemoOptions): Promise<DemoServer> {
  const fixture: ServerFixture = await startServerFixture();
  const client = createClient({ baseUrl: fixture.server.url });
  if (demo) await ingestDemo(client, demo);
  return { url: fixture.server.url, client, close: async () => fixture.close() };
}

async function ingestDemo(client: Client, demo: DemoOptions): Promise<void> {
  for (const [service, body] of asLines(demoRecords(demo))) {
    await client.ingest({ body, service, environment: 'prod' });
  }
}
