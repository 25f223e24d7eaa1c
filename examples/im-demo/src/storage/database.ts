/** The database as services use it: each operation a span of the caller, on the shard that has the key. */
import type { Instance } from '../instance.ts';
import { coded } from '../net/coded-error.ts';
import { peerAttributes } from '../net/names.ts';
import type { Call } from '../telemetry/call.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { DatabaseRequest } from './database-server.ts';
import { SHARDS, shardOf } from './shards.ts';

export interface Database {
  run(call: Call, request: Omit<DatabaseRequest, 'id'>): Promise<readonly string[]>;
  /** After settings changed. */
  reset(): void;
}

export function openDatabase(instance: Instance): Database {
  const pools = Array.from({ length: SHARDS }, () => new ConnectionPool(instance));
  return {
    run: async (call, request) => {
      const { operation, collection, key } = request;
      const shard = (shardOf(key) + instance.settings().shardShift) % SHARDS;
      const attributes = {
        'db.system.name': 'mongodb',
        'db.collection.name': collection,
        'db.operation.name': operation,
      };
      const span = { name: `${operation} ${collection}`, kind: 'CLIENT', attributes } as const;
      return await instance.tracing.inSpan(call, span, async (_call, active) => {
        try {
          const peer = instance.names.resolve('mongodb')[shard];
          const pool = pools[shard];
          if (!peer || !pool) throw new Error(`no shard ${shard}`);
          active.setAttributes(peerAttributes(peer));
          return await pool.run(peer, request);
        } catch (error) {
          throw coded('database', error instanceof Error ? error.message : String(error));
        }
      });
    },
    reset: () => {
      for (const pool of pools) pool.reset();
    },
  };
}
