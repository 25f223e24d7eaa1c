/** The resource of an event: what describes its source, with a service wherever anything names one. */
import type { LogResource } from '@tendril/columns/log-resource';
import type { ParsedFields } from '@tendril/intake/format';
import type { LogContext } from '@tendril/intake/log-context';
import { emptyAttributes } from '@tendril/model/attribute';

/** Resource attributes that name the service of an event that names none, best first. */
const SERVICE_SOURCES = [
  'k8s.pod.label.app.kubernetes.io/name',
  'k8s.pod.label.app_kubernetes_io/name',
  'k8s.pod.label.app',
  'k8s.deployment.name',
  'k8s.statefulset.name',
  'k8s.daemonset.name',
  'k8s.container.name',
  'container.label.com_docker_compose_service',
  'container.name',
];

/** `service` is the fallback. */
export function eventResource(
  context: LogContext,
  fields: ParsedFields | undefined,
  service: string,
): LogResource {
  const attributes = emptyAttributes();
  for (const [name, value] of fields ?? []) attributes[name] = value;
  const source = SERVICE_SOURCES.find((name) => attributes[name] !== undefined);
  const named = source === undefined ? service : String(attributes[source]);
  if (named !== '') attributes['service.name'] ??= named;
  return context.resource(attributes, '');
}
