/** Pods as the API of a cluster describes them, with what we need of them. */
import type { Attributes } from '@tendril/model/attribute';
import { z } from 'zod';
import { kubernetesFields } from '../../transport/kubernetes-fields.ts';

export interface Pod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: PodOwner | undefined;
  /** `Running`, `Pending`, …, or the reason of what is wrong, as `kubectl get pods` shows it. */
  readonly status: string;
  readonly startedAt: string;
  readonly containers: readonly Container[];
}

export interface PodOwner {
  readonly kind: string;
  readonly name: string;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly id: string;
  readonly state: 'running' | 'terminated' | 'waiting';
  readonly restartCount: number;
  /** A log is there: it runs, or did. */
  readonly hasStarted: boolean;
}

const NAMED = z.looseObject({ name: z.string(), image: z.string().default('') });
const CONTAINER_STATUS = z.looseObject({
  name: z.string(),
  restartCount: z.number().default(0),
  containerID: z.string().default(''),
  state: z.record(z.string(), z.unknown()).default({}),
  lastState: z.record(z.string(), z.unknown()).default({}),
});
const STATUSES = z.array(CONTAINER_STATUS).nullish();

const POD = z.looseObject({
  metadata: z.looseObject({
    uid: z.string(),
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).nullish(),
    deletionTimestamp: z.string().nullish(),
    ownerReferences: z
      .array(
        z.looseObject({ kind: z.string(), name: z.string(), controller: z.boolean().nullish() }),
      )
      .nullish(),
  }),
  spec: z.looseObject({
    nodeName: z.string().nullish(),
    containers: z.array(NAMED).nullish(),
    initContainers: z.array(NAMED).nullish(),
    ephemeralContainers: z.array(NAMED).nullish(),
  }),
  status: z
    .looseObject({
      phase: z.string().nullish(),
      reason: z.string().nullish(),
      startTime: z.string().nullish(),
      containerStatuses: STATUSES,
      initContainerStatuses: STATUSES,
      ephemeralContainerStatuses: STATUSES,
    })
    .default({}),
});

type PodObject = z.infer<typeof POD>;
type ContainerStatus = z.infer<typeof CONTAINER_STATUS>;

/** Undefined for what is no pod. */
export function parsePod(object: unknown): Pod | undefined {
  const checked = POD.safeParse(object);
  if (!checked.success) return undefined;
  const { metadata, spec, status } = checked.data;
  const { labels, name, namespace, ownerReferences, uid } = metadata;
  const containers = containersOf(checked.data);
  return {
    uid,
    name,
    namespace,
    node: spec.nodeName ?? '',
    labels: labels ?? {},
    owner: ownerReferences?.find(({ controller }) => controller === true),
    status: metadata.deletionTimestamp ? 'Terminating' : statusOf(checked.data),
    startedAt: status.startTime ?? '',
    containers,
  };
}

function containersOf({ spec, status }: PodObject): readonly Container[] {
  const lists = [
    [spec.initContainers, status.initContainerStatuses],
    [spec.containers, status.containerStatuses],
    [spec.ephemeralContainers, status.ephemeralContainerStatuses],
  ] as const;
  return lists.flatMap(([named, statuses]) =>
    (named ?? []).map(({ image, name }) =>
      containerOf({ image, name, status: statuses?.find((each) => each.name === name) }),
    ),
  );
}

function containerOf({
  image,
  name,
  status,
}: {
  readonly image: string;
  readonly name: string;
  readonly status: ContainerStatus | undefined;
}): Container {
  const { lastState = {}, state = {} } = status ?? {};
  const isRunning = 'running' in state;
  const isTerminated = 'terminated' in state;
  return {
    name,
    image,
    id: (status?.containerID ?? '').replace(/^.*:\/\//, ''),
    state: isRunning ? 'running' : isTerminated ? 'terminated' : 'waiting',
    restartCount: status?.restartCount ?? 0,
    hasStarted: isRunning || isTerminated || 'terminated' in lastState,
  };
}

/** The first reason that a container gives for not running, else the phase. */
function statusOf({ status }: PodObject): string {
  for (const { state } of status.containerStatuses ?? []) {
    for (const value of Object.values(state)) {
      const reason = (value as { readonly reason?: unknown } | null)?.reason;
      if (typeof reason === 'string') return reason;
    }
  }
  return status.reason ?? status.phase ?? 'Unknown';
}

/** What OpenTelemetry calls them (semantic conventions, `k8s.*` and `container.*`). */
export function resourceOf(pod: Pod, container: Container): Attributes {
  const { labels, name, namespace, node, uid } = pod;
  const { fields, service } = kubernetesFields({
    namespace,
    labels,
    pod: { name, uid },
    node: { name: node },
    container: { name: container.name, id: container.id, image: container.image },
  });
  return {
    'service.name': service,
    ...Object.fromEntries(fields),
    ...ownerFields(pod),
    'k8s.container.restart_count': container.restartCount,
  };
}

const OWNERS: Readonly<Record<string, string>> = {
  StatefulSet: 'k8s.statefulset.name',
  DaemonSet: 'k8s.daemonset.name',
  Job: 'k8s.job.name',
  ReplicaSet: 'k8s.replicaset.name',
};

function ownerFields({ labels, owner }: Pod): Attributes {
  const field = owner && OWNERS[owner.kind];
  if (!owner || field === undefined) return {};
  // A deployment names its replica sets after itself and this label.
  const end = `-${labels['pod-template-hash'] ?? ''}`;
  const isDeployment = owner.kind === 'ReplicaSet' && end !== '-' && owner.name.endsWith(end);
  return {
    [field]: owner.name,
    ...(isDeployment && { 'k8s.deployment.name': owner.name.slice(0, -end.length) }),
  };
}
