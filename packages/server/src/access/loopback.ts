/** Which addresses only this machine can reach, and what a server may do on others. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { Failure } from '@tendril/model/failure';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** Of a host to listen on or a peer's address; a name other than `localhost` may lead anywhere. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIPv4(bare)) return LOOPBACK.check(bare, 'ipv4');
  if (isIPv6(bare)) return LOOPBACK.check(bare, 'ipv6');
  return bare.toLowerCase() === 'localhost';
}

export interface BindRequest {
  /** Hosts of every listener that takes tokens. */
  readonly hosts: readonly string[];
  readonly tokensConfigured: boolean;
}

/** Throws `Failure` `token_required` when a server would stand open to other machines. */
export function refuseOpenBind({ hosts, tokensConfigured }: BindRequest): void {
  const beyond = hosts.find((host) => !isLoopback(host));
  if (beyond === undefined || tokensConfigured) return;
  throw new Failure({
    code: 'token_required',
    detail: `refusing to listen on ${beyond} without an access token: others could read and write everything. Create one with "tendril token create" on this machine first, or set access.tokensFile`,
    params: { host: beyond },
  });
}
