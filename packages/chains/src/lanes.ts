/** The places of a chain: service instances that spoke, and what they called that did not. */
import type { HopLink, LaneKind, MemberLink } from '@tendril/api/chain';
import { placeKey } from './outline.ts';
import { hostLabel, isHostOf, systemOf, type Peer } from './peer.ts';
import type { Event } from './sighting.ts';

export interface Lane {
  readonly id: number;
  readonly kind: LaneKind;
  readonly service: string;
  readonly instance: string;
  readonly version: string;
  /** Added to its clock. */
  readonly offsetMs: number;
  /** In its own clock's order; of a silent dependency the spans that called it. */
  readonly events: readonly Event[];
}

/** One lane's part of the chain. */
export interface Hop {
  readonly id: number;
  readonly lane: Lane;
  readonly startMs: number;
  readonly endMs: number;
  readonly parent: number | undefined;
  readonly link: HopLink;
}

/** When an event was over, by its own clock. */
export function endOf({ signal, atMs, durationMs }: Event): number {
  return signal === 'span' ? atMs + durationMs : atMs;
}

export function lanesOf(
  events: readonly Event[],
  via: ReadonlyMap<string, MemberLink>,
): readonly Lane[] {
  const places = Map.groupBy(events, placeKey);
  const spoken = [...places.values()].map((members): Omit<Lane, 'id'> => {
    const [first] = members;
    const isPeer = members.every(({ id }) => via.get(id) === 'peer');
    return {
      kind: isPeer ? 'dependency' : 'service',
      service: first?.service ?? '',
      instance: first?.instance ?? '',
      version: first?.version ?? '',
      offsetMs: 0,
      events: members,
    };
  });
  const silent = silentPeers(events).filter((peer) => !spoken.some(isLane(peer)));
  const called = silent.map((peer): Omit<Lane, 'id'> => {
    const service = nameAmong(peer, silent);
    const instance = service === peer.address ? '' : peer.address;
    const events = peer.callers;
    return { kind: 'dependency', service, instance, version: '', offsetMs: 0, events };
  });
  return [...spoken, ...called].map((lane, id) => Object.assign({ id }, lane));
}

function isLane({ name, address }: Peer): (lane: Omit<Lane, 'id'>) => boolean {
  return (lane) => isHostOf(address, lane) || isCalled(lane.service, name);
}

/** Where several of a kind are called, each is called like its host. */
function nameAmong({ name, address }: Peer, all: readonly Peer[]): string {
  const isAlone = all.every((each) => each.name !== name || each.address === address);
  return name !== '' && (isAlone || address === '') ? name : hostLabel(address) || address;
}

/** Whether a service is what a caller means by a name. */
export function isCalled(service: string, name: string): boolean {
  const lower = service.toLowerCase();
  return name !== '' && (lower === name.toLowerCase() || systemOf(lower) === systemOf(name));
}

interface SilentPeer extends Peer {
  readonly callers: Event[];
}

/** What spans call that sends no spans itself. */
function silentPeers(events: readonly Event[]): readonly SilentPeer[] {
  const parents = new Set(events.map(({ parentSpanId }) => parentSpanId));
  const found = new Map<string, SilentPeer>();
  for (const event of events) {
    const { peer, signal, spanId, spanKind } = event;
    const isCall = signal === 'span' && spanKind !== 'server' && spanKind !== 'consumer';
    if (!peer || !isCall || parents.has(spanId)) continue;
    const key = `${peer.name} ${hostLabel(peer.address)}`;
    const known = found.get(key) ?? { ...peer, callers: [] };
    known.callers.push(event);
    found.set(key, known);
  }
  return [...found.values()];
}

export function hopsOf(lanes: readonly Lane[]): readonly Hop[] {
  const laneOfSpan = new Map<string, Lane>();
  for (const lane of lanes) {
    if (isSilent(lane)) continue;
    for (const { signal, spanId } of lane.events)
      if (signal === 'span') laneOfSpan.set(spanId, lane);
  }
  const bare = lanes
    .map((lane) => ({ lane, ...extentOf(lane) }))
    .toSorted((a, b) => a.startMs - b.startMs)
    .map((hop, id) => Object.assign({ id }, hop));
  return bare.map((hop) => Object.assign(linkOf(hop, bare, laneOfSpan), hop));
}

