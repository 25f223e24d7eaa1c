/** What a suspect is called. */
import type { ChainSuspect } from '@tendril/api/chain';
import { instanceName } from '@tendril/model/instance-name';

export function suspectName({ service, instance, version }: ChainSuspect): string {
  const name = instanceName(service, instance);
  return version === '' ? name : `${name} ${version}`;
}
