/** One user with the app open: logs in, sends, reads, and now and then asks for what is not to be had. */
import type { Instance } from '../instance.ts';
import { hexId, uuid } from '../seeded-random.ts';
import { coded, isRefusal } from '../net/coded-error.ts';
import { sleep } from '../net/time.ts';
import { conversationOf } from '../services/message.ts';
import { newCall, type Call } from '../telemetry/call.ts';
import type { Json } from '../net/rpc-server.ts';
import { callApi } from './api-client.ts';
import { GROUPS, USERS } from './people.ts';
import { PHRASES } from './phrases.ts';
import { UserSocket } from './socket.ts';
import { argumentsOf, callModule } from './wasm.ts';

const THINKING_MS = 180;
const FLOODED_GROUP = 'g2001';
const RECONNECT_MS = 60;

interface Did {
  readonly messageId: string;
  readonly receivers: number;
}

const NOTHING: Did = { messageId: '', receivers: 0 };

interface Action {
  readonly name: string;
  readonly weight: number;
  readonly run: (call: Call) => Promise<Did>;
}

export class User {
  private readonly instance: Instance;
  private readonly userId: string;
  private token = '';
  private socket: UserSocket | undefined;
  private readonly actions: readonly Action[];

  constructor(instance: Instance, userId: string) {
    this.instance = instance;
    this.userId = userId;
    this.actions = [
      {
        name: 'send',
        weight: 34,
        run: async (call) => this.send(call, { recvID: this.someone() }),
      },
      {
        name: 'send to group',
        weight: 22,
        run: async (call) => this.send(call, { groupID: this.ownGroup() }),
      },
      { name: 'read history', weight: 12, run: async (call) => this.pull(call) },
      { name: 'mark as read', weight: 12, run: async (call) => this.markRead(call) },
      { name: 'list conversations', weight: 10, run: async (call) => this.listConversations(call) },
      { name: 'log in again', weight: 4, run: async (call) => this.logIn(call) },
      { name: 'blocked', weight: 2, run: async (call) => this.send(call, { recvID: 'u1003' }) },
      {
        name: 'no such group',
        weight: 2,
        run: async (call) => this.send(call, { groupID: 'g9999' }),
      },
      {
        name: 'empty message',
        weight: 1,
        run: async (call) => this.send(call, { recvID: 'u1004', content: undefined }),
      },
      {
        name: 'bad token',
        weight: 1,
        run: async (call) => this.pull(call, 'eyJhbGciOiJIUzI1NiJ9.e30.forged'),
      },
    ];
  }

  async live(): Promise<never> {
    const { random, time } = this.instance;
    for (;;) {
      await sleep(time, THINKING_MS * (0.2 + 1.6 * random()));
      if (!this.socket) await this.attempt('log in', async (call) => this.logIn(call));
      else {
        const { name, run } = this.choose();
        await this.attempt(name, run);
      }
    }
  }

  /** Messages to one group, as many a second as the settings say. */
  async flood(): Promise<never> {
    for (;;) {
      const { floodPerSecond } = this.instance.settings();
      await sleep(this.instance.time, floodPerSecond === 0 ? 50 : 1_000 / floodPerSecond);
      if (floodPerSecond > 0 && this.socket && GROUPS.get(FLOODED_GROUP)?.includes(this.userId))
        void this.attempt('flood', async (call) => this.send(call, { groupID: FLOODED_GROUP }));
    }
  }

  private choose(): Action {
    const [first] = this.actions;
    let rest = this.instance.random() * this.actions.reduce((sum, { weight }) => sum + weight, 0);
    const chosen = this.actions.find(({ weight }) => (rest -= weight) < 0) ?? first;
    if (!chosen) throw new Error('there is nothing to do');
    return chosen;
  }