/** Its events are its callers'. */
export function isSilent({ kind, service, instance, events }: Lane): boolean {
  return (
    kind === 'dependency' &&
    events.every((event) => placeKey(event) !== placeKey({ service, instance }))
  );
}

type BareHop = Omit<Hop, 'parent' | 'link'>;

function extentOf({ events, offsetMs }: Lane): {
  readonly startMs: number;
  readonly endMs: number;
} {
  let startMs = Infinity;
  let endMs = -Infinity;
  for (const event of events) {
    startMs = Math.min(startMs, event.atMs);
    endMs = Math.max(endMs, endOf(event));
  }
  return { startMs: startMs + offsetMs, endMs: endMs + offsetMs };
}

function linkOf(
  hop: BareHop,
  hops: readonly BareHop[],
  laneOfSpan: ReadonlyMap<string, Lane>,
): Pick<Hop, 'parent' | 'link'> {
  const bySpan = spanParent(hop, hops, laneOfSpan);
  if (bySpan !== undefined) return { parent: bySpan, link: 'span' };
  const earlier = hops.filter(({ id }) => id < hop.id);
  const caller = earlier.findLast(({ lane }) => calls(lane, hop.lane, hop.startMs));
  if (caller) return { parent: caller.id, link: hop.lane.kind === 'dependency' ? 'peer' : 'call' };
  const around = earlier.findLast(({ endMs }) => endMs >= hop.endMs);
  const before = around ?? earlier.at(-1);
  return before ? { parent: before.id, link: 'nested' } : { parent: undefined, link: 'none' };
}

function spanParent(
  { id, lane }: BareHop,
  hops: readonly BareHop[],
  laneOfSpan: ReadonlyMap<string, Lane>,
): number | undefined {
  const wanted = isSilent(lane)
    ? lane.events.map(({ spanId }) => spanId)
    : lane.events.map(({ parentSpanId }) => parentSpanId);
  for (const spanId of wanted) {
    const parent = spanId === '' ? undefined : laneOfSpan.get(spanId);
    if (!parent || parent.id === lane.id) continue;
    // A hop is only ever below one that began before: no circle can come of it.
    const found = hops.find((hop) => hop.lane.id === parent.id && hop.id < id);
    if (found) return found.id;
  }
  return undefined;
}

/** Whether records of the one name the other before it begins. */
function calls(caller: Lane, callee: Lane, startMs: number): boolean {
  return caller.events.some(
    (event) =>
      event.signal === 'record' &&
      event.atMs + caller.offsetMs <= startMs &&
      namesService(event, callee.service),
  );
}

const TEXT_LENGTH_MAX = 2_000;

/** Whether a message, or the method it is about, names a service. */
export function namesService({ errorText, step, peer, service }: Event, callee: string): boolean {
  if (service === callee || callee === '') return false;
  if (peer && isCalled(callee, peer.name)) return true;
  const text = errorText.slice(0, TEXT_LENGTH_MAX).toLowerCase();
  const name = callee.toLowerCase();
  if (name.length > 3 && hasWord(text, name)) return true;
  // Of `/openim.msg.msg/SendMsg` the package, where the service is called `openim-rpc-msg`.
  const method = /\/([\w.]+)\/\w+/.exec(step)?.[1]?.toLowerCase().split('.') ?? [];
  const last = name.split(/[-_.]/).at(-1) ?? '';
  return last !== '' && method.includes(last);
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (!/[\w-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}

/** Lanes that were called from each lane, directly or not. */
export function lanesBelow(hops: readonly Hop[]): ReadonlyMap<number, ReadonlySet<number>> {
  const below = new Map<number, Set<number>>();
  for (const { lane, parent } of hops) {
    let above = parent;
    for (let steps = 0; above !== undefined && steps < hops.length; steps += 1) {
      const hop = hops[above];
      if (!hop) break;
      below.set(hop.lane.id, (below.get(hop.lane.id) ?? new Set()).add(lane.id));
      above = hop.parent;
    }
  }
  return below;
}
