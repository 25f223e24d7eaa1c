/** openim-msggateway: holds the clients' WebSocket connections, takes their requests and brings them messages. */
import type { IncomingMessage } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { textOf } from '../net/frame-text.ts';
import type { Instance, Running } from '../instance.ts';
import { coded } from '../net/coded-error.ts';
import { RequestRate } from '../net/request-rate.ts';
import { callRpc } from '../net/rpc-client.ts';
import { envelopeOf, startRpcServer, type Json } from '../net/rpc-server.ts';
import { hexId } from '../seeded-random.ts';
import { every } from '../net/time.ts';
import { callOf, headersOf, type Call } from '../telemetry/call.ts';
import type { Message } from './message.ts';

const SEND_MESSAGE = 1003;
const HEARTBEAT = 1000;
const PUSH = 2001;
const NORMAL_CLOSE = 1000;
const POLICY_VIOLATION = 1008;
const LIFETIME_CHECK_MS = 10;

/** Frame of a client. `headers` carry the operation's ids and its place in the trace. */
export interface ClientFrame {
  readonly reqIdentifier: number;
  readonly msgIncr: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Json;
}

interface Connection {
  readonly socket: WebSocket;
  readonly userId: string;
  readonly connectionId: string;
  readonly remoteAddress: string;
}

interface Gateway {
  readonly instance: Instance;
  readonly rate: RequestRate;
  readonly connections: Map<string, Connection>;
}

export async function startGateway(instance: Instance): Promise<Running> {
  const gateway: Gateway = {
    instance,
    rate: new RequestRate(instance),
    connections: new Map(),
  };
  return await startRpcServer({
    instance,
    methods: {
      '/openim.msggateway.msgGateway/SuperGroupOnlineBatchPushOneMsg': async (call, request) =>
        Promise.resolve(push(gateway, call, request)),
    },
    prepare: (server) => {
      const sockets = new WebSocketServer({ server, maxPayload: 256 * 1024 });
      sockets.on('connection', (socket, request) => void accept(gateway, socket, request));
    },
  });
}

async function accept(
  gateway: Gateway,
  socket: WebSocket,
  request: IncomingMessage,
): Promise<void> {
  const { instance, connections } = gateway;
  const { log, tracing } = instance;
  const query = Object.fromEntries(new URL(request.url ?? '/', 'ws://gateway').searchParams);
  const userId = query['sendID'] ?? '';
  const connectionId = hexId(instance.random, 16);
  const remoteAddress = `172.18.0.1:${50_000 + Math.floor(instance.random() * 10_000)}`;
  const connection: Connection = { socket, userId, connectionId, remoteAddress };
  const call: Call = { ...callOf(query), connectionId, userId };
  const span = {
    name: 'ws connect',
    kind: 'SERVER',
    attributes: { connID: connectionId },
  } as const;
  // Frames may come while the token is being checked; the client waits for the answer.
  socket.on('message', (data) => void received(gateway, connection, textOf(data)));
  socket.on('error', () => socket.terminate());
  try {
    await tracing.inSpan(call, span, async (inner) => {
      log.debug(inner, 'msggateway/ws_server.go:536', 'new conn', { remoteAddr: remoteAddress });
      if (userId === '' || !query['token'])
        throw coded('arguments', 'need token, sendID, platformID token is empty');
      await callRpc(instance, inner, {
        service: 'openim-rpc-auth',
        method: '/openim.auth.Auth/parseToken',
        request: { token: query['token'] },
      });
    });
  } catch (error) {
    log.warn(
      call,
      'msggateway/http_error.go:23',
      'ws connection error',
      { remoteAddr: remoteAddress },
      error,
    );
    socket.send(JSON.stringify({ reqIdentifier: 0, ...envelopeOf(error) }));
    socket.close(POLICY_VIOLATION, 'refused');
    return;
  }
  connections.get(userId)?.socket.close(NORMAL_CLOSE, 'another login');
  connections.set(userId, connection);
  log.info(call, 'msggateway/ws_server.go:271', 'registerClient', {
    remoteAddr: remoteAddress,
    userID: userId,
    platformID: 5,
  });
  socket.send(JSON.stringify({ reqIdentifier: 0, errCode: 0 }));
  socket.on('close', (code) => closed(gateway, connection, call, code));
  limitLifetime(gateway, connection, call);
}

