/** The WebSocket of one user: requests with their answers, messages as they come. */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Instance } from '../instance.ts';
import { textOf } from '../net/frame-text.ts';
import { CodedError, coded } from '../net/coded-error.ts';
import type { Peer } from '../net/names.ts';
import type { Json } from '../net/rpc-server.ts';
import { every, within, type Time } from '../net/time.ts';
import { callOf, headersOf, type Call } from '../telemetry/call.ts';

const HEARTBEAT_MS = 1_000;
const ANSWER_MS = 2_500;

interface Frame {
  readonly reqIdentifier: number;
  readonly msgIncr?: string;
  readonly errCode?: number;
  readonly errMsg?: string;
  readonly errDlt?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly data?: Json;
}

type Settle = { readonly resolve: (data: Json) => void; readonly reject: (error: Error) => void };

export interface UserSocketOptions {
  readonly instance: Instance;
  readonly userId: string;
  readonly token: string;
  readonly onMessage: (call: Call, data: Json) => void;
  readonly onClose: (code: number) => void;
}

export class UserSocket {
  private readonly socket: WebSocket;
  private readonly waiting = new Map<string, Settle>();
  private readonly time: Time;
  private requests = 0;

  private constructor(socket: WebSocket, { instance, onMessage, onClose }: UserSocketOptions) {
    this.socket = socket;
    this.time = instance.time;
    const stopHeartbeat = every(instance.time, HEARTBEAT_MS, () =>
      this.write({ reqIdentifier: 1000, headers: {}, msgIncr: '', data: {} }),
    );
    socket.on('message', (text) => this.received(JSON.parse(textOf(text)) as Frame, onMessage));
    socket.on('close', (code) => {
      stopHeartbeat();
      for (const { reject } of this.waiting.values())
        reject(coded('network', `connection closed: websocket: close ${code} (abnormal closure)`));
      this.waiting.clear();
      onClose(code);
    });
  }

  /** Resolves when the gateway has accepted the user. */
  static async open(call: Call, options: UserSocketOptions): Promise<UserSocket> {
    const { instance, userId, token } = options;
    const peer = gatewayOf(instance, userId);
    const query = new URLSearchParams({
      ...headersOf(call),
      sendID: userId,
      platformID: '5',
      token,
    });
    const socket = new WebSocket(`ws://127.0.0.1:${peer.socketPort}/?${query.toString()}`, {
      createConnection: () => instance.network.connect(peer.socketPort) as Socket,
      perMessageDeflate: false,
    });
    const accepted = new Promise<void>((resolve, reject) => {
      socket.once('error', (error) => reject(coded('network', `websocket: ${error.message}`)));
      socket.once('close', (code) => reject(coded('network', `websocket: close ${code}`)));
      socket.once('message', (text) => {
        const { errCode = 0, errMsg = '', errDlt = '' } = JSON.parse(textOf(text)) as Frame;
        if (errCode === 0) resolve();
        else reject(new CodedError(errCode, errMsg, errDlt));
      });
    });
    await within(accepted, {
      time: instance.time,
      ms: ANSWER_MS,
      reason: 'websocket: no answer to the handshake',
    });
    return new UserSocket(socket, options);
  }

  async request(call: Call, data: Json): Promise<Json> {
    this.requests += 1;
    const msgIncr = String(this.requests);
    const answer = new Promise<Json>((resolve, reject) =>
      this.waiting.set(msgIncr, { resolve, reject }),
    );
    this.write({ reqIdentifier: 1003, msgIncr, headers: headersOf(call), data });
    try {
      return await within(answer, {
        time: this.time,
        ms: ANSWER_MS,
        reason: 'no answer: context deadline exceeded',
      });
    } finally {
      this.waiting.delete(msgIncr);
    }
  }

  close(): void {
    this.socket.close(1000);
  }

  private write(frame: Frame): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private received(frame: Frame, onMessage: UserSocketOptions['onMessage']): void {
    const { reqIdentifier, msgIncr = '', errCode = 0, errMsg = '', errDlt = '', data = {} } = frame;
    if (reqIdentifier === 2001) return onMessage(callOf(frame.headers ?? {}), data);
    const waiting = this.waiting.get(msgIncr);
    if (errCode === 0) waiting?.resolve(data);
    else waiting?.reject(new CodedError(errCode, errMsg, errDlt));
  }
}

/** Always the same for a user, as a load balancer that remembers has it. */
function gatewayOf({ names }: Instance, userId: string): Peer {
  const gateways = names.resolve('openim-msggateway');
  const gateway = gateways[Number(userId.slice(1)) % gateways.length];
  if (!gateway) throw coded('network', 'there is no gateway');
  return gateway;
}
