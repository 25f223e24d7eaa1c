/**
 * The database: documents by collection, over a socket, one JSON message a line. It knows nothing of
 * operations or traces; what it says is in its own log, in MongoDB's words.
 */
import type { Duplex } from 'node:stream';
import { createInterface } from 'node:readline';
import type { Instance, Running } from '../instance.ts';
import { sleep } from '../net/time.ts';
import { DatabaseLog } from './database-log.ts';
import { shardOf } from './shards.ts';

const DOCUMENTS_MAX = 20_000;
const SLOW_MS = 100;

export interface DatabaseRequest {
  readonly id: number;
  readonly operation: 'insert' | 'find' | 'update';
  readonly collection: string;
  /** Decides the shard. */
  readonly key: string;
  readonly document: string;
}

export type DatabaseAnswer =
  | { readonly id: number; readonly documents: readonly string[] }
  | { readonly id: number; readonly error: string };

export async function startDatabase(instance: Instance): Promise<Running> {
  const log = new DatabaseLog(instance);
  const collections = new Map<string, string[]>();
  const sockets = new Set<Duplex>();
  let connections = 0;
  const listener = await instance.network.listen((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    const context = `conn${connections}`;
    log.info('NETWORK', context, 'Connection accepted', {
      connectionId: connections,
      connectionCount: sockets.size,
    });
    void serve({ instance, log, collections, socket, context });
  });
  const { port, instance: host } = instance.identity;
  log.info('CONTROL', 'initandlisten', 'MongoDB starting', {
    pid: instance.identity.pid,
    port,
    host,
  });
  log.info('NETWORK', 'listener', 'Waiting for connections', { port, ssl: 'off' });
  let wasListening = true;
  return {
    socketPort: listener.port,
    settingsChanged: () => {
      const { isListening } = instance.settings();
      if (isListening === wasListening) return;
      wasListening = isListening;
      if (isListening) log.info('CONTROL', 'initandlisten', 'MongoDB starting', { port });
      else log.info('CONTROL', 'SignalHandler', 'Shutting down', { signal: 15, exitCode: 0 });
      listener.setOpen(isListening);
    },
  };
}

interface Session {
  readonly instance: Instance;
  readonly log: DatabaseLog;
  readonly collections: Map<string, string[]>;
  readonly socket: Duplex;
  readonly context: string;
}

async function serve(session: Session): Promise<void> {
  const { socket, instance, log, context } = session;
  try {
    for await (const line of createInterface({ input: socket })) {
      const request = JSON.parse(line) as DatabaseRequest;
      const startedAtMs = instance.time.nowMs();
      const answer = await execute(session, request);
      const durationMillis = Math.round(instance.time.nowMs() - startedAtMs);
      if (durationMillis > SLOW_MS)
        log.info('COMMAND', context, 'Slow query', {
          type: 'command',
          ns: `openim_v3.${request.collection}`,
          command: { [request.operation]: request.collection },
          storage: { data: { timeReadingMicros: durationMillis * 1_000 } },
          remote: `${instance.identity.instance}:${instance.identity.port}`,
          durationMillis,
        });
      socket.write(`${JSON.stringify(answer)}\n`);
    }
  } catch {
    socket.destroy();
  }
}

async function execute(session: Session, request: DatabaseRequest): Promise<DatabaseAnswer> {
  const { instance, log, collections, context } = session;
  const { diskDelayMs, diskBytesMax } = instance.settings();
  const { id, operation, collection, key, document } = request;
  await sleep(instance.time, diskDelayMs * (0.7 + 0.6 * instance.random()));
  if (shardOf(key) !== instance.identity.number) {
    log.warn('SHARDING', context, 'Command refused: chunk is not owned by this shard', {
      ns: `openim_v3.${collection}`,
      code: 13388,
    });
    return {
      id,
      error: `(StaleConfig) shard version mismatch: chunk of ${collection} is not owned by ${instance.identity.instance}`,
    };
  }
  const documents = collections.get(collection) ?? [];
  collections.set(collection, documents);
  if (operation === 'find') return { id, documents: documents.slice(-20) };
  if (diskBytesMax < document.length) {
    log.error('STORAGE', context, 'WiredTiger error', {
      error: 28,
      message: '__posix_file_write: handle-write: pwrite: failed to write: No space left on device',
    });
    return { id, error: '(OutOfDiskSpace) No space left on device' };
  }
  documents.push(document);
  if (documents.length > DOCUMENTS_MAX) documents.shift();
  return { id, documents: [] };
}
