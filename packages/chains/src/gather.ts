/** Who belongs to a chain: what carries its ids, then what keys join, then what its peers said meanwhile. */
import type { MemberLink } from '@tendril/api/chain';
import type { LogRecord } from '@tendril/model/log-record';
import type { ChainStore, MemberIds, MsRange } from './chain-store.ts';
import { instanceOf } from './instance.ts';
import { isHostOf, systemOf, type Peer } from './peer.ts';
import { EventReader, type Event } from './sighting.ts';

/** A page shows some hundreds; what has more is a loop, of which the beginning and the rest tell the same. */
export const MEMBERS_MAX = 10_000;
const JOINED_MAX = 500;
const UNOWNED_MAX = 500;
/** A value that is in more records than this is of no single message. */
const JOIN_VALUES_MAX = 50;
const IDS_MAX = 20;
/** Messages come out of a queue this much later at most. */
const AFTER_MS = 30_000;
const BEFORE_MS = 1_000;
/** What a dependency says of a call is written about when it happens. */
const PEER_BEFORE_MS = 500;
const PEER_AFTER_MS = 500;

export interface Gathered {
  readonly ids: MemberIds;
  readonly events: readonly Event[];
  /** Those that carry an id or a key of the chain: all but what its peers said meanwhile. */
  readonly own: readonly Event[];
  /** Trouble that was written meanwhile and is of no chain. */
  readonly around: readonly Event[];
  /** How each came to belong, by id of its event. */
  readonly via: ReadonlyMap<string, MemberLink>;
  readonly isCut: boolean;
}

/** Empty `events` when nothing has the ids. */
export async function gather(
  store: ChainStore,
  ids: MemberIds,
  near: MsRange | undefined,
): Promise<Gathered> {
  const gathering = new Gathering(store);
  await gathering.addMembers(ids, near);
  if (gathering.isEmpty()) return gathering.result();
  await gathering.addJoined();
  await gathering.addPeers();
  return gathering.result();
}

class Gathering {
  private readonly store: ChainStore;
  private readonly reader = new EventReader();
  private readonly events: Map<string, Event> = new Map();
  private readonly via: Map<string, MemberLink> = new Map();
  private readonly operationIds: Set<string> = new Set();
  private readonly traceIds: Set<string> = new Set();
  private readonly around: Event[] = [];
  private chain = '';
  private isCut = false;

  constructor(store: ChainStore) {
    this.store = store;
  }

  isEmpty(): boolean {
    return this.events.size === 0;
  }

  /** An operation's records name traces, whose spans may name the operation: two rounds tell both. */
  async addMembers(ids: MemberIds, near: MsRange | undefined): Promise<void> {
    this.chain = ids.operationIds[0] ?? ids.traceIds[0] ?? '';
    let wanted = ids;
    for (let round = 0; round < 2; round += 1) {
      for (const id of wanted.operationIds) this.operationIds.add(id);
      for (const id of wanted.traceIds) this.traceIds.add(id);
      const { records, spans, isCut } = await this.store.members(wanted, MEMBERS_MAX, near);
      this.isCut ||= isCut;
      for (const record of records) this.addRecord(record, 'id');
      for (const span of spans) this.add(this.reader.ofSpan(span, this.chain), 'id');
      wanted = this.newIds([...records, ...spans]);
      if (wanted.operationIds.length + wanted.traceIds.length === 0) return;
    }
  }

  /** Of a batch: records that tell of the same message and are of no other operation. */
  async addJoined(): Promise<void> {
    const values = [...new Set([...this.events.values()].flatMap(({ joins }) => joins))];
    if (values.length === 0 || values.length > JOIN_VALUES_MAX) return;
    const { fromMs, toMs } = this.extent();
    const range = { fromMs: fromMs - BEFORE_MS, toMs: toMs + AFTER_MS };
    const records = await this.store.joined(values, range, JOINED_MAX);
    for (const record of records) this.addRecord(record, 'key');
  }

  /** A database's own log has no ids: what it said while the chain called it. */
  async addPeers(): Promise<void> {
    const peers = [...this.events.values()].flatMap(({ peer }) => (peer ? [peer] : []));
    const { fromMs, toMs } = this.extent();
    const range = { fromMs: fromMs - PEER_BEFORE_MS, toMs: toMs + PEER_AFTER_MS };
    const records = await this.store.unowned(range, UNOWNED_MAX);
    for (const record of records) {
      if (peers.some((peer) => isOf(record, peer))) this.addRecord(record, 'peer');
      else this.around.push(this.reader.ofRecord(record, ''));
    }
  }

  result(): Gathered {
    const events = [...this.events.values()].toSorted((a, b) => a.atMs - b.atMs);
    return {
      ids: { operationIds: [...this.operationIds], traceIds: [...this.traceIds] },
      events,
      own: events.filter(({ id }) => this.via.get(id) !== 'peer'),
      around: this.around,
      via: this.via,
      isCut: this.isCut,
    };
  }

  private addRecord(record: LogRecord, via: MemberLink): void {
    this.add(this.reader.ofRecord(record, this.chain), via);
  }

  private add(event: Event, via: MemberLink): void {
    const key = `${event.signal} ${event.id === '' ? String(this.events.size) : event.id}`;
    if (this.events.has(key)) return;
    if (this.events.size >= MEMBERS_MAX) {
      this.isCut = true;
      return;
    }
    const known = { ...event, id: key };
    this.events.set(key, known);
    this.via.set(key, via);
  }

  private newIds(
    found: readonly { readonly operationId: string; readonly traceId: string }[],
  ): MemberIds {
    const fresh = (ids: readonly string[], known: ReadonlySet<string>): readonly string[] =>
      [...new Set(ids)].filter((id) => id !== '' && !known.has(id)).slice(0, IDS_MAX);
    return {
      operationIds: fresh(
        found.map(({ operationId }) => operationId),
        this.operationIds,
      ),
      traceIds: fresh(
        found.map(({ traceId }) => traceId),
        this.traceIds,
      ),
    };
  }

  private extent(): MsRange {
    let fromMs = Infinity;
    let toMs = -Infinity;
    for (const { atMs, durationMs, signal } of this.events.values()) {
      fromMs = Math.min(fromMs, atMs);
      toMs = Math.max(toMs, signal === 'span' ? atMs + durationMs : atMs);
    }
    return { fromMs, toMs };
  }
}

/** A dependency's log is of a service that is called like it or like its host, or that tells of its address. */
function isOf({ serviceName, resource, body }: LogRecord, { name, address }: Peer): boolean {
  const service = serviceName.toLowerCase();
  if (isHostOf(address, { service, instance: instanceOf(resource) })) return true;
  if (name !== '' && service !== '' && (service.includes(name) || systemOf(service) === name))
    return true;
  if (address === '') return false;
  const [host = ''] = address.split(':');
  const isLocal = host === 'localhost' || host.startsWith('127.');
  return resource['server.address'] === host || (!isLocal && body.includes(address));
}
