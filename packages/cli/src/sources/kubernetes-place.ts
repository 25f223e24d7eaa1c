/** The pods of a cluster, by its API. */
import { followPods, noPods, originName } from '@tendril/intake/sources/kubernetes/follow-pods';
import { KubeApi } from '@tendril/intake/sources/kubernetes/kube-api';
import { clusterAccess, type ClusterAccess } from '@tendril/intake/sources/kubernetes/kube-config';
import { podLogSource } from '@tendril/intake/sources/kubernetes/pod-log-source';
import {
  PodMatcher,
  podQueries,
  type PodSelection,
} from '@tendril/intake/sources/kubernetes/pod-selection';
import type { Container, Pod } from '@tendril/intake/sources/kubernetes/pods';
import type { Invocation } from '../command.ts';
import {
  namesText,
  TAIL_DEFAULT,
  type ListedColumn,
  type LogPlace,
  type Selection,
} from './log-place.ts';

const COLUMNS: readonly ListedColumn[] = [
  { key: 'namespace', title: 'list.column.namespace' },
  { key: 'pod', title: 'list.column.pod' },
  { key: 'containers', title: 'list.column.containers' },
  { key: 'status', title: 'list.column.status' },
  { key: 'restarts', title: 'list.column.restarts', align: 'right' },
  { key: 'node', title: 'list.column.node' },
  { key: 'startedAt', title: 'list.column.started' },
];

export async function kubernetesPlace(
  { environment }: Pick<Invocation, 'environment'>,
  selection: Selection,
): Promise<LogPlace> {
  const access = await clusterAccess({ environment }, selection.context);
  return new KubernetesPlace(access, selection);
}

class KubernetesPlace implements LogPlace {
  readonly kind = 'k8s';
  readonly where: string;
  private readonly api: KubeApi;
  private readonly selection: Selection;
  private readonly podSelection: PodSelection;
  private readonly matcher: PodMatcher;

  constructor(access: ClusterAccess, selection: Selection) {
    const { container, isAllNamespaces, labels, namespaces, pattern } = selection;
    const chosen = isAllNamespaces ? undefined : (namespaces ?? [access.namespace]);
    this.selection = selection;
    this.api = new KubeApi(access.target);
    this.podSelection = { namespaces: chosen, pattern, labelSelector: labels, container };
    this.matcher = new PodMatcher(this.podSelection);
    this.where = `${access.context}, ${chosen?.join(', ') ?? '*'}`;
  }

  async list(signal: AbortSignal): ReturnType<LogPlace['list']> {
    const pods = await this.pods(signal);
    const rows = pods.map((pod) => [
      pod.namespace,
      pod.name,
      this.matcher
        .containersOf(pod)
        .map(({ name }) => name)
        .join(' '),
      pod.status,
      pod.containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
      pod.node,
      pod.startedAt,
    ]);
    return { columns: COLUMNS, rows };
  }

  async sources(signal: AbortSignal): ReturnType<LogPlace['sources']> {
    const { api } = this;
    const { isPrevious, tailLines } = this.selection;
    const pods = await this.pods(signal);
    return pods.flatMap((pod) =>
      this.readable(pod).map((container) => ({
        name: originName(pod, container),
        open: async () =>
          podLogSource({
            api,
            pod,
            container,
            sinceTime: this.sinceTime,
            tailLines,
            previous: isPrevious,
          }),
      })),
    );
  }

  async *follow({
    onEvent,
    signal,
  }: Parameters<LogPlace['follow']>[0]): ReturnType<LogPlace['follow']> & AsyncGenerator {
    await this.pods(signal);
    const { sinceTime } = this;
    const { isPrevious, tailLines } = this.selection;
    const tail = tailLines ?? (sinceTime === undefined ? TAIL_DEFAULT : undefined);
    yield* followPods({
      api: this.api,
      selection: this.podSelection,
      places: [],
      start: { sinceTime, tailLines: tail, withPrevious: isPrevious },
      signal,
      onEvent,
    });
  }

  close(): void {
    this.api.close();
  }

  private get sinceTime(): string | undefined {
    const { sinceMs } = this.selection;
    return sinceMs === undefined ? undefined : new Date(sinceMs).toISOString();
  }

  private readable(pod: Pod): readonly Container[] {
    const { isPrevious } = this.selection;
    return this.matcher
      .containersOf(pod)
      .filter(({ hasStarted, restartCount }) => hasStarted && (!isPrevious || restartCount > 0));
  }

  /** Throws a `Failure` that says what there is when none are meant. */
  private async pods(signal: AbortSignal): Promise<readonly Pod[]> {
    const found = await this.listed(this.podSelection, signal);
    const pods = found.filter((pod) => this.matcher.containersOf(pod).length > 0);
    if (pods.length > 0) {
      return pods.toSorted((left, right) => keyOf(left).localeCompare(keyOf(right)));
    }
    throw await this.nothing(signal);
  }

  private async listed(selection: PodSelection, signal: AbortSignal): Promise<readonly Pod[]> {
    const lists = podQueries(selection).map(async (query) => await this.api.pods(query, signal));
    return (await Promise.all(lists)).flatMap(({ pods }) => pods);
  }

  private async nothing(signal: AbortSignal): Promise<Error> {
    const { container, labelSelector, namespaces, pattern } = this.podSelection;
    const where = namespaces?.join(', ') ?? '*';
    const asked = [pattern, labelSelector, container].filter(Boolean).join(' ') || '*';
    const there = await this.listed({ namespaces }, signal);
    if (there.length > 0) {
      const containers = container === undefined ? [] : there.flatMap((pod) => pod.containers);
      const pods = namesText(there.map(({ name }) => name));
      const names = namesText(containers.map(({ name }) => name));
      const known = names === '' ? pods : `${pods}; ${names}`;
      return noPods(`no pod of ${where} matches ${asked}; there are: ${known}`, {
        where,
        asked,
        known,
      });
    }
    // Where we may not look at other namespaces, there is nothing more to say.
    const elsewhere = await this.listed({ namespaces: undefined }, signal).catch(() => []);
    const known = namesText(elsewhere.map(({ namespace }) => namespace)) || '-';
    return noPods(`there are no pods in ${where}; namespaces with pods: ${known}`, {
      where,
      asked,
      known,
    });
  }
}

function keyOf({ name, namespace }: Pod): string {
  return `${namespace}/${name}`;
}
