/** openim-api: HTTP for clients. Always 200; whether it went well is in the body's errCode. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Instance, Running } from '../instance.ts';
import { coded } from '../net/coded-error.ts';
import { RequestRate } from '../net/request-rate.ts';
import { callRpc } from '../net/rpc-client.ts';
import { envelopeOf, goDuration, readJson, type Json } from '../net/rpc-server.ts';
import { uuid } from '../seeded-random.ts';
import { callOf, type Call } from '../telemetry/call.ts';
import type { Service } from '../topology.ts';

interface Target {
  readonly service: Service;
  readonly method: string;
  readonly needsToken: boolean;
}

const ROUTES: Readonly<Record<string, Target>> = {
  '/auth/get_user_token': {
    service: 'openim-rpc-auth',
    method: '/openim.auth.Auth/getUserToken',
    needsToken: false,
  },
  '/msg/pull_msg_by_seq': {
    service: 'openim-rpc-msg',
    method: '/openim.msg.msg/PullMessageBySeqs',
    needsToken: true,
  },
  '/msg/mark_conversation_as_read': {
    service: 'openim-rpc-msg',
    method: '/openim.msg.msg/MarkConversationAsRead',
    needsToken: true,
  },
  '/group/get_group_member_ids': {
    service: 'openim-rpc-group',
    method: '/openim.group.group/getGroupMemberUserIDs',
    needsToken: true,
  },
};

export async function startApi(instance: Instance): Promise<Running> {
  const rate = new RequestRate(instance);
  const server = createServer(
    (request, response) => void answer(instance, rate, request, response),
  );
  const listener = await instance.network.listen((connection) =>
    server.emit('connection', connection),
  );
  const { port, instance: name } = instance.identity;
  instance.log.info(
    undefined,
    'api/init.go:71',
    `openim-api server is listening on ${name}:${port}`,
    { port },
  );
  return { socketPort: listener.port };
}

async function answer(
  instance: Instance,
  rate: RequestRate,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { log, tracing, clock } = instance;
  const call = callOf(request.headers);
  const path = request.url ?? '/';
  const about = { httpID: uuid(instance.random), method: request.method ?? '', requestURI: path };
  const startedAtMs = clock.nowMs();
  const span = {
    name: `${about.method} ${path}`,
    kind: 'SERVER',
    attributes: { 'http.request.method': about.method, 'http.route': path },
  } as const;
  log.info(call, 'api/logger.go:41', 'http request received', about);
  const body = await tracing
    .inSpan(call, span, async (inner, active) => {
      const data = await route(instance, rate, inner, request);
      active.setAttribute('http.response.status_code', 200);
      return { errCode: 0, errMsg: '', errDlt: '', data };
    })
    .catch(envelopeOf);
  const cost = goDuration(clock.nowMs() - startedAtMs);
  const respBody = JSON.stringify(body);
  log.info(call, 'api/logger.go:54', 'http request processed', {
    ...about,
    status: 200,
    cost,
    respBody,
  });
  response.writeHead(200, { 'content-type': 'application/json' }).end(respBody);
}

async function route(
  instance: Instance,
  rate: RequestRate,
  call: Call,
  request: IncomingMessage,
): Promise<Json> {
  const target = ROUTES[request.url ?? ''];
  if (call.operationId === '') throw coded('arguments', 'header must have operationID');
  if (!target) throw coded('notFound', 'no such route');
  if (!rate.takes()) throw coded('overload', 'too many requests: rate limit exceeded');
  const body = await readJson(request);
  const { service, method, needsToken } = target;
  if (needsToken) {
    const token = String(request.headers['token'] ?? '');
    const parse = { service: 'openim-rpc-auth', method: '/openim.auth.Auth/parseToken' } as const;
    await callRpc(instance, call, { ...parse, request: { token } });
  }
  return await callRpc(instance, call, { service, method, request: body });
}