function closed(
  { instance, connections }: Gateway,
  connection: Connection,
  call: Call,
  code: number,
): void {
  const { userId, remoteAddress } = connection;
  if (connections.get(userId) === connection) connections.delete(userId);
  const reason = `read message websocket: close ${code}`;
  const write = code === NORMAL_CLOSE ? instance.log.debug : instance.log.warn;
  write(
    call,
    'msggateway/client_conn.go:78',
    'websocket connection closed',
    { remoteAddr: remoteAddress },
    reason,
  );
  instance.log.debug(call, 'msggateway/ws_server.go:449', 'user offline', {
    remoteAddr: remoteAddress,
    'close reason': reason,
    'online user Num': connections.size,
  });
}

/** Looks from time to time, so that a changed setting holds for connections that are open. */
function limitLifetime({ instance }: Gateway, { socket }: Connection, call: Call): void {
  const { time, settings, log } = instance;
  const openedAtMs = time.nowMs();
  const stop = every(time, LIFETIME_CHECK_MS, () => {
    const { connectionLifetimeMs: lifetimeMs } = settings();
    if (lifetimeMs === 0 || time.nowMs() - openedAtMs < lifetimeMs) return;
    const caller = 'msggateway/client_conn.go:61';
    log.warn(call, caller, 'connection is over its lifetime, closing', { lifetimeMs });
    socket.terminate();
  });
  socket.on('close', stop);
}

async function received(gateway: Gateway, connection: Connection, text: string): Promise<void> {
  const { instance, rate } = gateway;
  const { log, tracing, clock } = instance;
  const frame = JSON.parse(text) as ClientFrame;
  const { socket, connectionId, userId } = connection;
  if (frame.reqIdentifier === HEARTBEAT)
    return socket.send(JSON.stringify({ reqIdentifier: HEARTBEAT, errCode: 0 }));
  const call: Call = { ...callOf(frame.headers), connectionId, userId };
  const { reqIdentifier, msgIncr, data } = frame;
  const answer = (envelope: Json): void => {
    const { operationId: operationID } = call;
    const body = JSON.stringify({ reqIdentifier, msgIncr, operationID, ...envelope });
    if (socket.readyState === socket.OPEN) return socket.send(body);
    log.warn(
      call,
      'msggateway/client.go:288',
      'wireBytesEncode write message err',
      { reqIdentifier },
      'websocket: close sent',
    );
  };
  const startedAtMs = clock.nowMs();
  log.info(call, 'msggateway/client.go:201', 'gateway req message', {
    reqIdentifier,
    msgIncr,
    sendID: userId,
  });
  const span = {
    name: 'ws SendMsg',
    kind: 'SERVER',
    attributes: { connID: connectionId },
  } as const;
  try {
    const response = await tracing.inSpan(call, span, async (inner) => {
      if (!rate.takes()) throw coded('overload', 'too many requests: rate limit exceeded');
      if (reqIdentifier !== SEND_MESSAGE)
        throw coded('arguments', `no reqIdentifier ${reqIdentifier}`);
      return await callRpc(instance, inner, {
        service: 'openim-rpc-msg',
        method: '/openim.msg.msg/SendMsg',
        request: { ...data, sendID: userId },
      });
    });
    const cost = `${(clock.nowMs() - startedAtMs).toFixed(3)}ms`;
    log.info(call, 'msggateway/client.go:251', 'gateway resp message', {
      reqIdentifier,
      msgIncr,
      cost,
    });
    answer({ errCode: 0, data: response });
  } catch (error) {
    log.error(
      call,
      'msggateway/client.go:246',
      'gateway resp message err',
      { reqIdentifier, msgIncr },
      error,
    );
    answer(envelopeOf(error));
  }
}

function push({ instance, connections }: Gateway, call: Call, request: Json): Json {
  const message = request['message'] as Message;
  const users = Array.isArray(request['pushToUserIDs']) ? request['pushToUserIDs'].map(String) : [];
  const online = users.flatMap((user) => connections.get(user) ?? []);
  for (const { socket, userId, connectionId } of online) {
    const { clientMsgID, conversationID } = message;
    const fields = { userID: userId, connID: connectionId, clientMsgID, conversationID };
    instance.log.info(call, 'msggateway/client.go:312', 'PushMessage', fields);
    socket.send(
      JSON.stringify({
        reqIdentifier: PUSH,
        headers: headersOf(call),
        data: { clientMsgID, conversationID, content: message.content },
      }),
    );
  }
  return { pushed: online.length };
}
