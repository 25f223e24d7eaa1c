/**
 * The log of one container, over restarts of it, rotation, cuts of the connection and streams that die
 * without a word. Each connection is asked for the time that was read last; `TimedReader` leaves out what comes again.
 */
import type { IncomingMessage } from 'node:http';
import { messageOf } from '@tendril/model/failure';
import type { SourceEvent } from '../origin-lines.ts';
import { HttpRefusal } from '../http/http-calls.ts';
import { endWhenDead, waitFor, type SilenceTiming } from '../timed/silence-watch.ts';
import { MissingOverlap, TimedReader, timeOf, type TimedLines } from '../timed/timed-reader.ts';
import type { KubeApi } from './kube-api.ts';
import type { Container, Pod } from './pods.ts';

export interface FollowTiming extends SilenceTiming {
  readonly pauseMs: { readonly min: number; readonly max: number };
}

/** A dead stream is noticed within `silentMs + probeMs`, which is less than 30 s. */
export const FOLLOW_TIMING: FollowTiming = {
  silentMs: 20_000,
  probeMs: 8_000,
  pauseMs: { min: 500, max: 15_000 },
};

export interface ContainerOptions {
  readonly api: KubeApi;
  readonly pod: Pod;
  readonly container: Container;
  /** From the last run. */
  readonly cursor: string | undefined;
  /** Where a container begins that was never read: this second, RFC 3339; its beginning when undefined. */
  readonly sinceTime: string | undefined;
  /** Of what is there at the first look; all when undefined. */
  readonly tailLines: number | undefined;
  /** What the instance before this one wrote, if the container was never read. */
  readonly withPrevious: boolean;
  readonly timing: FollowTiming;
  readonly signal: AbortSignal;
  readonly put: (lines: ContainerLines) => Promise<void>;
  readonly onEvent: (kind: SourceEvent['kind'], detail: string) => void;
}

export interface ContainerLines extends TimedLines {
  readonly pod: Pod;
  readonly container: Container;
}

export class ContainerFollower {
  private readonly options: ContainerOptions;
  private readonly reader: TimedReader;
  private pod: Pod;
  /** Which run of the container is read; undefined before the first. */
  private instance: number | undefined;
  private isGone = false;
  private isFirst: boolean;
  private changed = Promise.withResolvers<void>();

  constructor(options: ContainerOptions) {
    const { instance, recent } = parseCursor(options.cursor);
    this.options = options;
    this.pod = options.pod;
    this.instance = instance;
    this.isFirst = instance === undefined;
    this.reader = new TimedReader(recent);
  }

  /** What the cluster says of the pod now. */
  update(pod: Pod): void {
    this.pod = pod;
    this.notify();
  }

  /** The pod is no more; what its log still holds is read. */
  end(): void {
    this.isGone = true;
    this.notify();
  }