  private async attempt(name: string, run: (call: Call) => Promise<Did>): Promise<void> {
    const { instance, userId } = this;
    const { log, clock, tracing, report } = instance;
    const call = newCall(uuid(instance.random), userId);
    const startedAtMs = clock.nowMs();
    const done = (error: unknown, did: Did): void => {
      const result = error === undefined ? 'ok' : isRefusal(error) ? 'refused' : 'failed';
      const durationMs = clock.nowMs() - startedAtMs;
      const reason = error instanceof Error ? error.message : '';
      report({
        kind: 'done',
        operationId: call.operationId,
        action: name,
        startedAtMs,
        durationMs,
        result,
        reason,
        ...did,
      });
      const cost = `${Math.round(durationMs)} ms`;
      if (error === undefined)
        log.info(call, 'open_im_sdk/caller.go:121', 'fn call success', {
          'function name': name,
          'cost time': cost,
        });
      else
        log.error(
          call,
          'open_im_sdk/caller.go:112',
          'fn call error',
          { 'function name': name, 'cost time': cost },
          error,
        );
    };
    log.info(call, 'open_im_sdk/caller.go:87', 'func call req', { 'function name': name });
    try {
      const did = await tracing.inSpan(call, { name: `sdk ${name}`, kind: 'INTERNAL' }, run);
      done(undefined, did);
    } catch (error) {
      done(error, NOTHING);
    }
  }

  private async logIn(call: Call): Promise<Did> {
    const { instance, userId } = this;
    const path = '/auth/get_user_token';
    const { token } = await callApi(instance, call, {
      path,
      body: { userID: userId, platformID: 5 },
    });
    this.token = String(token);
    this.socket?.close();
    this.socket = undefined;
    const options = {
      instance,
      userId,
      token: this.token,
      onMessage: (from: Call, data: Json) => void this.received(from, data),
      onClose: () => void this.reconnect(opened),
    };
    const opened: UserSocket = await UserSocket.open(call, options);
    this.socket = opened;
    return NOTHING;
  }

  /** With the token it has: only who is told that it is no good logs in again. */
  private async reconnect(closed: UserSocket): Promise<void> {
    if (this.socket !== closed) return;
    this.socket = undefined;
    await sleep(this.instance.time, RECONNECT_MS * this.instance.random());
    if (this.socket === undefined)
      await this.attempt('reconnect', async (call) => this.logIn(call));
  }

  private async received(from: Call, data: Json): Promise<void> {
    const { instance, userId } = this;
    const clientMsgID = String(data['clientMsgID']);
    const call: Call = { ...from, userId };
    await instance.tracing.inSpan(
      call,
      { name: 'sdk receive', kind: 'CONSUMER' },
      async (inner) => {
        instance.log.info(inner, 'conversation_msg/notification.go:58', 'onRecvNewMessage', {
          clientMsgID,
          conversationID: data['conversationID'],
        });
        await Promise.resolve();
      },
    );
    instance.report({ kind: 'received', messageId: clientMsgID, atMs: instance.clock.nowMs() });
  }

  private async send(call: Call, to: Json): Promise<Did> {
    const clientMsgID = hexId(this.instance.random, 16);
    const content = 'content' in to ? to['content'] : this.phrase();
    const socket = this.socket;
    if (!socket) throw coded('network', 'not connected');
    const answer = await socket.request(call, { ...to, content, clientMsgID, contentType: 101 });
    return { messageId: clientMsgID, receivers: Number(answer['receivers'] ?? 0) };
  }

  private async pull(call: Call, token: string = this.token): Promise<Did> {
    const body = { conversationID: this.conversation(), begin: 1, end: 20 };
    await callApi(this.instance, call, { path: '/msg/pull_msg_by_seq', body, token });
    return NOTHING;
  }

  private async markRead(call: Call): Promise<Did> {
    const path = '/msg/mark_conversation_as_read';
    const body = { conversationID: this.conversation(), userID: this.userId, seq: 8 };
    await callApi(this.instance, call, { path, body, token: this.token });
    return NOTHING;
  }

  private async listConversations(call: Call): Promise<Did> {
    const args = argumentsOf(this.instance.settings().scriptVersion, call);
    callModule(this.instance, call, 'getAllConversationList', args);
    return Promise.resolve(NOTHING);
  }

  private phrase(): string {
    return this.oneOf(PHRASES);
  }

  /** Somebody who takes messages from this user. */
  private someone(): string {
    return this.oneOf(USERS.filter((user) => user !== this.userId && user !== 'u1003'));
  }

  private ownGroup(): string {
    const own = [...GROUPS].filter(([, members]) => members.includes(this.userId));
    return this.oneOf(own.map(([group]) => group));
  }

  private conversation(): string {
    if (this.instance.random() < 0.4) return `sg_${this.ownGroup()}`;
    return conversationOf({ sendID: this.userId, recvID: this.someone(), groupID: '' });
  }

  private oneOf(values: readonly string[]): string {
    return values[Math.floor(this.instance.random() * values.length)] ?? '';
  }
}
