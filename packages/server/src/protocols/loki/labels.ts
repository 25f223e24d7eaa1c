/**
 * Loki's label sets: `{app="api", pod="api-7d"}` as text, and what the names of Promtail, Alloy and the
 * collector are in OpenTelemetry.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import { Failure } from '@tendril/model/failure';

export type Labels = ReadonlyMap<string, string>;

const LABEL =
  /\s*(?:([^\s={}",]{1,1024})|"((?:[^"\\]|\\.)*)")\s*=\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)\s*(,|(?=\}))/sy;
const LABELS_MAX = 1024;

/** Throws a `malformed` Failure. */
export function parseLabels(text: string): Labels {
  const trimmed = text.trim();
  const labels = new Map<string, string>();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) throw malformed(text);
  const end = trimmed.length - 1;
  LABEL.lastIndex = 1;
  while (LABEL.lastIndex < end) {
    if (trimmed.slice(LABEL.lastIndex, end).trim() === '') break;
    const match = LABEL.exec(trimmed);
    if (!match || labels.size >= LABELS_MAX) throw malformed(text);
    const [, name, quotedName = '', quoted, raw = ''] = match;
    labels.set(name ?? unquoted(quotedName), quoted === undefined ? raw : unquoted(quoted));
  }
  return labels;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
};
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/gs;

// As Go quotes strings.
function unquoted(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(ESCAPE, (_, unicode?: string, hex?: string, letter: string = '') => {
    const code = unicode ?? hex;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return ESCAPES[letter] ?? letter;
  });
}

function malformed(text: string): Failure {
  return new Failure({
    code: 'malformed',
    detail: `the labels ${JSON.stringify(text.slice(0, 60))} are not {name="value", …}`,
  });
}

export interface LabelledSource {
  readonly resource: ReadonlyMap<string, AttributeValue>;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** As the labels state it; empty when they do not. */
  readonly severityText: string;
}

/** Labels describe the source of a stream, but for those that every line may have its own of. */
export function sourceOf(labels: Labels): LabelledSource {
  const resource = new Map<string, AttributeValue>();
  const attributes = new Map<string, AttributeValue>();
  let severityText = '';
  for (const [name, value] of labels) {
    const attribute = ATTRIBUTE_NAMES.get(name);
    if (SEVERITY_NAMES.has(name)) severityText = value;
    else if (attribute !== undefined) attributes.set(attribute, value);
    else resource.set(RESOURCE_NAMES.get(name) ?? name, value);
  }
  const service = SERVICE_NAMES.map((name) => labels.get(name)).find(isService);
  if (service !== undefined) resource.set('service.name', service);
  return { resource, attributes, severityText };
}

/** Of structured metadata too. */
export const SEVERITY_NAMES: ReadonlySet<string> = new Set([
  'level',
  'severity',
  'severity_text',
  'detected_level',
  'lvl',
]);

const ATTRIBUTE_NAMES: ReadonlyMap<string, string> = new Map([
  ['filename', 'log.file.path'],
  ['stream', 'log.iostream'],
  ['trace_id', 'trace_id'],
  ['traceID', 'trace_id'],
  ['span_id', 'span_id'],
]);

const RESOURCE_NAMES: ReadonlyMap<string, string> = new Map([
  ['namespace', 'k8s.namespace.name'],
  ['pod', 'k8s.pod.name'],
  ['container', 'k8s.container.name'],
  ['node_name', 'k8s.node.name'],
  ['cluster', 'k8s.cluster.name'],
  ['k8s_namespace_name', 'k8s.namespace.name'],
  ['k8s_pod_name', 'k8s.pod.name'],
  ['k8s_container_name', 'k8s.container.name'],
  ['k8s_node_name', 'k8s.node.name'],
  ['k8s_deployment_name', 'k8s.deployment.name'],
  ['container_name', 'container.name'],
  ['compose_service', 'container.label.com.docker.compose.service'],
  ['host', 'host.name'],
  ['hostname', 'host.name'],
  ['host_name', 'host.name'],
  ['nodename', 'host.name'],
  ['instance', 'service.instance.id'],
  ['service_instance_id', 'service.instance.id'],
  ['service_namespace', 'service.namespace'],
  ['service_version', 'service.version'],
  ['env', 'deployment.environment.name'],
  ['environment', 'deployment.environment.name'],
  ['deployment_environment', 'deployment.environment.name'],
  ['deployment_environment_name', 'deployment.environment.name'],
  ['service_name', 'service.name'],
  ['unit', 'systemd.unit'],
]);

/** In Loki's own order (`discover_service_name`); `unknown_service` is what it says when it found none. */
const SERVICE_NAMES = [
  'service_name',
  'service',
  'app',
  'application',
  'app_name',
  'name',
  'app_kubernetes_io_name',
  'compose_service',
  'container',
  'container_name',
  'k8s_container_name',
  'component',
  'workload',
  'job',
];

function isService(value: string | undefined): value is string {
  return value !== undefined && value !== '' && value !== 'unknown_service';
}
