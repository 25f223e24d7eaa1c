/** Who may have done it: services of the chain, services it never reached, what its records and spans call. */
import type { Activity } from './chain-store.ts';
import type { Finding, Loss } from './findings.ts';
import { serviceOfKey, type Gap } from './gaps.ts';
import { isCalled, isSilent, namesService, type Lane } from './lanes.ts';
import type { Usual } from './outline.ts';
import { isHostLimit } from './own-limit.ts';
import type { Peer } from './peer.ts';
import type { Event } from './sighting.ts';

export interface Candidate {
  readonly kind: 'service' | 'dependency';
  /** Of a dependency its name, or its address when it has none. */
  readonly service: string;
  /** Of the chain's; empty for what it never reached. */
  readonly lanes: readonly Lane[];
  /** Of a dependency, where it is known. */
  readonly address: string;
}

export interface Cast {
  readonly candidates: readonly Candidate[];
  /** Whom an event's call or text is about; undefined when it is about nobody else. */
  readonly blamedBy: (event: Event) => Candidate | undefined;
}

/** More are of a chain that nobody can judge. */
const CANDIDATES_MAX = 100;

const TROUBLED_MAX = 10;

export interface CastInput {
  readonly lanes: readonly Lane[];
  readonly gaps: readonly Gap[];
  readonly findings: readonly Finding[];
  readonly losses: readonly Loss[];
  readonly activity: readonly Activity[];
  readonly usual: Usual;
}

export function castOf({ lanes, gaps, findings, losses, activity, usual }: CastInput): Cast {
  const partners = new Set([...usual.steps.keys()].map(serviceOfKey));
  const candidates = new Map<string, Candidate>();
  const put = (candidate: Candidate): void => {
    if (candidates.size < CANDIDATES_MAX) candidates.set(candidate.service, candidate);
  };
  for (const [service, own] of Map.groupBy(lanes, (lane) => lane.service)) {
    const isService = own.some((lane) => lane.kind === 'service') || partners.has(service);
    const kind = isService ? 'service' : 'dependency';
    put({ kind, service, lanes: own, address: addressOf(own) });
  }
  for (const { service } of gaps) {
    if (!candidates.has(service)) put({ kind: 'service', service, lanes: [], address: '' });
  }
  const named = [...findings, ...losses].flatMap(({ event }) => event.peer ?? []);
  const services = [...new Set(activity.map(({ service }) => service))];
  const hosts = hostsOf(activity);
  for (const peer of named.map((each) => withName(each, hosts, services))) {
    if (findPeer(candidates, peer) || nextMissing(peer, gaps)) continue;
    const service =
      services.find((each) => isCalled(each, peer.name)) ?? (peer.name || peer.address);
    const kind = partners.has(service) ? 'service' : 'dependency';
    put({ kind, service, lanes: [], address: peer.address });
  }
  for (const service of troubled(activity, partners)) {
    if (!candidates.has(service)) put({ kind: 'dependency', service, lanes: [], address: '' });
  }
  return {
    candidates: [...candidates.values()],
    blamedBy: (event) => {
      const peer = event.peer && withName(event.peer, hosts, services);
      return blamed({ ...event, peer }, candidates, gaps);
    },
  };
}

/** Who takes part in no chain of the entry and has trouble: a database that nothing names. */
function troubled(activity: readonly Activity[], partners: ReadonlySet<string>): readonly string[] {
  const services = activity
    .filter(({ level, isRefusal, service }) => level > 0 && !isRefusal && !partners.has(service))
    .map(({ service }) => service);
  return [...new Set(services)].filter((service) => service !== '').slice(0, TROUBLED_MAX);
}

function addressOf(lanes: readonly Lane[]): string {
  return lanes.find(isSilent)?.events[0]?.peer?.address ?? '';
}

function findPeer(
  candidates: ReadonlyMap<string, Candidate>,
  { name, address }: Peer,
): Candidate | undefined {
  const all = [...candidates.values()];
  const byName = name === '' ? undefined : all.find(({ service }) => isCalled(service, name));
  if (byName || address === '') return byName;
  const [host = ''] = address.split(':');
  return all.find(
    (candidate) =>
      candidate.address === address || candidate.service === address || candidate.service === host,
  );
}

/** Services by the instances that they have: hosts and pods are called like these. */
function hostsOf(activity: readonly Activity[]): ReadonlyMap<string, string> {
  return new Map(
    activity.flatMap(({ instance, service }) =>
      instance === '' ? [] : [[instance.split(':')[0] ?? '', service] as const],
    ),
  );
}

/** An address by the service whose host, or whose name, it has. */
function withName(
  peer: Peer,
  hosts: ReadonlyMap<string, string>,
  services: readonly string[],
): Peer {
  const [host = ''] = peer.address.split(':');
  if (peer.name !== '' || host === '') return peer;
  const [label = ''] = host.split('.');
  const name =
    hosts.get(host) ??
    services.find(
      (service) => service !== '' && (label === service || label.startsWith(`${service}-`)),
    );
  return name === undefined ? peer : { ...peer, name };
}

/** An address without a name is most likely the next service that healthy chains reach. */
function nextMissing({ name, address }: Peer, gaps: readonly Gap[]): string | undefined {
  // A host that has a name is somebody else.
  if (name !== '' || /[a-z]/i.test(address)) return undefined;
  return gaps.find(({ kind }) => kind === 'never_reached')?.service;
}

function isLocal({ trouble, errorText }: Event): boolean {
  return trouble.level > 0 && isHostLimit(errorText);
}

function blamed(
  event: Event,
  candidates: ReadonlyMap<string, Candidate>,
  gaps: readonly Gap[],
): Candidate | undefined {
  // The call never left its host.
  if (isLocal(event)) return undefined;
  const isServed = event.spanKind === 'server' || event.spanKind === 'consumer';
  if (event.peer && !isServed) {
    const next = nextMissing(event.peer, gaps);
    const found = findPeer(candidates, event.peer) ?? candidates.get(next ?? '');
    return found?.service === event.service ? undefined : found;
  }
  if (event.signal === 'span') return undefined;
  return [...candidates.values()].find(({ service }) => namesService(event, service));
}
