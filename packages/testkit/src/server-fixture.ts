/** A whole server in a temporary directory and on free ports, for one test file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '@tendril/config/load';
import { SERVER_SETTINGS } from '@tendril/server/app/config';
import { startServer, type RunningServer } from '@tendril/server/app/start-server';

export interface ServerFixture {
  readonly server: RunningServer;
  readonly directory: string;
  /** Of a receiver by name, without a trailing slash. */
  receiverUrl(name: string): string;
  close(): Promise<void>;
}

/** `flags` as of `tendril up`, over the fixture's own. */
export async function startServerFixture(
  flags: Readonly<Record<string, string>> = {},
): Promise<ServerFixture> {
  const directory = mkdtempSync(join(tmpdir(), 'tendril-server-'));
  const { values } = loadSettings(SERVER_SETTINGS, {
    flags: {
      'data-dir': join(directory, 'data'),
      port: '0',
      'receivers-otlp-http-listen': '127.0.0.1:0',
      'receivers-otlp-grpc-listen': '127.0.0.1:0',
      // Test machines are often nearly full, and what tests write is small.
      'disk-free-bytes-min': '64MiB',
      'disk-used-share-max': '1',
      // Tests count what they sent.
      'canary-enabled': 'false',
      ...flags,
    },
    environment: {},
  });
  const server = await startServer(values);
  return {
    server,
    directory,
    receiverUrl: (name) => server.receivers.find((each) => each.name === name)?.url ?? '',
    close: async () => {
      await server.close(1_000);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
