/** Picks the place that a command reads from, from what flags say and from what this machine has. */
import { existsSync } from 'node:fs';
import { dockerTarget } from '@tendril/intake/sources/docker/docker-api';
import { hasClusterAccess } from '@tendril/intake/sources/kubernetes/kube-config';
import { Failure } from '@tendril/model/failure';
import type { Invocation } from '../command.ts';
import { isSet, textFlag, textFlags } from '../flag-values.ts';
import { dockerPlace } from './docker-place.ts';
import { filesPlace } from './files-place.ts';
import { hasJournal, journaldPlace } from './journald-place.ts';
import { kubernetesPlace } from './kubernetes-place.ts';
import type { LogPlace, PlaceKind } from './log-place.ts';
import { placeFlag, selectionOf } from './source-flags.ts';

/** What this kind of place takes that no other does. */
const OWN_FLAGS: readonly (readonly [PlaceKind, readonly string[]])[] = [
  ['k8s', ['namespace', 'selector', 'all-namespaces', 'context', 'previous']],
  ['journald', ['unit', 'directory']],
];

/** `sinceDefaultMs` is how far back logs are read where no flag says it. */
export async function openPlace(
  invocation: Invocation,
  kind: Exclude<PlaceKind, 'server'>,
  sinceDefaultMs?: number,
): Promise<LogPlace> {
  const told = selectionOf(invocation);
  const isBounded = told.sinceMs !== undefined || told.tailLines !== undefined;
  const from = sinceDefaultMs === undefined ? undefined : invocation.nowMs() - sinceDefaultMs;
  const selection = isBounded ? told : { ...told, sinceMs: from };
  switch (kind) {
    case 'k8s':
      return await kubernetesPlace(invocation, selection);
    case 'files':
      return filesPlace(invocation, selection);
    case 'docker':
      return dockerPlace(invocation, selection);
    case 'journald':
      return journaldPlace(selection);
    default:
      return kind satisfies never;
  }
}

/**
 * Named by `--from`, else by a flag that only one kind takes, else by paths, else the first that is there: a
 * server that was named, a cluster, Docker, the journal.
 */
export function choosePlace(invocation: Invocation): PlaceKind {
  const { environment, flags, positionals } = invocation;
  const told = placeFlag(flags);
  if (told) return told;
  const own = OWN_FLAGS.find(([, names]) => names.some((name) => isGiven(flags, name)));
  if (own) return own[0];
  if (positionals.length > 0) return 'files';
  if (textFlag(flags, 'url') !== undefined || environment['TENDRIL_URL']) return 'server';
  if (hasClusterAccess({ environment })) return 'k8s';
  const { socketPath } = dockerTarget(environment['DOCKER_HOST']);
  if (socketPath === undefined || existsSync(socketPath)) return 'docker';
  if (hasJournal()) return 'journald';
  throw new Failure({
    code: 'no_place',
    detail:
      'there is nothing to read from: no kubeconfig, no Docker socket and no journal; --from and --url say where logs are',
  });
}

function isGiven(flags: Invocation['flags'], name: string): boolean {
  const isNamed = isSet(flags, name) || textFlag(flags, name) !== undefined;
  return isNamed || textFlags(flags, name).length > 0;
}
