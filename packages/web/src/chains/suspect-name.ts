/** What a suspect is called. */
import type { ChainSuspect } from '@tendril/api/chain';

export function suspectName({ service, instance, version }: ChainSuspect): string {
  const name = instance === '' || instance === service ? service : `${service} ${instance}`;
  return version === '' ? name : `${name} ${version}`;
}
