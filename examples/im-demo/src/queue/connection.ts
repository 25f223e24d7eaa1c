/** One connection to Redis: commands in order, answers in order. Connects again when it broke. */
import type { Duplex } from 'node:stream';
import type { Instance } from '../instance.ts';
import { addressOf, type Peer } from '../net/names.ts';
import { within } from '../net/time.ts';
import { encodeCommand, RedisError, RespReader, type Reply } from './resp.ts';

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

export class RedisConnection {
  private readonly instance: Instance;
  private socket: Promise<Duplex> | undefined;
  private waiting: Waiting[] = [];

  constructor(instance: Instance) {
    this.instance = instance;
  }

  peer(): Peer {
    return this.instance.names.next('redis');
  }

  /** Rejects with what Redis answers, or what a client says of a connection. */
  async command(parts: readonly (string | number)[], timeoutMs: number): Promise<Reply> {
    const peer = this.peer();
    const address = addressOf(peer);
    const { time } = this.instance;
    if (this.instance.settings().unreachable.includes('redis'))
      return await within(new Promise<never>(() => undefined), {
        time,
        ms: timeoutMs,
        reason: `dial tcp ${address}: i/o timeout`,
      });
    const reply = this.exchange(peer, parts);
    return await within(reply, {
      time,
      ms: timeoutMs,
      reason: `redis: read tcp ${address}: i/o timeout`,
    });
  }

  private async exchange(peer: Peer, parts: readonly (string | number)[]): Promise<Reply> {
    this.socket ??= this.open(peer);
    const socket = await this.socket;
    return await new Promise<Reply>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      socket.write(encodeCommand(parts));
    });
  }

  private async open(peer: Peer): Promise<Duplex> {
    const reader = new RespReader();
    const socket = this.instance.network.connect(peer.socketPort);
    const fail = (): void => {
      this.socket = undefined;
      const error = new Error(`dial tcp ${addressOf(peer)}: connect: connection refused`);
      for (const { reject } of this.waiting.splice(0)) reject(error);
    };
    socket.on('data', (chunk: Uint8Array) => {
      for (const reply of reader.push(chunk)) this.settle(reply);
    });
    socket.on('close', fail);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', () => {
        fail();
        reject(new Error(`dial tcp ${addressOf(peer)}: connect: connection refused`));
      });
    });
    return socket;
  }

  private settle(reply: Reply): void {
    const waiting = this.waiting.shift();
    if (reply instanceof RedisError) waiting?.reject(reply);
    else waiting?.resolve(reply);
  }
}
