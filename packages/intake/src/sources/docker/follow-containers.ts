/** Follows the containers of an engine, over restarts, and those that come later. */
import { messageOf } from '@tendril/model/failure';
import { HttpRefusal } from '../http/http-calls.ts';
import { MergedLines } from '../merged-lines.ts';
import type { OriginLines, SourceEvent, StreamPlace } from '../origin-lines.ts';
import { endWhenDead, waitFor, type SilenceTiming } from '../timed/silence-watch.ts';
import { MissingOverlap, TimedReader, timeOf } from '../timed/timed-reader.ts';
import {
  dockerResource,
  type ContainerDetail,
  type DockerApi,
  type DockerContainer,
  type DockerLogQuery,
} from './docker-api.ts';
import { framedLines } from './docker-frames.ts';

export interface DockerTiming extends SilenceTiming {
  readonly pauseMs: { readonly min: number; readonly max: number };
  /** The list is read again after so long, should its events not come. */
  readonly listEveryMs: number;
}

export interface FollowDockerOptions {
  readonly api: DockerApi;
  readonly isMeant: (container: DockerContainer) => boolean;
  readonly places: readonly StreamPlace[];
  /** Of containers that were there at the first look. */
  readonly start: { readonly sinceMs?: number | undefined; readonly tail?: number | undefined };
  readonly signal: AbortSignal;
  readonly onEvent: (event: SourceEvent) => void;
  readonly timing?: DockerTiming;
}

const TIMING: DockerTiming = {
  silentMs: 20_000,
  probeMs: 8_000,
  pauseMs: { min: 300, max: 15_000 },
  listEveryMs: 25_000,
};
/** Containers followed at once; each is a connection. */
const CONTAINERS_MAX = 2_000;

/** Until the signal is given. */
export async function* followDocker(options: FollowDockerOptions): AsyncGenerator<OriginLines> {
  const following = new FollowedEngine(options);
  try {
    yield* following.lines();
  } finally {
    await following.close();
  }
}

class FollowedEngine {
  private readonly options: FollowDockerOptions;
  private readonly timing: DockerTiming;
  private readonly merged: MergedLines<OriginLines> = new MergedLines();
  private readonly followers: Map<string, DockerFollower> = new Map();
  private readonly running: Set<Promise<void>> = new Set();
  private readonly ending = new AbortController();
  private readonly signal: AbortSignal;
  private isFirstLook = true;

  constructor(options: FollowDockerOptions) {
    this.options = options;
    this.timing = options.timing ?? TIMING;
    this.signal = AbortSignal.any([options.signal, this.ending.signal]);
    this.signal.addEventListener('abort', () => this.merged.end(), { once: true });
  }

  async *lines(): AsyncGenerator<OriginLines> {
    this.run(this.watch());
    yield* this.merged.take();
  }

  async close(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.running);
  }

  private async watch(): Promise<void> {
    const { api, onEvent } = this.options;
    let pauseMs = this.timing.pauseMs.min;
    while (!this.signal.aborted) {
      try {
        await this.look();
        await this.untilSomething();
        pauseMs = this.timing.pauseMs.min;
      } catch (error) {
        if (this.signal.aborted) return;
        onEvent({ kind: 'interrupted', path: api.name, detail: messageOf(error) });
        pauseMs = Math.min(this.timing.pauseMs.max, pauseMs * 2);
      }
      await waitFor(pauseMs, this.signal);
    }
  }

  private async untilSomething(): Promise<void> {
    const timeout = AbortSignal.timeout(this.timing.listEveryMs);
    const signal = AbortSignal.any([this.signal, timeout]);
    try {
      await this.options.api.events(signal).next();
    } catch (error) {
      if (!timeout.aborted) throw error;
    }
  }

  private async look(): Promise<void> {
    const { api, isMeant } = this.options;
    const containers = await api.containers(this.signal);
    const there = new Set(containers.map(({ id }) => id));
    for (const [id, follower] of this.followers) {
      if (there.has(id)) follower.notify();
      else follower.end();
    }
    for (const container of containers.filter(isMeant)) {
      const isKnown = this.followers.has(container.id);
      if (!isKnown && this.followers.size < CONTAINERS_MAX) this.begin(container);
    }
    this.isFirstLook = false;
  }

  private begin(container: DockerContainer): void {
    const { api, onEvent, places, start } = this.options;
    const id = `docker:${container.id}`;
    const origin = { id, name: container.name, resource: dockerResource(container) };
    const follower = new DockerFollower({
      api,
      container,
      cursor: places.find((place) => place.id === id)?.cursor,
      start: this.isFirstLook ? start : {},
      timing: this.timing,
      signal: this.signal,
      onEvent: (kind, detail) => onEvent({ kind, path: container.name, detail }),
      put: async ({ cursorAfter, cutLines, lines }) =>
        await this.merged.put({
          origin,
          lines,
          cutLines,
          placeAfter: (count) => ({ id, cursor: cursorAfter(count) }),
        }),
    });
    this.followers.set(container.id, follower);
    onEvent({ kind: 'opened', path: container.name, detail: '' });
    this.run(follower.run().finally(() => this.followers.delete(container.id)));
  }

  private run(work: Promise<void>): void {
    const running = work.catch((error: unknown) => {
      const path = this.options.api.name;
      this.options.onEvent({ kind: 'unreadable', path, detail: messageOf(error) });
    });
    this.running.add(running);
    void running.then(() => this.running.delete(running));
  }
}

