/**
 * Who may connect to receivers whose protocol carries no token: this machine, the networks of
 * `allowFrom`, and who has a client certificate.
 */
import { BlockList, isIP } from 'node:net';
import { Failure } from '@tendril/model/failure';
import { isLoopback } from '../access/loopback.ts';

export interface PeerGateOptions {
  /** Of the receiver. */
  readonly name: string;
  readonly host: string;
  /** CIDRs and addresses. */
  readonly allowFrom: readonly string[];
  /** Clients are known by their certificates or by a secret of the protocol. */
  readonly isAuthenticated: boolean;
}

export type PeerGate = (address: string) => boolean;

/** Throws `Failure` `allow_from_required` where everybody could write. */
export function peerGate({ name, host, allowFrom, isAuthenticated }: PeerGateOptions): PeerGate {
  if (allowFrom.length === 0 && !isAuthenticated && !isLoopback(host)) {
    throw new Failure({
      code: 'allow_from_required',
      detail: `refusing to listen on ${host} for ${name}: its protocol carries no token. Say who may send in receivers.${name}.allowFrom, e.g. 10.0.0.0/8`,
      params: { name, host },
    });
  }
  if (allowFrom.length === 0) return () => true;
  const networks = blockListOf(allowFrom);
  return (address) => isLoopback(address) || networks.check(address, familyOf(address));
}

function blockListOf(cidrs: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits] = cidr.split('/');
    const family = familyOf(address);
    if (bits === undefined) networks.addAddress(address, family);
    else networks.addSubnet(address, Number(bits), family);
  }
  return networks;
}

// IPv4 addresses that came over an IPv6 socket are checked as what they are by BlockList itself.
function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
