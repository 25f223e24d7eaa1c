/** openim-rpc-msg: takes messages, checks them, and puts them into the queue. */
import { BLOCKED } from '../clients/people.ts';
import type { Instance, Running } from '../instance.ts';
import { coded } from '../net/coded-error.ts';
import { callRpc } from '../net/rpc-client.ts';
import { startRpcServer, type Json } from '../net/rpc-server.ts';
import { hexId } from '../seeded-random.ts';
import { openRedis, type Redis } from '../queue/redis.ts';
import { openDatabase, type Database } from '../storage/database.ts';
import { headersOf, type Call } from '../telemetry/call.ts';
import { conversationOf, type Message } from './message.ts';
import { checkContent } from './content-check.ts';

interface Parts {
  readonly instance: Instance;
  readonly redis: Redis;
  readonly database: Database;
}

export async function startMsg(instance: Instance): Promise<Running> {
  const parts: Parts = { instance, redis: openRedis(instance), database: openDatabase(instance) };
  const running = await startRpcServer({
    instance,
    methods: {
      '/openim.msg.msg/SendMsg': async (call, request) => await send(parts, call, request),
      '/openim.msg.msg/PullMessageBySeqs': async (call, request) =>
        await pull(parts, call, request),
      '/openim.msg.msg/MarkConversationAsRead': async (call, request) =>
        await markRead(parts, call, request),
    },
  });
  return {
    ...running,
    settingsChanged: () => {
      running.settingsChanged?.();
      parts.database.reset();
    },
  };
}

async function send({ instance, redis }: Parts, call: Call, request: Json): Promise<Json> {
  const { sendID, recvID, groupID, clientMsgID, content } = request as Partial<Message>;
  if (!sendID || !clientMsgID || content === undefined)
    throw coded('arguments', 'msgData is incomplete');
  checkContent(instance.identity.version, content);
  const receivers = groupID
    ? await groupReceivers(instance, call, groupID, sendID)
    : [acceptedBy(sendID, recvID ?? '')];
  const conversationID = conversationOf({ sendID, recvID: recvID ?? '', groupID: groupID ?? '' });
  const serverMsgID = hexId(instance.random, 16);
  const message: Message = {
    sendID,
    recvID: recvID ?? '',
    groupID: groupID ?? '',
    clientMsgID,
    serverMsgID,
    conversationID,
    content,
    receivers,
  };
  await redis.publish(call, 'toRedis', { ...headersOf(call), msg: JSON.stringify(message) });
  instance.log.info(call, 'msg/send.go:118', 'msg to MQ success', {
    clientMsgID,
    serverMsgID,
    conversationID,
  });
  return { serverMsgID, clientMsgID, receivers: receivers.length };
}

async function groupReceivers(
  instance: Instance,
  call: Call,
  groupID: string,
  sendID: string,
): Promise<readonly string[]> {
  const { userIDs } = await callRpc(instance, call, {
    service: 'openim-rpc-group',
    method: '/openim.group.group/getGroupMemberUserIDs',
    request: { groupID },
  });
  const members = Array.isArray(userIDs) ? userIDs.map(String) : [];
  if (!members.includes(sendID)) throw coded('notInGroup', `${sendID} is not in ${groupID}`);
  return members.filter((member) => member !== sendID);
}

function acceptedBy(sendID: string, recvID: string): string {
  if (BLOCKED.get(recvID)?.includes(sendID)) throw coded('blocked');
  return recvID;
}

async function pull(
  { instance, redis, database }: Parts,
  call: Call,
  request: Json,
): Promise<Json> {
  const conversationID = String(request['conversationID']);
  const newest = await redis.get(call, `msg:${conversationID}`);
  const documents = await database.run(call, {
    operation: 'find',
    collection: 'msg',
    key: conversationID,
    document: '',
  });
  instance.log.debug(call, 'msg/sync_msg.go:77', 'pull message', {
    conversationID,
    isCached: newest !== undefined,
    count: documents.length,
  });
  return { conversationID, count: documents.length };
}

async function markRead({ database }: Parts, call: Call, request: Json): Promise<Json> {
  const conversationID = String(request['conversationID']);
  const document = JSON.stringify({ userID: request['userID'], hasReadSeq: request['seq'] });
  await database.run(call, {
    operation: 'update',
    collection: 'conversation',
    key: conversationID,
    document,
  });
  return { conversationID };
}
