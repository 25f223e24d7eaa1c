/**
 * The logs of a node's pods as files, where kubelet has them written: for an agent on every node. They need no
 * connection for each container, and hold what was rotated. What pods are comes from the API, where it may be asked.
 */
import { basename, join } from 'node:path';
import { containerPath } from '../../transport/container-path.ts';
import { followFiles, type FollowedLines } from '../files/follow/follow-files.ts';
import type { FilePlace } from '../files/follow/file-place.ts';
import type { Origin, OriginLines, SourceEvent } from '../origin-lines.ts';
import { waitFor } from '../timed/silence-watch.ts';
import { FOLLOW_TIMING } from './follow-container.ts';
import type { KubeApi } from './kube-api.ts';
import { PodMatcher, podQueries, type PodSelection } from './pod-selection.ts';
import { resourceOf, type Pod } from './pods.ts';
import { watchPods } from './watch-pods.ts';
import { namePattern } from '../name-pattern.ts';

export interface FollowPodFilesOptions {
  readonly api: KubeApi | undefined;
  /** Labels are not in the files' names: they are no way to choose here. */
  readonly selection: PodSelection;
  /** `/var/log/pods` when undefined. */
  readonly folder: string | undefined;
  readonly start: 'beginning' | 'end';
  readonly places: readonly FilePlace[];
  readonly signal: AbortSignal;
  readonly onEvent: (event: SourceEvent) => void;
}

const FOLDER = '/var/log/pods';
/** How long the first list of pods is waited for; without it records have what the path says. */
const LIST_MS_MAX = 5_000;

export async function* followPodFiles(
  options: FollowPodFilesOptions,
): AsyncGenerator<OriginLines<FilePlace>> {
  const { folder = FOLDER, onEvent, places, selection, start } = options;
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const pods = new NodePods(options, signal);
  try {
    await pods.listed();
    const namespaces = selection.namespaces ?? ['*'];
    const include = namespaces.map((namespace) => join(folder, `${namespace}_*`, '*', '*.log'));
    const tell = (event: SourceEvent): void => {
      const path = pods.nameOf(event.path);
      if (path !== undefined) onEvent({ ...event, path });
    };
    const files = followFiles({ include, exclude: [], start, places, signal, onEvent: tell });
    for await (const lines of files) {
      const origin = pods.originOf(lines);
      if (!origin) continue;
      const { cutLines, lines: texts, placeAfter } = lines;
      yield { origin, lines: texts, placeAfter, cutLines };
    }
  } finally {
    ending.abort();
    await pods.ended;
  }
}

/** What is known of the pods of this node. */
class NodePods {
  readonly ended: Promise<void>;
  private readonly matcher: PodMatcher;
  private readonly isContainer: (name: string) => boolean;
  private readonly signal: AbortSignal;
  private readonly pods: Map<string, Pod> = new Map();
  private readonly first = Promise.withResolvers<void>();

  constructor({ api, onEvent, selection }: FollowPodFilesOptions, signal: AbortSignal) {
    const { container } = selection;
    this.signal = signal;
    this.matcher = new PodMatcher(selection);
    this.isContainer = container === undefined ? () => true : namePattern(container);
    if (!api) this.first.resolve();
    const queries = api ? podQueries({ ...selection, labelSelector: undefined }) : [];
    const watching = queries.map(async (query) => {
      if (!api) return;
      await watchPods(query, {
        api,
        signal,
        pauseMs: FOLLOW_TIMING.pauseMs,
        onPod: (pod) => this.pods.set(pod.uid, pod),
        onGone: (uid) => this.pods.delete(uid),
        onListed: () => this.first.resolve(),
        onInterrupted: (detail) => onEvent({ kind: 'interrupted', path: api.name, detail }),
      });
    });
    this.ended = Promise.all(watching).then(() => undefined);
  }

  async listed(): Promise<void> {
    await Promise.race([this.first.promise, waitFor(LIST_MS_MAX, this.signal)]);
  }

  /** As the API's logs are named; undefined for pods and containers that are not meant, the path for other files. */
  nameOf(path: string): string | undefined {
    const fields = containerPath(path)?.fields;
    if (!fields) return path;
    const namespace = String(fields.get('k8s.namespace.name') ?? '');
    const name = String(fields.get('k8s.pod.name') ?? '');
    const container = String(fields.get('k8s.container.name') ?? '');
    if (!this.matcher.takesPod({ name }) || !this.isContainer(container)) return undefined;
    return `${namespace}/${name}/${container}`;
  }

  /** Undefined for pods and containers that are not meant. */
  originOf({ path, placeAfter }: FollowedLines): Origin | undefined {
    const fields = containerPath(path)?.fields;
    const name = this.nameOf(path);
    if (!fields || name === undefined) return undefined;
    const container = String(fields.get('k8s.container.name') ?? '');
    const pod = this.pods.get(String(fields.get('k8s.pod.uid') ?? ''));
    const known = pod?.containers.find((each) => each.name === container);
    const run = Number.parseInt(basename(path), 10);
    const own = known && pod ? resourceOf(pod, { ...known, restartCount: run }) : undefined;
    const resource = own ?? { 'service.name': container, ...Object.fromEntries(fields) };
    return { id: placeAfter(0).id, name, resource: { ...resource, 'log.file.path': path } };
  }
}