interface DockerFollowing {
  readonly api: DockerApi;
  readonly container: DockerContainer;
  readonly cursor: string | undefined;
  readonly start: FollowDockerOptions['start'];
  readonly timing: DockerTiming;
  readonly signal: AbortSignal;
  readonly onEvent: (kind: SourceEvent['kind'], detail: string) => void;
  readonly put: (lines: {
    readonly lines: readonly string[];
    readonly cutLines: number;
    readonly cursorAfter: (count: number) => string;
  }) => Promise<void>;
}

/** The log of one container, which goes on when the container is started again. */
class DockerFollower {
  private readonly options: DockerFollowing;
  private readonly reader: TimedReader;
  private isFirst = true;
  private isGone = false;
  private changed = Promise.withResolvers<void>();

  constructor(options: DockerFollowing) {
    this.options = options;
    this.reader = new TimedReader(options.cursor);
  }

  notify(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers<void>();
  }

  end(): void {
    this.isGone = true;
    this.notify();
  }

  async run(): Promise<void> {
    const { onEvent, signal, timing } = this.options;
    let pauseMs = timing.pauseMs.min;
    while (!signal.aborted) {
      try {
        if (await this.turn()) break;
        pauseMs = timing.pauseMs.min;
      } catch (error) {
        if (signal.aborted || this.isGone) break;
        if (isUnreadable(error)) {
          onEvent('unreadable', messageOf(error));
          while (!signal.aborted && !this.isGone) await this.change();
          break;
        }
        onEvent('interrupted', messageOf(error));
        pauseMs = Math.min(timing.pauseMs.max, pauseMs * 2);
      }
      await waitFor(pauseMs, signal);
    }
    if (!signal.aborted) onEvent('closed', '');
  }

  /** One connection. True when the container is no more. */
  private async turn(): Promise<boolean> {
    const { api, container, signal } = this.options;
    const changed = this.changed.promise;
    const detail = await api.detail(container.id, signal);
    if (!detail) return true;
    await this.follow(detail);
    // Its log goes on when it is started again.
    if (!detail.isRunning) await this.change(changed);
    return this.isGone;
  }

  /** Something happened to the container, perhaps. */
  private async change(changed: Promise<void> = this.changed.promise): Promise<void> {
    const { signal, timing } = this.options;
    const waiting = AbortSignal.any([signal, AbortSignal.timeout(timing.listEveryMs)]);
    const { promise: waited, resolve } = Promise.withResolvers<void>();
    waiting.addEventListener('abort', () => resolve(), { once: true });
    await Promise.race([changed, waited]);
  }

  private async follow(detail: ContainerDetail): Promise<void> {
    const isResumed = this.reader.sinceTime !== undefined;
    try {
      await this.connect(detail, isResumed);
    } catch (error) {
      if (!(error instanceof MissingOverlap)) throw error;
      const reason = `the log goes on after ${this.reader.newestTime}Z: it was rotated before it was read`;
      this.options.onEvent('possible_loss', reason);
      await this.connect(detail, false);
    }
  }

  private async connect(detail: ContainerDetail, expectOverlap: boolean): Promise<void> {
    const { api, container, put, signal, timing } = this.options;
    const { reader } = this;
    const ending = new AbortController();
    const asked = AbortSignal.any([signal, ending.signal]);
    const stream = await api.log(container.id, { follow: detail.isRunning, ...this.from() }, asked);
    this.isFirst = false;
    reader.heardAtMs = Date.now();
    const newestTime = async (within: AbortSignal): Promise<string> =>
      await newest(api, { container, detail }, within);
    const watching = endWhenDead({ reader, stream, timing, newestTime }, ending.signal);
    try {
      const chunks = detail.hasTerminal ? stream : framedLines(stream);
      const options = { expectOverlap, isLast: () => !detail.isRunning };
      for await (const lines of reader.read(chunks, options)) await put(lines);
    } finally {
      ending.abort();
      await watching;
    }
  }

  private from(): Pick<DockerLogQuery, 'since' | 'tail'> {
    const { sinceTime } = this.reader;
    if (sinceTime !== undefined) return { since: Date.parse(sinceTime) / 1000 };
    const { sinceMs, tail } = this.options.start;
    const since = sinceMs === undefined ? undefined : Math.floor(sinceMs / 1000);
    return { since, ...(this.isFirst && { tail }) };
  }
}

/** Its log driver keeps nothing that could be read, and stays what it is as long as the container is there. */
function isUnreadable(error: unknown): boolean {
  return error instanceof HttpRefusal && error.status === 501;
}

async function newest(
  api: DockerApi,
  { container, detail }: { readonly container: DockerContainer; readonly detail: ContainerDetail },
  signal: AbortSignal,
): Promise<string> {
  const stream = await api.log(container.id, { follow: false, tail: 1 }, signal);
  let time = '';
  for await (const chunk of detail.hasTerminal ? stream : framedLines(stream)) {
    time ||= timeOf((chunk as Buffer).toString('latin1')) ?? '';
  }
  return time;
}
