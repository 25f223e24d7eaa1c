/**
 * The life of a server process: configuration, start, one ready line, signals, drained stop. Called
 * by `tendril up`.
 */
import { loadSettings } from '@tendril/config/load';
import { processEnvironment } from '@tendril/config/environment';
import { SERVER_SETTINGS } from './config.ts';
import { startServer, type RunningServer } from './start-server.ts';

/** How long a stop may take to finish requests and to store what is pending; the rest is in the WAL. */
const DRAIN_MS = 5_000;

export interface UpOptions {
  /** By flag name, e.g. `data-dir`. */
  readonly flags: Readonly<Record<string, string>>;
  /** Of `--config`. */
  readonly file?: string | undefined;
  readonly onReady: (server: RunningServer) => void;
  readonly warn: (message: string) => void;
}

/** Resolves when the server has been stopped by a signal. Throws `Failure` when it cannot run. */
export async function up({ flags, file, onReady, warn }: UpOptions): Promise<void> {
  const environment = processEnvironment();
  const { values, warnings } = loadSettings(SERVER_SETTINGS, { flags, environment, file });
  for (const warning of warnings) warn(warning);
  const stopping = stopSignal();
  const server = await startServer(values);
  onReady(server);
  try {
    await Promise.race([stopping, server.failed]);
  } finally {
    await server.close(DRAIN_MS);
  }
}

/** Resolves with the first signal to stop; a second one ends the process at once. */
async function stopSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    let signals = 0;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        signals += 1;
        // Nothing acknowledged is lost: it is in the WAL.
        if (signals > 1) process.exit(signal === 'SIGINT' ? 130 : 143);
        resolve();
      });
    }
  });
}
