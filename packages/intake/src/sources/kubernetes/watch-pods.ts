/**
 * The pods of a selection and what becomes of them: listed once, watched from there, listed anew when the
 * cluster does not know any more where we were.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@tendril/model/failure';
import { VersionGone, type KubeApi, type PodQuery } from './kube-api.ts';
import type { Pod } from './pods.ts';

export interface WatchOptions {
  readonly api: KubeApi;
  readonly signal: AbortSignal;
  readonly onPod: (pod: Pod) => void;
  readonly onGone: (uid: string) => void;
  /** The first list is complete. */
  readonly onListed: () => void;
  readonly onInterrupted: (reason: string) => void;
  readonly pauseMs: { readonly min: number; readonly max: number };
}

/** Until the signal is given. */
export async function watchPods(query: PodQuery, options: WatchOptions): Promise<void> {
  const { pauseMs, signal } = options;
  const watch = new Watch(query, options);
  let pause = pauseMs.min;
  while (!signal.aborted) {
    try {
      await watch.run();
      pause = pauseMs.min;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof VersionGone) {
        watch.listAnew();
        continue;
      }
      if (!isTimeout(error)) options.onInterrupted(messageOf(error));
    }
    await sleep(pause * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    pause = Math.min(pauseMs.max, pause * 2);
  }
}

class Watch {
  private readonly query: PodQuery;
  private readonly options: WatchOptions;
  private version: string | undefined;
  private readonly known: Set<string> = new Set();

  constructor(query: PodQuery, options: WatchOptions) {
    this.query = query;
    this.options = options;
  }

  listAnew(): void {
    this.version = undefined;
  }

  /** One watch, until the cluster ends it. */
  async run(): Promise<void> {
    const { api, signal } = this.options;
    this.version ??= await this.list();
    for await (const change of api.watch(this.query, this.version, signal)) {
      if (change.kind === 'version') this.version = change.version;
      else if (change.kind === 'gone') this.gone(change.pod.uid);
      else this.set(change.pod);
    }
  }

  private async list(): Promise<string> {
    const { api, onListed, signal } = this.options;
    const { pods, version } = await api.pods(this.query, signal);
    const there = new Set(pods.map(({ uid }) => uid));
    for (const uid of this.known) if (!there.has(uid)) this.gone(uid);
    for (const pod of pods) this.set(pod);
    onListed();
    return version;
  }

  private set(pod: Pod): void {
    this.known.add(pod.uid);
    this.options.onPod(pod);
  }

  private gone(uid: string): void {
    this.known.delete(uid);
    this.options.onGone(uid);
  }
}

/** We ended it ourselves, to see whether it is alive. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && /aborted|timeout/i.test(error.message);
}