  /** Until the container is gone for good, or the signal. */
  async run(): Promise<void> {
    const { onEvent, signal, timing } = this.options;
    let pauseMs = timing.pauseMs.min;
    while (!signal.aborted) {
      const heardAtMs = this.reader.heardAtMs;
      try {
        if (await this.turn()) return;
        pauseMs = timing.pauseMs.min;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof HttpRefusal && error.status === 404 && this.isGone) return;
        onEvent('interrupted', messageOf(error));
        if (this.reader.heardAtMs > heardAtMs) pauseMs = timing.pauseMs.min;
      }
      await this.pause(pauseMs * (0.5 + Math.random()));
      pauseMs = Math.min(timing.pauseMs.max, pauseMs * 2);
    }
  }

  /** One connection. True when nothing more will come. */
  private async turn(): Promise<boolean> {
    const { signal } = this.options;
    // What the watch says may be old by now.
    const fresh = this.isFirst ? this.pod : await this.options.api.pod(this.pod, signal);
    if (!fresh || fresh.uid !== this.pod.uid) return true;
    this.pod = fresh;
    const container = this.container;
    if (!container?.hasStarted) {
      await this.change(signal);
      return this.isGone;
    }
    await this.catchUp(container);
    await this.follow(container);
    return await this.settle(container);
  }

  private get container(): Container | undefined {
    return this.pod.containers.find(({ name }) => name === this.options.container.name);
  }

  /** What the run before wrote that was not read. */
  private async catchUp(container: Container): Promise<void> {
    const { onEvent, withPrevious } = this.options;
    const { restartCount } = container;
    const before = this.instance;
    if (before === restartCount) return;
    const isWanted = before === undefined ? withPrevious : true;
    if (restartCount > 0 && isWanted) {
      await this.readPrevious(before === restartCount - 1);
      if (before !== undefined && before < restartCount - 1) {
        const detail = `runs ${before + 1} to ${restartCount - 2} of the container ended unread`;
        if (before + 1 <= restartCount - 2) onEvent('possible_loss', detail);
      }
    }
    this.instance = restartCount;
    this.reader.forget();
  }

  private async readPrevious(isResumed: boolean): Promise<void> {
    const { api, signal } = this.options;
    const query = { previous: true, ...this.since(isResumed) };
    try {
      const answer = await api.log(this.pod, { container: this.name, ...query }, signal);
      // Where the beginning was rotated away nobody has it any more.
      const instance = (this.container?.restartCount ?? 1) - 1;
      await this.take(answer, { expectOverlap: false, isLast: true, instance });
    } catch (error) {
      // The cluster keeps it only for a while.
      if (!(error instanceof HttpRefusal) || error.status >= 500 || error.status === 429)
        throw error;
      this.options.onEvent(
        'possible_loss',
        `the log before the restart is gone: ${messageOf(error)}`,
      );
    }
  }

  private async follow(container: Container): Promise<void> {
    const { api, onEvent, signal } = this.options;
    const isResumed = this.reader.sinceTime !== undefined;
    const query = { container: this.name, follow: true, ...this.since(isResumed) };
    try {
      await this.connect(query, { expectOverlap: isResumed });
    } catch (error) {
      if (!(error instanceof MissingOverlap)) throw error;
      const fresh = await api.pod(this.pod, signal);
      const isRestarted = this.runOf(fresh) !== container.restartCount;
      // The next turn reads what was before the restart.
      if (isRestarted) return;
      onEvent(
        'possible_loss',
        `the log goes on after ${this.reader.newestTime}Z: it was rotated before it was read`,
      );
      await this.connect(query, { expectOverlap: false });
    }
  }

  private async connect(
    query: Parameters<KubeApi['log']>[1],
    { expectOverlap }: { readonly expectOverlap: boolean },
  ): Promise<void> {
    const { api, signal } = this.options;
    const ending = new AbortController();
    const answer = await api.log(this.pod, query, AbortSignal.any([signal, ending.signal]));
    this.isFirst = false;
    const { reader } = this;
    const { timing } = this.options;
    const newest = async (asked: AbortSignal): Promise<string> =>
      await newestTime(api, { pod: this.pod, container: this.name }, asked);
    const watching = endWhenDead(
      { reader, stream: answer, timing, newestTime: newest },
      ending.signal,
    );
    try {
      const instance = this.instance ?? 0;
      await this.take(answer, { expectOverlap, isLast: false, instance });
    } finally {
      ending.abort();
      await watching;
    }
  }

  private async take(
    answer: IncomingMessage,
    { expectOverlap, instance, isLast }: TakeOptions,
  ): Promise<void> {
    const { onEvent, put } = this.options;
    const { pod, reader } = this;
    const container = this.container ?? this.options.container;
    reader.heardAtMs = Date.now();
    reader.remark = '';
    const isOver = (): boolean => isLast || this.isOver;
    for await (const lines of reader.read(answer, { expectOverlap, isLast: isOver })) {
      const cursorAfter = (count: number): string => `${instance} ${lines.cursorAfter(count)}`;
      await put({ ...lines, cursorAfter, pod, container });
    }
    if (reader.remark !== '') onEvent('unreadable', reader.remark);
  }

  /** Nobody writes to the log any more. */
  private get isOver(): boolean {
    return this.isGone || this.container?.state === 'terminated';
  }

  /** After a connection ended. True when the log is over. */
  private async settle(container: Container): Promise<boolean> {
    const { signal, timing } = this.options;
    if (this.isGone) return true;
    const isRunning = this.container?.state === 'running';
    const isSame = this.runOf(this.pod) === container.restartCount;
    // It ended with the container; the next run of it is a change.
    if (!isRunning && isSame)
      await this.change(AbortSignal.any([signal, AbortSignal.timeout(timing.silentMs)]));
    return false;
  }

  private runOf(pod: Pod | undefined): number | undefined {
    return pod?.containers.find(({ name }) => name === this.name)?.restartCount;
  }

  private get name(): string {
    return this.options.container.name;
  }

  private since(isResumed: boolean): {
    sinceTime?: string | undefined;
    tailLines?: number | undefined;
  } {
    const { sinceTime, tailLines } = this.options;
    if (isResumed) return { sinceTime: this.reader.sinceTime };
    return { sinceTime, ...(this.isFirst && { tailLines }) };
  }

  private async change(signal: AbortSignal): Promise<void> {
    const { promise } = this.changed;
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    await Promise.race([promise, stopped]);
  }

  private async pause(ms: number): Promise<void> {
    const { signal } = this.options;
    await waitFor(ms, signal);
  }

  private notify(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers<void>();
  }
}

interface TakeOptions {
  readonly expectOverlap: boolean;
  /** Nothing more will be written: the end without a line feed is a line. */
  readonly isLast: boolean;
  /** Which run of the container the lines are of. */
  readonly instance: number;
}

/** Of the last line; empty when there is none. */
async function newestTime(
  api: KubeApi,
  { container, pod }: { readonly pod: Pod; readonly container: string },
  signal: AbortSignal,
): Promise<string> {
  const answer = await api.log(pod, { container, tailLines: 1 }, signal);
  const chunks: Buffer[] = [];
  for await (const chunk of answer) {
    // A time is all we want of a line that may be long.
    if (chunks.length === 0) chunks.push(chunk as Buffer);
  }
  return timeOf(Buffer.concat(chunks).toString()) ?? '';
}

function parseCursor(cursor: string | undefined): {
  readonly instance: number | undefined;
  readonly recent: string;
} {
  const [instance = '', ...recent] = (cursor ?? '').split(' ');
  return {
    instance: /^\d+$/.test(instance) ? Number(instance) : undefined,
    recent: recent.join(' '),
  };
}
