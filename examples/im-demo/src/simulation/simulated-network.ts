/** Connections between instances of one process, with the delays of a network. */
import { Duplex } from 'node:stream';
import type { Network } from '../net/network.ts';
import type { Process, SimulatedTime } from './simulated-time.ts';

const DELAY_MS_MIN = 0.1;
const DELAY_MS_MAX = 0.6;
const WORK_MS_MIN = 0.05;
const WORK_MS_MAX = 1.2;
const FIRST_PORT = 20_000;

interface Listening {
  readonly owner: Process;
  readonly accept: (connection: Duplex) => void;
  readonly ends: Set<End>;
  isOpen: boolean;
}

export class SimulatedNetwork {
  private readonly listeners = new Map<number, Listening>();
  private readonly ends = new Map<Process, Set<End>>();
  readonly time: SimulatedTime;
  private readonly random: () => number;
  private ports = FIRST_PORT;

  constructor(time: SimulatedTime, random: () => number) {
    this.time = time;
    this.random = random;
  }

  /** As one instance sees it. */
  networkOf(owner: Process): Network {
    return {
      listen: async (accept) => {
        this.ports += 1;
        const port = this.ports;
        const listening: Listening = { owner, accept, ends: new Set(), isOpen: true };
        this.listeners.set(port, listening);
        const setOpen = (isOpen: boolean): void => {
          listening.isOpen = isOpen;
          if (!isOpen) for (const end of listening.ends) end.destroy();
        };
        return Promise.resolve({ port, setOpen });
      },
      connect: (port) => this.connect(owner, port),
    };
  }

  /** What a process leaves behind when it dies: its connections break. */
  drop(owner: Process): void {
    for (const listening of this.listeners.values())
      if (listening.owner === owner) listening.isOpen = false;
    for (const end of this.ends.get(owner) ?? []) end.destroy();
    this.ends.delete(owner);
  }

  delayMs(): number {
    return DELAY_MS_MIN + (DELAY_MS_MAX - DELAY_MS_MIN) * this.random();
  }

  /** Of the processor, for what arrived. */
  workMs(): number {
    return WORK_MS_MIN + (WORK_MS_MAX - WORK_MS_MIN) * this.random() ** 3;
  }

  private connect(owner: Process, port: number): Duplex {
    const near = this.end(owner);
    this.time.after(this.delayMs(), () => {
      const listening = this.listeners.get(port);
      if (!listening?.isOpen || listening.owner.isGone) {
        near.destroy(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
        return;
      }
      const far = this.end(listening.owner);
      listening.ends.add(far);
      far.on('close', () => listening.ends.delete(far));
      near.join(far);
      far.join(near);
      this.time.stir();
      listening.accept(far);
      near.emit('connect');
    });
    return near;
  }

  private end(owner: Process): End {
    const end = new End(this, owner);
    const known = this.ends.get(owner) ?? new Set();
    this.ends.set(owner, known.add(end));
    end.on('close', () => known.delete(end));
    return end;
  }
}

/** One end of a connection. What is written to it arrives at the other, later and in order. */
class End extends Duplex {
  private readonly network: SimulatedNetwork;
  private readonly owner: Process;
  private other: End | undefined;
  private readonly unsent: ((other: End) => void)[] = [];
  private lastMs = 0;

  constructor(network: SimulatedNetwork, owner: Process) {
    super({ allowHalfOpen: false });
    this.network = network;
    this.owner = owner;
    // Whoever uses it listens as well; a broken connection alone must not end the process.
    this.on('error', () => undefined);
  }

  join(other: End): void {
    this.other = other;
    for (const work of this.unsent.splice(0)) this.deliver(work);
  }

  override _read(): void {
    // Arrivals are pushed.
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.deliver((other) => other.push(chunk));
    done();
  }

  override _final(done: () => void): void {
    this.deliver((other) => other.push(null));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.deliver((other) => {
      if (other.writableFinished && other.readableEnded) return;
      other.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    });
    done(error);
  }

  private deliver(work: (other: End) => void): void {
    const { time } = this.network;
    time.stir();
    const { other } = this;
    if (!other) {
      if (!this.destroyed) this.unsent.push(work);
      return;
    }
    const arrivalMs = Math.max(this.lastMs, time.nowMs() + this.network.delayMs());
    this.lastMs = arrivalMs;
    time.after(
      arrivalMs - time.nowMs(),
      () => {
        time.stir();
        if (other.destroyed) return;
        work(other);
        // What came has to be dealt with.
        other.owner.busyUntilMs = time.nowMs() + this.network.workMs();
      },
      other.owner,
    );
  }
}
