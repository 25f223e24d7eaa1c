/** What the path of a container's log file says: kubelet and Docker name their files after the container. */
import type { TransportFields } from './transport.ts';

export interface ContainerPath {
  readonly fields: TransportFields;
  /** What the container is probably called by people; empty when the path does not say. */
  readonly service: string;
}

// /var/log/containers/POD_NAMESPACE_CONTAINER-ID.log
const CONTAINERS =
  /(?:^|\/)containers\/(?<pod>[^_/]{1,253})_(?<namespace>[^_/]{1,63})_(?<container>[^/]{1,63})-(?<id>[0-9a-f]{64})\.log/;
// /var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log
const PODS =
  /(?:^|\/)pods\/(?<namespace>[^_/]{1,63})_(?<pod>[^_/]{1,253})_(?<uid>[^_/]{1,63})\/(?<container>[^/]{1,63})\/\d+\.log/;
// /var/lib/docker/containers/ID/ID-json.log
const DOCKER = /(?:^|\/)containers\/(?<id>[0-9a-f]{64})\/[0-9a-f]{64}-json\.log/;

const NAMES = {
  namespace: 'k8s.namespace.name',
  pod: 'k8s.pod.name',
  uid: 'k8s.pod.uid',
  container: 'k8s.container.name',
  id: 'container.id',
} as const;

/** Undefined for paths of other files. */
export function containerPath(path: string): ContainerPath | undefined {
  const groups = (CONTAINERS.exec(path) ?? PODS.exec(path) ?? DOCKER.exec(path))?.groups;
  if (!groups) return undefined;
  const fields = new Map<string, string>();
  for (const [part, name] of Object.entries(NAMES)) {
    const value = groups[part];
    if (value !== undefined) fields.set(name, value);
  }
  return { fields, service: groups['container'] ?? '' };
}
