/** The sources of the configuration, opened: each gives lines of its origins, with the places to go on from. */
import type { CollectedKind } from '@tendril/api/collectors';
import { DockerApi, dockerTarget } from '@tendril/intake/sources/docker/docker-api';
import { followDocker } from '@tendril/intake/sources/docker/follow-containers';
import type { FilePlace } from '@tendril/intake/sources/files/follow/file-place';
import { followFiles } from '@tendril/intake/sources/files/follow/follow-files';
import { followJournal } from '@tendril/intake/sources/journald/follow-journal';
import { followPodFiles } from '@tendril/intake/sources/kubernetes/follow-pod-files';
import { followPods } from '@tendril/intake/sources/kubernetes/follow-pods';
import { KubeApi } from '@tendril/intake/sources/kubernetes/kube-api';
import { clusterAccess, hasClusterAccess } from '@tendril/intake/sources/kubernetes/kube-config';
import type { PodSelection } from '@tendril/intake/sources/kubernetes/pod-selection';
import { namePattern } from '@tendril/intake/sources/name-pattern';
import type { OriginLines, SourceEvent, StreamPlace } from '@tendril/intake/sources/origin-lines';
import type {
  AgentSources,
  DockerSourceConfig,
  FileSourceConfig,
  JournalSourceConfig,
  KubernetesSourceConfig,
  SourceCommon,
} from './agent-config.ts';

export type AgentPlace = FilePlace | StreamPlace;

export interface OpenedSource {
  /** Undefined for what the agent says itself. */
  readonly kind: CollectedKind | undefined;
  readonly config: SourceCommon;
  /** `host.name` of its records is this machine's; others say it themselves. */
  readonly isOfThisHost: boolean;
  /** For people. */
  readonly name: string;
  /** From the places of the context on; opened again where it failed as a whole. */
  readonly open: () => AsyncGenerator<OriginLines<AgentPlace>>;
}

export interface SourceContext {
  /** From where on to read, of now. */
  readonly places: () => readonly AgentPlace[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: SourceEvent) => void;
}

/** Lines with the source whose configuration holds for them. */
export interface CollectedLines extends OriginLines<AgentPlace> {
  readonly source: OpenedSource;
}

export function openSources(
  sources: AgentSources,
  contextOf: (kind: CollectedKind) => SourceContext,
): readonly OpenedSource[] {
  return [
    ...sources.files.map((config) => ({
      kind: 'files' as const,
      config,
      isOfThisHost: true,
      name: config.include.join(' '),
      open: () => fileLines(config, contextOf('files')),
    })),
    ...sources.journald.map((config, index) => ({
      kind: 'journald' as const,
      config,
      isOfThisHost: false,
      name: `journald ${config.units.join(' ')}`.trim(),
      open: () => journalLines(config, index, contextOf('journald')),
    })),
    ...sources.docker.map((config) => ({
      kind: 'docker' as const,
      config,
      isOfThisHost: true,
      name: 'docker',
      open: () => dockerLines(config, contextOf('docker')),
    })),
    ...sources.kubernetes.map((config) => ({
      kind: 'kubernetes' as const,
      config,
      isOfThisHost: false,
      name: 'kubernetes',
      open: () => podLines(config, contextOf('kubernetes')),
    })),
  ];
}

async function* fileLines(
  config: FileSourceConfig,
  { onEvent, places, signal }: SourceContext,
): ReturnType<OpenedSource['open']> {
  const own = places().filter(isFilePlace);
  for await (const { path, ...lines } of followFiles({ ...config, places: own, signal, onEvent })) {
    const { id } = lines.placeAfter(0);
    yield { ...lines, origin: { id, name: path, resource: { 'log.file.path': path } } };
  }
}

async function* journalLines(
  { directory, start, units }: JournalSourceConfig,
  index: number,
  { onEvent, places, signal }: SourceContext,
): ReturnType<OpenedSource['open']> {
  // What it reads is its name, so that another selection begins anew.
  const id = `journald:${directory ?? ''}:${units.toSorted().join(',')}:${index}`;
  const cursor = streamPlaces(places()).find((place) => place.id === id)?.cursor;
  yield* followJournal({
    selection: { units, directory },
    id,
    cursor,
    start: start === 'end' ? { tail: 0 } : {},
    signal,
    onEvent,
  });
}

async function* dockerLines(
  { containers, socket, start }: DockerSourceConfig,
  { environment, nowMs, onEvent, places, signal }: SourceContext,
): ReturnType<OpenedSource['open']> {
  const host = socket === undefined ? environment['DOCKER_HOST'] : `unix://${socket}`;
  const api = new DockerApi(dockerTarget(host));
  const isNamed = containers === undefined ? () => true : namePattern(containers);
  try {
    yield* followDocker({
      api,
      isMeant: ({ name }) => isNamed(name),
      places: streamPlaces(places()),
      start: start === 'end' ? { sinceMs: nowMs() } : {},
      signal,
      onEvent,
    });
  } finally {
    api.close();
  }
}

async function* podLines(
  config: KubernetesSourceConfig,
  { environment, nowMs, onEvent, places, signal }: SourceContext,
): ReturnType<OpenedSource['open']> {
  const { container, from, namespaces, node, pods, previous, selector, start } = config;
  const selection: PodSelection = {
    namespaces,
    pattern: pods,
    labelSelector: selector,
    container,
    node: node ?? (from === 'files' ? environment['NODE_NAME'] : undefined),
  };
  const isReachable = from === 'api' || hasClusterAccess({ environment });
  const api = isReachable
    ? new KubeApi((await clusterAccess({ environment }, config.context)).target)
    : undefined;
  try {
    if (from === 'files' || !api) {
      const own = places().filter(isFilePlace);
      const folder = config.folder;
      yield* followPodFiles({ api, selection, folder, start, places: own, signal, onEvent });
      return;
    }
    const sinceTime = start === 'end' ? new Date(nowMs()).toISOString() : undefined;
    yield* followPods({
      api,
      selection,
      places: streamPlaces(places()),
      start: { sinceTime, withPrevious: previous && start === 'beginning' },
      signal,
      onEvent,
    });
  } finally {
    api?.close();
  }
}

function isFilePlace(place: AgentPlace): place is FilePlace {
  return 'offset' in place;
}

function streamPlaces(places: readonly AgentPlace[]): readonly StreamPlace[] {
  return places.filter((place): place is StreamPlace => !isFilePlace(place));
}
