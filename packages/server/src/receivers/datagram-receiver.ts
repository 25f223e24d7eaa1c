/**
 * The frame of receivers over UDP. Nobody can be told to wait, so datagrams queue while a batch is stored,
 * and what is more than the queue takes is dropped and counted.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { Failure, messageOf } from '@tendril/model/failure';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { PeerGate } from './peer-gate.ts';
import type { ListenAddress, Receiver } from './receiver.ts';

export interface Datagram {
  readonly bytes: Uint8Array;
  readonly peer: string;
}

export type StoreDatagrams = (batch: readonly Datagram[], signal: AbortSignal) => Promise<void>;

export interface DatagramReceiverOptions {
  readonly name: string;
  readonly address: ListenAddress;
  readonly gate: PeerGate;
  readonly pipeline: Pipeline;
  /** Stores a batch; the next one is given when it is done. */
  readonly store: StoreDatagrams;
  readonly warn: (message: string) => void;
}

/** Some seconds at full rate; the memory of datagrams is beside it. */
const QUEUE_BYTES_MAX: number = 16 * 1024 * 1024;
const QUEUE_DATAGRAMS_MAX = 65_536;
const BATCH_DATAGRAMS_MAX = 4_096;
/** What the kernel keeps while we are busy; it gives as much as `net.core.rmem_max` allows. */
const KERNEL_BYTES: number = 8 * 1024 * 1024;
/** Counts of what was dropped are written so often. */
const COUNT_EVERY_MS = 1_000;

export async function startDatagramReceiver(options: DatagramReceiverOptions): Promise<Receiver> {
  const { name, address } = options;
  const queue = new DatagramQueue(options);
  const socket = createSocket({ type: isIPv6(address.host) ? 'udp6' : 'udp4' });
  socket.on('message', (bytes, { address: peer }) => queue.add({ bytes, peer }));
  await bind(socket, name, address);
  enlarge(socket);
  const { port } = socket.address();
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    name,
    url: `udp://${host}:${port}`,
    close: async (drainMs) => {
      await new Promise<void>((resolve) => {
        socket.close(() => resolve());
      });
      await queue.close(drainMs);
    },
  };
}

class DatagramQueue {
  private readonly options: DatagramReceiverOptions;
  private readonly stopping: AbortController = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private waiting: Datagram[] = [];
  private waitingBytes = 0;
  private dropped = 0;
  /** Of senders that `allowFrom` does not name. */
  private refused = 0;
  private storing: Promise<void> | undefined;

  constructor(options: DatagramReceiverOptions) {
    this.options = options;
    this.timer = setInterval(() => this.countDropped(), COUNT_EVERY_MS).unref();
  }

  add(datagram: Datagram): void {
    if (!this.options.gate(datagram.peer)) {
      this.refused += 1;
      return;
    }
    const bytes = this.waitingBytes + datagram.bytes.length;
    if (bytes > QUEUE_BYTES_MAX || this.waiting.length >= QUEUE_DATAGRAMS_MAX) {
      this.dropped += 1;
      return;
    }
    this.waiting.push(datagram);
    this.waitingBytes = bytes;
    this.storing ??= this.drain();
  }

  async close(drainMs: number): Promise<void> {
    const cut = setTimeout(() => this.stopping.abort(), drainMs);
    await this.storing;
    clearTimeout(cut);
    clearInterval(this.timer);
    this.countDropped();
  }

  private async drain(): Promise<void> {
    // What arrives in the same turn is one batch.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH_DATAGRAMS_MAX);
      for (const { bytes } of batch) this.waitingBytes -= bytes.length;
      try {
        await this.options.store(batch, this.stopping.signal);
      } catch (error) {
        this.dropped += batch.length;
        this.options.warn(`${this.options.name}: ${messageOf(error)}`);
      }
    }
    this.storing = undefined;
  }

  private countDropped(): void {
    const { name, pipeline } = this.options;
    if (this.dropped > 0) pipeline.countRejected(name, 'overloaded', this.dropped);
    if (this.refused > 0) pipeline.countRejected(name, 'forbidden', this.refused);
    this.dropped = 0;
    this.refused = 0;
  }
}

async function bind(socket: Socket, name: string, { host, port }: ListenAddress): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      reject(
        new Failure({
          code: taken ? 'port_taken' : 'cannot_listen',
          detail: taken
            ? `UDP port ${port} on ${host}, needed by ${name}, is in use by another program`
            : `cannot listen on UDP ${host}:${port} for ${name}: ${cause.message}`,
          params: { name, host, port, reason: cause.message },
          cause,
        }),
      );
    });
    socket.bind(port, host, resolve);
  });
}

function enlarge(socket: Socket): void {
  try {
    socket.setRecvBufferSize(KERNEL_BYTES);
  } catch {
    // The kernel's default is small, but it is what there is.
  }
}
