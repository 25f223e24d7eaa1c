/**
 * openim-msgtransfer: takes messages from the queue in batches, numbers them, writes them to the cache,
 * and hands them on to be pushed and stored. What concerns a batch is logged under the ids of its first
 * message, as OpenIM does.
 */
import type { Instance, Running } from '../instance.ts';
import { coded } from '../net/coded-error.ts';
import { startRpcServer } from '../net/rpc-server.ts';
import { sleep } from '../net/time.ts';
import { consumeForEver } from '../queue/consumer.ts';
import { openRedis, type Redis, type StreamMessage } from '../queue/redis.ts';
import { openDatabase, type Database } from '../storage/database.ts';
import { callOf, headersOf, type Call } from '../telemetry/call.ts';
import type { Message } from './message.ts';

/** Work for one message of a conversation: its place in line is taken while this lasts. */
const NUMBERING_MS = 12;

interface Arrived {
  readonly call: Call;
  readonly message: Message;
}

export async function startTransfer(instance: Instance): Promise<Running> {
  const redis = openRedis(instance);
  const storing = openRedis(instance);
  const database = openDatabase(instance);
  consumeForEver({ instance, redis, stream: 'toRedis', group: 'redis' }, async (messages) =>
    transferBatch(instance, redis, messages.map(arrivedOf)),
  );
  consumeForEver(
    { instance, redis: storing, stream: 'toMongo', group: 'mongo' },
    async (messages) => storeBatch(instance, database, messages.map(arrivedOf)),
  );
  const running = await startRpcServer({ instance, methods: {} });
  return { ...running, settingsChanged: () => database.reset() };
}

function arrivedOf({ fields }: StreamMessage): Arrived {
  return { call: callOf(fields), message: JSON.parse(fields['msg'] ?? '{}') as Message };
}

async function transferBatch(
  instance: Instance,
  redis: Redis,
  arrived: readonly Arrived[],
): Promise<void> {
  const { log } = instance;
  for (const { call, message } of arrived)
    log.info(
      call,
      'msgtransfer/online_history_msg_handler.go:131',
      'msg arrived channel',
      idsOf(message),
    );
  const conversations = Map.groupBy(arrived, ({ message }) => message.conversationID);
  await Promise.all(
    [...conversations.values()].map(async (batch) => transferConversation(instance, redis, batch)),
  );
}

async function transferConversation(
  instance: Instance,
  redis: Redis,
  batch: readonly Arrived[],
): Promise<void> {
  const { log, settings } = instance;
  const [first] = batch;
  if (!first) return;
  const { conversationID } = first.message;
  log.debug(first.call, 'msgtransfer/online_history_msg_handler.go:204', 'handle storage msg', {
    conversationID,
    count: batch.length,
  });
  // Numbers follow each other without a gap, so one message of a conversation after the other.
  for (const each of batch) {
    const span = consumerSpan('toRedis', 'redis');
    await instance.tracing
      .inSpan(each.call, span, async (call) => {
        await sleep(instance.time, NUMBERING_MS + settings().consumerDelayMs);
        await writeToCache(instance, redis, call, each.message);
        await handOn(instance, redis, call, each.message);
      })
      // The batch counts as done all the same: what was in it is gone.
      .catch((error: unknown) => {
        log.warn(
          first.call,
          'msgtransfer/online_history_msg_handler.go:262',
          'batch data insert to redis err',
          { conversationID, ...idsOf(each.message) },
          error,
        );
      });
  }
  log.debug(
    first.call,
    'msgtransfer/online_history_msg_handler.go:281',
    'BatchInsertChat2Cache end',
    { conversationID, count: batch.length },
  );
}

async function writeToCache(
  { settings }: Instance,
  redis: Redis,
  call: Call,
  message: Message,
): Promise<void> {
  const seq = await redis.increment(call, `seq:${message.conversationID}`);
  const value = JSON.stringify({ ...message, seq });
  const { cacheValueBytesMax } = settings();
  if (value.length > cacheValueBytesMax)
    throw coded(
      'internal',
      `value of ${value.length} bytes is over cache.valueBytesMax ${cacheValueBytesMax}`,
    );
  await redis.set(call, `msg:${message.conversationID}`, value);
}

async function handOn(
  instance: Instance,
  redis: Redis,
  call: Call,
  message: Message,
): Promise<void> {
  const fields = { ...headersOf(call), msg: JSON.stringify(message) };
  await redis.publish(call, 'toPush', fields);
  instance.log.debug(
    call,
    'msgtransfer/online_history_msg_handler.go:301',
    'toPushTopic end',
    idsOf(message),
  );
  await redis.publish(call, 'toMongo', fields);
  instance.log.debug(
    call,
    'msgtransfer/online_history_msg_handler.go:309',
    'MsgToMongoMQ end',
    idsOf(message),
  );
}

async function storeBatch(
  instance: Instance,
  database: Database,
  arrived: readonly Arrived[],
): Promise<void> {
  const { log, tracing } = instance;
  await Promise.all(
    arrived.map(async ({ call, message }) => {
      log.info(
        call,
        'msgtransfer/online_msg_to_mongo_handler.go:48',
        'mongo consumer recv msg',
        idsOf(message),
      );
      const { conversationID } = message;
      const request = {
        operation: 'insert',
        collection: 'msg',
        key: conversationID,
        document: JSON.stringify(message),
      } as const;
      await tracing
        .inSpan(call, consumerSpan('toMongo', 'mongo'), async (inner) =>
          database.run(inner, request),
        )
        .catch((error: unknown) => {
          log.error(
            call,
            'msgtransfer/online_msg_to_mongo_handler.go:59',
            'batch data insert to mongo err',
            { conversationID, ...idsOf(message) },
            error,
          );
        });
    }),
  );
}

function consumerSpan(
  stream: string,
  group: string,
): {
  readonly name: string;
  readonly kind: 'CONSUMER';
  readonly attributes: Readonly<Record<string, string>>;
} {
  const attributes = {
    'messaging.system': 'redis',
    'messaging.destination.name': stream,
    'messaging.consumer.group.name': group,
  };
  return { name: `${stream} process`, kind: 'CONSUMER', attributes };
}

function idsOf({ clientMsgID, serverMsgID }: Message): Readonly<Record<string, string>> {
  return { clientMsgID, serverMsgID };
}
