/** Who may have done it: services of the chain, services it never reached, what its records and spans call. */
import type { Activity } from './chain-store.ts';
import type { Finding } from './findings.ts';
import type { Loss } from './losses.ts';
import { serviceOfKey, type Gap } from './gaps.ts';
import { isCalled, isSilent, namesService, type Lane } from './lanes.ts';
import { placeKey } from './outline.ts';
import type { Usual } from './usual.ts';
import { isHostLimit } from './own-limit.ts';
import { hostLabel, isHostOf, isSystem, type Peer } from './peer.ts';
import { echoedBy } from './echo.ts';
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
  /** What was written meanwhile and is of no chain. */
  readonly around: readonly Event[];
}

export function castOf(input: CastInput): Cast {
  const { lanes, gaps, findings, losses, activity, usual, around } = input;
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
  const places = [...new Map(activity.map((each) => [placeKey(each), each])).values()];
  for (const peer of named.map((each) => withName(each, places))) {
    if (findPeer(candidates, peer) || nextMissing(peer, gaps)) continue;
    const service = services.find((each) => isCalled(each, peer.name)) ?? nameOf(peer, candidates);
    const kind = partners.has(service) ? 'service' : 'dependency';
    put({ kind, service, lanes: [], address: peer.address });
  }
  for (const service of [...slowServices(around), ...troubled(activity, partners)]) {
    if (!candidates.has(service)) put({ kind: 'dependency', service, lanes: [], address: '' });
  }
  return {
    candidates: [...candidates.values()],
    blamedBy: (event) => {
      const peer = event.peer && withName(event.peer, places);
      const named = blamed({ ...event, peer }, candidates, gaps);
      return named ?? candidates.get(echoedBy(event, around)?.service ?? '');
    },
  };
}

/** Where another of the kind is meant already it is called like its host. */
function nameOf({ name, address }: Peer, candidates: ReadonlyMap<string, Candidate>): string {
  const isFree = name !== '' && !candidates.has(name);
  return isFree ? name : hostLabel(address) || name;
}

/** Who takes part in no chain of the entry and has trouble: a database that nothing names. */
function troubled(activity: readonly Activity[], partners: ReadonlySet<string>): readonly string[] {
  const services = activity
    .filter(({ level, isRefusal, service }) => level > 0 && !isRefusal && !partners.has(service))
    .map(({ service }) => service);
  return [...new Set(services)].filter((service) => service !== '').slice(0, TROUBLED_MAX);
}

/** Who says that its own work took long. */
function slowServices(around: readonly Event[]): readonly string[] {
  const slow = around.filter(({ durationMs, service }) => durationMs > 0 && service !== '');
  return [...new Set(slow.map(({ service }) => service))].slice(0, TROUBLED_MAX);
}

function addressOf(lanes: readonly Lane[]): string {
  return lanes.find(isSilent)?.events[0]?.peer?.address ?? '';
}

function findPeer(
  candidates: ReadonlyMap<string, Candidate>,
  { name, address }: Peer,
): Candidate | undefined {
  const all = [...candidates.values()];
  return (
    all.find((candidate) => isAt(candidate, address)) ??
    all.find((candidate) => isNamed(candidate, name, address))
  );
}

function isAt({ service, address, lanes }: Candidate, wanted: string): boolean {
  if (wanted === '') return false;
  if (address === wanted || service === wanted || service === hostLabel(wanted)) return true;
  return lanes.some((lane) => isHostOf(wanted, lane));
}

/** A kind of database says who it is only where no other of the kind is elsewhere. */
function isNamed({ service, address }: Candidate, name: string, wanted: string): boolean {
  if (!isCalled(service, name)) return false;
  return (
    address === '' || wanted === '' || !isSystem(name) || hostLabel(address) === hostLabel(wanted)
  );
}

/** An address by the service that answers there, as far as services are heard of. */
function withName(peer: Peer, places: readonly Pick<Activity, 'service' | 'instance'>[]): Peer {
  if (peer.address === '' || (peer.name !== '' && !isSystem(peer.name))) return peer;
  const place = places.find((each) => each.service !== '' && isHostOf(peer.address, each));
  return place ? { ...peer, name: place.service } : peer;
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
