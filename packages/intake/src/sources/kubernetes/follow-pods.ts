/** Follows the containers of all pods of a selection, those that come later too. */
import { Failure, messageOf } from '@tendril/model/failure';
import { MergedLines } from '../merged-lines.ts';
import type { OriginLines, SourceEvent, StreamPlace } from '../origin-lines.ts';
import {
  ContainerFollower,
  FOLLOW_TIMING,
  type ContainerLines,
  type FollowTiming,
} from './follow-container.ts';
import type { KubeApi } from './kube-api.ts';
import { PodMatcher, podQueries, type PodSelection } from './pod-selection.ts';
import { resourceOf, type Container, type Pod } from './pods.ts';
import { watchPods } from './watch-pods.ts';

export interface FollowPodsOptions {
  readonly api: KubeApi;
  readonly selection: PodSelection;
  readonly places: readonly StreamPlace[];
  /** Of containers that were there at the first look. */
  readonly start: StartOfLogs;
  readonly signal: AbortSignal;
  readonly onEvent: (event: SourceEvent) => void;
  readonly timing?: FollowTiming;
}

export interface StartOfLogs {
  /** RFC 3339. */
  readonly sinceTime?: string | undefined;
  readonly tailLines?: number | undefined;
  /** With the run before the last restart. */
  readonly withPrevious: boolean;
}

/** Containers followed at once; each is a connection. */
const CONTAINERS_MAX = 5_000;

/** Until the signal is given. Throws when the cluster refuses us at the first look. */
export async function* followPods(options: FollowPodsOptions): AsyncGenerator<OriginLines> {
  const following = new FollowedPods(options);
  try {
    yield* following.lines();
  } finally {
    await following.close();
  }
}

interface FollowedPod {
  readonly containers: Map<string, ContainerFollower>;
}

class FollowedPods {
  private readonly options: FollowPodsOptions;
  private readonly matcher: PodMatcher;
  private readonly merged: MergedLines<OriginLines> = new MergedLines();
  private readonly pods: Map<string, FollowedPod> = new Map();
  private readonly places: ReadonlyMap<string, string>;
  private readonly ending = new AbortController();
  private readonly signal: AbortSignal;
  private readonly running: Set<Promise<void>> = new Set();
  private containerCount = 0;
  /** Queries whose first list did not come yet. */
  private unlisted: number;
  private isTooMany = false;

  constructor(options: FollowPodsOptions) {
    this.options = options;
    this.matcher = new PodMatcher(options.selection);
    this.places = new Map(options.places.map(({ cursor, id }) => [id, cursor]));
    this.signal = AbortSignal.any([options.signal, this.ending.signal]);
    this.unlisted = podQueries(options.selection).length;
    this.signal.addEventListener('abort', () => this.merged.end(), { once: true });
  }

  async *lines(): AsyncGenerator<OriginLines> {
    const { api, selection, timing = FOLLOW_TIMING } = this.options;
    for (const query of podQueries(selection)) {
      this.run(
        watchPods(query, {
          api,
          signal: this.signal,
          pauseMs: timing.pauseMs,
          onPod: (pod) => this.meet(pod),
          onGone: (uid) => this.lose(uid),
          onListed: () => this.noteListed(),
          onInterrupted: (detail) =>
            this.options.onEvent({ kind: 'interrupted', path: api.name, detail }),
        }),
      );
    }
    yield* this.merged.take();
  }

  async close(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.running);
  }

  private noteListed(): void {
    this.unlisted = Math.max(0, this.unlisted - 1);
  }

  private meet(pod: Pod): void {
    const containers = this.matcher.containersOf(pod);
    if (containers.length === 0) return;
    const known = this.pods.get(pod.uid) ?? { containers: new Map() };
    this.pods.set(pod.uid, known);
    for (const follower of known.containers.values()) follower.update(pod);
    for (const container of containers) {
      if (!known.containers.has(container.name)) this.begin(known, pod, container);
    }
  }

  private lose(uid: string): void {
    for (const follower of this.pods.get(uid)?.containers.values() ?? []) follower.end();
    this.pods.delete(uid);
  }

  private begin(known: FollowedPod, pod: Pod, container: Container): void {
    if (this.containerCount >= CONTAINERS_MAX) {
      this.tellTooMany();
      return;
    }
    const { api, onEvent, start, timing = FOLLOW_TIMING } = this.options;
    const path = originName(pod, container);
    const cursor = this.places.get(originId(pod, container));
    const isOld = this.unlisted > 0;
    const follower = new ContainerFollower({
      api,
      pod,
      container,
      cursor,
      sinceTime: isOld ? start.sinceTime : undefined,
      tailLines: isOld ? start.tailLines : undefined,
      withPrevious: start.withPrevious,
      timing,
      signal: this.signal,
      put: async (lines) => await this.merged.put(linesOf(lines)),
      onEvent: (kind, detail) => onEvent({ kind, path, detail }),
    });
    known.containers.set(container.name, follower);
    this.containerCount += 1;
    onEvent({ kind: 'opened', path, detail: '' });
    this.run(this.finish(follower.run(), path));
  }

  private async finish(run: Promise<void>, path: string): Promise<void> {
    await run;
    this.containerCount -= 1;
    if (!this.signal.aborted) this.options.onEvent({ kind: 'closed', path, detail: '' });
  }

  private tellTooMany(): void {
    if (this.isTooMany) return;
    this.isTooMany = true;
    const detail = `more than ${CONTAINERS_MAX} containers: the rest is not followed`;
    this.options.onEvent({ kind: 'possible_loss', path: this.options.api.name, detail });
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

export function originId(pod: Pod, container: Pick<Container, 'name'>): string {
  return `kubernetes:${pod.uid}/${container.name}`;
}

/** As people write it. */
export function originName(pod: Pod, container: Pick<Container, 'name'>): string {
  return `${pod.namespace}/${pod.name}/${container.name}`;
}

function linesOf({ container, cursorAfter, cutLines, lines, pod }: ContainerLines): OriginLines {
  const id = originId(pod, container);
  return {
    origin: { id, name: originName(pod, container), resource: resourceOf(pod, container) },
    lines,
    placeAfter: (count) => ({ id, cursor: cursorAfter(count) }),
    cutLines,
  };
}

/** What there is instead, for whoever asked for pods that are not there. */
export function noPods(detail: string, params: Readonly<Record<string, string>>): Failure {
  return new Failure({ code: 'no_pods', detail, params });
}
