/** openim-push: brings each message to the connections of those it is for. */
import type { Instance, Running } from '../instance.ts';
import { callRpc } from '../net/rpc-client.ts';
import { goDuration, startRpcServer } from '../net/rpc-server.ts';
import { sleep } from '../net/time.ts';
import { consumeForEver } from '../queue/consumer.ts';
import { openRedis, type StreamMessage } from '../queue/redis.ts';
import { callOf, type Call } from '../telemetry/call.ts';
import type { Message } from './message.ts';

export async function startPush(instance: Instance): Promise<Running> {
  const redis = openRedis(instance);
  consumeForEver({ instance, redis, stream: 'toPush', group: 'push' }, async (messages) => {
    for (const each of messages) await pushOne(instance, each);
  });
  return await startRpcServer({ instance, methods: {} });
}

async function pushOne(instance: Instance, { fields }: StreamMessage): Promise<void> {
  const { log, tracing, clock, settings } = instance;
  const message = JSON.parse(fields['msg'] ?? '{}') as Message;
  const { clientMsgID, conversationID } = message;
  const ids = { clientMsgID, conversationID };
  const caller = 'push/push_handler.go:131';
  const attributes = { 'messaging.system': 'redis', 'messaging.destination.name': 'toPush' };
  const span = { name: 'toPush process', kind: 'CONSUMER', attributes } as const;
  const call = callOf(fields);
  const startedAtMs = clock.nowMs();
  await tracing
    .inSpan(call, span, async (inner) => {
      log.info(inner, caller, 'Get msg from msg_transfer And push msg', ids);
      await sleep(instance.time, settings().consumerDelayMs);
      const online = message.receivers.filter(() => instance.random() >= settings().offlineShare);
      await Promise.all(
        instance.names
          .resolve('openim-msggateway')
          .map(async (peer) => toGateway(instance, inner, { message, online, peer })),
      );
      const cost = goDuration(clock.nowMs() - startedAtMs);
      log.info(inner, caller, 'Get msg from msg_transfer And push msg end', {
        ...ids,
        'time cost': cost,
      });
    })
    .catch((error: unknown) => log.error(call, caller, 'push msg failed', ids, error));
}

interface Delivery {
  readonly message: Message;
  readonly online: readonly string[];
  readonly peer: ReturnType<Instance['names']['next']>;
}

async function toGateway(
  instance: Instance,
  call: Call,
  { message, online, peer }: Delivery,
): Promise<void> {
  if (online.length === 0) return;
  await callRpc(instance, call, {
    service: 'openim-msggateway',
    method: '/openim.msggateway.msgGateway/SuperGroupOnlineBatchPushOneMsg',
    request: { message, pushToUserIDs: online },
    peer,
  });
}
