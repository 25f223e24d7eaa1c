/** What shippers add about a pod, as the Beats and as Fluent Bit write it, under OpenTelemetry's names. */
import type { AttributeValue } from '@tendril/model/attribute';
import { isMap, scalarOf, textAt, type LooseMap } from './loose-json.ts';
import type { TransportFields } from './transport.ts';

export interface KubernetesFields {
  readonly fields: TransportFields;
  /** Tells the containers of a source apart. */
  readonly key: string;
  /** What the container is probably called by people. */
  readonly service: string;
}

// OpenTelemetry's name; where the Beats have it; where Fluent Bit has it.
const NAMES: readonly (readonly [string, readonly string[], string])[] = [
  ['k8s.namespace.name', ['namespace'], 'namespace_name'],
  ['k8s.pod.name', ['pod', 'name'], 'pod_name'],
  ['k8s.pod.uid', ['pod', 'uid'], 'pod_id'],
  ['k8s.container.name', ['container', 'name'], 'container_name'],
  ['k8s.node.name', ['node', 'name'], 'host'],
  ['k8s.deployment.name', ['deployment', 'name'], 'deployment_name'],
  ['container.id', ['container', 'id'], 'docker_id'],
  ['container.image.name', ['container', 'image'], 'container_image'],
];
const SERVICE_LABELS = ['app.kubernetes.io/name', 'app_kubernetes_io/name', 'app', 'k8s-app'];

export function kubernetesFields(kubernetes: LooseMap): KubernetesFields {
  const fields = new Map<string, AttributeValue>();
  for (const [name, path, flat] of NAMES) {
    const value = textAt(kubernetes, ...path) || textAt(kubernetes, flat);
    if (value !== '') fields.set(name, value);
  }
  const labels = isMap(kubernetes['labels']) ? kubernetes['labels'] : {};
  for (const [name, value] of Object.entries(labels)) {
    const scalar = scalarOf(value);
    if (scalar !== undefined) fields.set(`k8s.pod.label.${name}`, scalar);
  }
  const label = SERVICE_LABELS.map((name) => textAt(labels, name)).find((text) => text !== '');
  const container = String(fields.get('k8s.container.name') ?? '');
  return {
    fields,
    key: `${String(fields.get('k8s.pod.name') ?? '')}/${container}`,
    service: label ?? container,
  };
}
