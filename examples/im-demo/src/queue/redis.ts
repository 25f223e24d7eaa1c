/** Redis as services use it: counters, cache and streams, each command a span of the caller. */
import { RedisConnection } from './connection.ts';
import type { Instance } from '../instance.ts';
import { peerAttributes } from '../net/names.ts';
import type { Call, Headers } from '../telemetry/call.ts';
import type { Reply } from './resp.ts';

const STREAM_LENGTH_MAX = 10_000;
const BATCH_MAX = 20;
const BLOCK_MS = 200;

export interface StreamMessage {
  readonly id: string;
  readonly fields: Headers;
}

export interface Redis {
  increment(call: Call, key: string): Promise<number>;
  set(call: Call, key: string, value: string): Promise<void>;
  get(call: Call, key: string): Promise<string | undefined>;
  publish(call: Call, stream: string, fields: Headers): Promise<void>;
  /** Waits a little while when there is none. */
  consume(stream: string, group: string): Promise<readonly StreamMessage[]>;
  acknowledge(stream: string, group: string, ids: readonly string[]): Promise<void>;
}

export function openRedis(instance: Instance): Redis {
  const connection = new RedisConnection(instance);
  // A read that blocks holds up what is behind it.
  const blocking = new RedisConnection(instance);
  const timeoutMs = (): number => instance.settings().rpcTimeoutMs;
  const spanned = async (
    call: Call,
    kind: 'CLIENT' | 'PRODUCER',
    parts: readonly (string | number)[],
  ): Promise<Reply> => {
    const [command = '', key = ''] = parts.map(String);
    const attributes = {
      'db.system.name': 'redis',
      'db.operation.name': command,
      ...(kind === 'PRODUCER' && {
        'messaging.system': 'redis',
        'messaging.destination.name': key,
      }),
      ...peerAttributes(connection.peer()),
    };
    const name = kind === 'PRODUCER' ? `${key} publish` : `redis ${command}`;
    return await instance.tracing.inSpan(call, { name, kind, attributes }, async () =>
      connection.command(parts, timeoutMs()),
    );
  };
  return {
    increment: async (call, key) => Number(await spanned(call, 'CLIENT', ['INCR', key])),
    set: async (call, key, value) => {
      await spanned(call, 'CLIENT', ['SET', key, value, 'EX', 600]);
    },
    get: async (call, key) => {
      const value = await spanned(call, 'CLIENT', ['GET', key]);
      return typeof value === 'string' ? value : undefined;
    },
    publish: async (call, stream, fields) => {
      const flat = Object.entries(fields).flat();
      await spanned(call, 'PRODUCER', [
        'XADD',
        stream,
        'MAXLEN',
        '~',
        STREAM_LENGTH_MAX,
        '*',
        ...flat,
      ]);
    },
    consume: async (stream, group) => {
      const consumer = instance.identity.instance;
      const command = [
        'XREADGROUP',
        'GROUP',
        group,
        consumer,
        'COUNT',
        BATCH_MAX,
        'BLOCK',
        BLOCK_MS,
      ];
      const reply = await blocking.command([...command, 'STREAMS', stream, '>'], 10_000);
      return messagesOf(reply);
    },
    acknowledge: async (stream, group, ids) => {
      await connection.command(['XACK', stream, group, ...ids], timeoutMs());
    },
  };
}

/** `[[stream, [[id, [field, value, …]], …]]]`, or nothing. */
function messagesOf(reply: Reply): readonly StreamMessage[] {
  const [stream] = listOf(reply);
  const [, messages] = listOf(stream);
  return listOf(messages).map((message) => {
    const [id, fields] = listOf(message);
    return { id: String(id), fields: fieldsOf(listOf(fields)) };
  });
}

function listOf(reply: Reply | undefined): readonly Reply[] {
  return Array.isArray(reply) ? (reply as readonly Reply[]) : [];
}

function fieldsOf(flat: readonly Reply[]): Headers {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < flat.length; index += 2)
    fields[String(flat[index])] = String(flat[index + 1]);
  return fields;
}
