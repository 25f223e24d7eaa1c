/** Connections to one database: so many at the same time, the others wait in line, not for ever. */
import type { Duplex } from 'node:stream';
import { createInterface, type Interface } from 'node:readline';
import type { Instance } from '../instance.ts';
import { addressOf, type Peer } from '../net/names.ts';
import { within } from '../net/time.ts';
import type { DatabaseAnswer, DatabaseRequest } from './database-server.ts';

const CHECKOUT_MS = 400;
const WAITING_MAX = 10_000;

interface Connection {
  readonly socket: Duplex;
  readonly lines: Interface;
}

export class ConnectionPool {
  private readonly instance: Instance;
  private idle: Connection[] = [];
  private inUse = 0;
  private readonly line: (() => void)[] = [];
  private requests = 0;

  constructor(instance: Instance) {
    this.instance = instance;
  }

  /** `peer` is looked up for each request, so that a pool outlives a database's restart. */
  async run(peer: Peer, request: Omit<DatabaseRequest, 'id'>): Promise<readonly string[]> {
    await this.checkOut();
    const isLeaked = this.instance.random() < this.instance.settings().poolLeakShare;
    let connection: Connection | undefined;
    try {
      connection = this.idle.pop() ?? (await this.open(peer));
      const answer = await this.exchange(peer, connection, request);
      if ('error' in answer) throw new Error(answer.error);
      if (!isLeaked) this.idle.push(connection);
      return answer.documents;
    } catch (error) {
      // An answer that says no leaves the connection as it is; anything else may have broken it.
      if (connection && error instanceof Error && error.message.startsWith('('))
        this.idle.push(connection);
      else connection?.socket.destroy();
      throw error;
    } finally {
      if (!isLeaked) this.checkIn();
    }
  }

  private async checkOut(): Promise<void> {
    const { poolMax } = this.instance.settings();
    if (this.inUse < poolMax) {
      this.inUse += 1;
      return;
    }
    if (this.line.length >= WAITING_MAX) throw new Error('too many requests wait for a connection');
    const turn = Promise.withResolvers<void>();
    const mine = (): void => turn.resolve();
    this.line.push(mine);
    const reason = `timed out while checking out a connection from connection pool: context deadline exceeded; maxPoolSize: ${poolMax}, connections in use by other operations: ${this.inUse}`;
    try {
      await within(turn.promise, { time: this.instance.time, ms: CHECKOUT_MS, reason });
    } catch (error) {
      const place = this.line.indexOf(mine);
      if (place >= 0) this.line.splice(place, 1);
      throw error;
    }
  }

  /** The connection goes to who waits longest. */
  private checkIn(): void {
    const next = this.line.shift();
    if (next) next();
    else this.inUse -= 1;
  }

  /** Gives back what leaked; for the end of a fault. */
  reset(): void {
    this.inUse = 0;
    for (const { socket } of this.idle.splice(0)) socket.destroy();
    for (const next of this.line.splice(0)) next();
  }

  private async open(peer: Peer): Promise<Connection> {
    const { databasePort, unreachable } = this.instance.settings();
    const address = databasePort === 0 ? addressOf(peer) : `${peer.instance}:${databasePort}`;
    if (unreachable.includes('mongodb'))
      return await within(new Promise<never>(() => undefined), {
        time: this.instance.time,
        ms: CHECKOUT_MS,
        reason: topology(address, `dial tcp ${address}: i/o timeout`),
      });
    const socket = this.instance.network.connect(
      databasePort === 0 ? peer.socketPort : databasePort,
    );
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', () =>
        reject(new Error(topology(address, `dial tcp ${address}: connect: connection refused`))),
      );
    });
    socket.on('error', () => socket.destroy());
    const lines = createInterface({ input: socket });
    // A connection that broke is told of by the socket.
    lines.on('error', () => socket.destroy());
    return { socket, lines };
  }

  private async exchange(
    peer: Peer,
    { socket, lines }: Connection,
    request: Omit<DatabaseRequest, 'id'>,
  ): Promise<DatabaseAnswer> {
    this.requests += 1;
    const answer = new Promise<DatabaseAnswer>((resolve, reject) => {
      const lost = (): void =>
        reject(new Error(`connection(${addressOf(peer)}) incomplete read of message header: EOF`));
      socket.once('close', lost);
      lines.once('line', (line) => {
        socket.off('close', lost);
        resolve(JSON.parse(line) as DatabaseAnswer);
      });
    });
    if (socket.destroyed) throw new Error(`connection(${addressOf(peer)}) socket was closed`);
    socket.write(`${JSON.stringify({ id: this.requests, ...request })}\n`);
    const { rpcTimeoutMs } = this.instance.settings();
    return await within(answer, {
      time: this.instance.time,
      ms: rpcTimeoutMs,
      reason: `connection(${addressOf(peer)}) context deadline exceeded`,
    });
  }
}

/** As the MongoDB driver for Go says it. */
function topology(address: string, lastError: string): string {
  return `server selection error: context deadline exceeded, current topology: { Type: Single, Servers: [{ Addr: ${address}, Type: Unknown, Last error: ${lastError} }, ] }`;
}
