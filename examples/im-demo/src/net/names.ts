/** Where services are: the table that the cluster hands to all, and looking up in it. */
import type { Service } from '../topology.ts';
import type { Settings } from '../settings.ts';

export interface Peer {
  readonly service: Service;
  readonly instance: string;
  /** The port that the logs speak of. */
  readonly port: number;
  /** Of the socket on this machine. */
  readonly socketPort: number;
}

export interface Names {
  /** The instances of a service; throws when its name is not resolved. */
  resolve(service: Service): readonly Peer[];
  /** The next in turn. */
  next(service: Service): Peer;
  replace(peers: readonly Peer[]): void;
}

export function createNames(settings: () => Settings): Names {
  let peers: readonly Peer[] = [];
  const turns = new Map<Service, number>();
  const resolve = (service: Service): readonly Peer[] => {
    const found = peers.filter((peer) => peer.service === service);
    if (found.length === 0 || settings().unresolvable.includes(service))
      throw new Error(`dial tcp: lookup ${service}.im.svc on 10.96.0.10:53: no such host`);
    return found;
  };
  return {
    resolve,
    next: (service) => {
      const found = resolve(service);
      const turn = turns.get(service) ?? 0;
      turns.set(service, turn + 1);
      const peer = found[turn % found.length];
      if (!peer) throw new Error(`no instance of ${service}`);
      return peer;
    },
    replace: (table) => (peers = table),
  };
}

export function addressOf({ instance, port }: Peer): string {
  return `${instance}:${port}`;
}

/** For the attributes of spans. */
export function peerAttributes(peer: Peer): Readonly<Record<string, string | number>> {
  return { 'server.address': peer.instance, 'server.port': peer.port };
}
