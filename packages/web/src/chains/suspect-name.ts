/** What a suspect is called. */
import type { ChainSuspect } from '@tendril/api/chain';
import type { PageMessages } from '@tendril/messages/page';

export function suspectName(
  { kind, service, instance, version }: ChainSuspect,
  text: PageMessages['text'],
): string {
  if (kind === 'client') return text('chain.suspect.client');
  const name = instance === '' || instance === service ? service : `${service} ${instance}`;
  return version === '' ? name : `${name} ${version}`;
}
