/** What tells the instances of a service apart. */
import type { Attributes } from '@tendril/model/attribute';

const OWN_NAMES = [
  'service.instance.id',
  'k8s.pod.name',
  'container.name',
  'container.id',
] as const;

/** Empty when nothing does. */
export function instanceOf(resource: Attributes): string {
  for (const key of OWN_NAMES) {
    const value = resource[key];
    if (value !== undefined && value !== '') return String(value);
  }
  const host = String(resource['host.name'] ?? '');
  const pid = String(resource['process.pid'] ?? '');
  return host !== '' && pid !== '' ? `${host}:${pid}` : host || pid;
}

export function versionOf(resource: Attributes): string {
  return String(resource['service.version'] ?? '');
}
