/**
 * IP addresses and ranges (`10.0.0.0/8`, `fe80::/10`) as numbers of 128 bits; IPv4 lies in ::ffff:0:0/96, as
 * in ClickHouse's toIPv6, whose idea of what is an address this follows.
 */
export interface IpRange {
  readonly first: bigint;
  readonly last: bigint;
}

const IPV4_PREFIX = 0xffffn << 32n;

/** Undefined when the text is no range; a single address is none. */
export function parseIpRange(text: string): IpRange | undefined {
  const match = /^([0-9a-f:.]+)\/(\d{1,3})$/i.exec(text);
  const address = match?.[1] ?? '';
  const base = parseIp(address);
  if (base === undefined) return undefined;
  const bits = Number(match?.[2]) + (address.includes(':') ? 0 : 96);
  if (bits > 128) return undefined;
  const hostBits = BigInt(128 - bits);
  const first = (base >> hostBits) << hostBits;
  return { first, last: first | ((1n << hostBits) - 1n) };
}

/** Logs write peers with their port; the SQL strips it with the same two patterns. */
export const IP_WITH_PORT = '^(?:\\[([0-9A-Fa-f:.]+)\\]|([0-9.]+)):[0-9]+$';
const WITH_PORT = new RegExp(IP_WITH_PORT);

/** Of an address, with or without a port. */
export function parsePeer(text: string): bigint | undefined {
  const match = WITH_PORT.exec(text);
  return parseIp(match ? (match[1] ?? match[2] ?? '') : text);
}

function parseIp(text: string): bigint | undefined {
  if (!text.includes(':')) {
    const plain = /(?:^|\.)0\d/.test(text) ? undefined : parseIpv4(text);
    return plain === undefined ? undefined : IPV4_PREFIX | plain;
  }
  const tail = /^(.*:)([^:]*\.[^:]*)$/.exec(text);
  if (!tail) return parseGroups(text);
  const v4 = parseIpv4(tail[2] ?? '');
  if (v4 === undefined) return undefined;
  return parseGroups(`${tail[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`);
}

function parseIpv4(text: string): bigint | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

function parseGroups(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail ? missing < 1 : missing !== 0) return undefined;
  const groups = tail ? [...head, ...Array<string>(missing).fill('0'), ...tail] : head;
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n);
}

/** As toIPv6 reads it back: eight groups. */
export function formatIp(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_unused, index) =>
    ((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  return groups.join(':');
}
