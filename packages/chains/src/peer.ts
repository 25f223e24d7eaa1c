/** What a record or span calls: a database, a queue, another address. */
import type { Attributes } from '@tendril/model/attribute';

export interface Peer {
  /** `redis`, `mongodb`; a service's name; empty when only an address is known. */
  readonly name: string;
  /** `host:port` or a host; empty when it is not known. */
  readonly address: string;
}

const NAME_KEYS = [
  'db.system.name',
  'db.system',
  'messaging.system',
  'peer.service',
  'rpc.service',
] as const;
const ADDRESS_KEYS = [
  'server.address',
  'net.peer.name',
  'network.peer.address',
  'net.sock.peer.addr',
  'peer.address',
] as const;
const PORT_KEYS = ['server.port', 'net.peer.port', 'network.peer.port'] as const;

/** Of a span that calls something. Undefined when it does not say what. */
export function peerOfSpan(attributes: Attributes): Peer | undefined {
  const name = firstOf(attributes, NAME_KEYS);
  const host = firstOf(attributes, ADDRESS_KEYS);
  const port = host === '' ? '' : firstOf(attributes, PORT_KEYS);
  const address = port === '' || host.includes(':') ? host : `${host}:${port}`;
  return name === '' && address === '' ? undefined : { name, address };
}

export const PEER_KEYS: readonly string[] = [...NAME_KEYS, ...ADDRESS_KEYS, ...PORT_KEYS];

function firstOf(attributes: Attributes, keys: readonly string[]): string {
  for (const key of keys) {
    const value = attributes[key];
    if (value !== undefined && value !== '') return String(value);
  }
  return '';
}

/** Words by which logs call what they depend on, and the name that OpenTelemetry has for it. */
const SYSTEM_OF_WORD: ReadonlyMap<string, string> = new Map([
  ['mongo', 'mongodb'],
  ['mongodb', 'mongodb'],
  ['redis', 'redis'],
  ['kafka', 'kafka'],
  ['rabbitmq', 'rabbitmq'],
  ['amqp', 'rabbitmq'],
  ['nats', 'nats'],
  ['etcd', 'etcd'],
  ['zookeeper', 'zookeeper'],
  ['mysql', 'mysql'],
  ['mariadb', 'mariadb'],
  ['postgres', 'postgresql'],
  ['postgresql', 'postgresql'],
  ['sqlite', 'sqlite'],
  ['cassandra', 'cassandra'],
  ['scylla', 'cassandra'],
  ['elasticsearch', 'elasticsearch'],
  ['opensearch', 'opensearch'],
  ['memcached', 'memcached'],
  ['minio', 'minio'],
  ['s3', 's3'],
  ['clickhouse', 'clickhouse'],
  ['dynamodb', 'dynamodb'],
  ['consul', 'consul'],
]);
/** Ports that are registered for one kind of dependency, or that everybody knows it by. */
const SYSTEM_OF_PORT: ReadonlyMap<string, string> = new Map([
  ['1433', 'mssql'],
  ['1521', 'oracle'],
  ['2181', 'zookeeper'],
  ['2379', 'etcd'],
  ['3306', 'mysql'],
  ['4222', 'nats'],
  ['5432', 'postgresql'],
  ['5672', 'rabbitmq'],
  ['6379', 'redis'],
  ['9042', 'cassandra'],
  ['9092', 'kafka'],
  ['9200', 'elasticsearch'],
  ['11211', 'memcached'],
  ['27017', 'mongodb'],
]);
const WORD = /[a-z0-9]+/g;
const ADDRESS =
  /(?:^|[^\w.])((?:\d{1,3}\.){3}\d{1,3}:\d{2,5}|[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*:\d{2,5})(?!\w)/g;
/** `"https://bank.example/v2"`, `host='stock', port=5000`, `server at "db" (10.0.0.7), port 5432`. */
const URL_HOST = /\bhttps?:\/\/(?:[^\s/@"']*@)?([a-z0-9][a-z0-9.-]*)(?::(\d{2,5}))?/;
const HOST_AND_PORT =
  /\b(?:host=|server at )['"]?([a-z0-9][a-z0-9.-]*)['"]?(?: \([^)]*\))?, port[= ](\d{2,5})/;
/** A local end of a connection tells nothing: `read tcp LOCAL->REMOTE`. */
const ARROW = /\S+->(\S+)/g;
/** Further on are stacks, whose frames name every library. */
const SPEAKING_LENGTH_MAX = 600;

/** What the text of a record names. Undefined when nothing is. */
export function peerOfText(text: string): Peer | undefined {
  const spoken = speakingPart(text);
  const address = addressIn(spoken);
  const name = systemIn(spoken) || systemOfAddress(address);
  return name === '' && address === '' ? undefined : { name, address };
}

function speakingPart(text: string): string {
  const stack = text.indexOf('| ->');
  return text.slice(0, Math.min(stack < 0 ? Infinity : stack, SPEAKING_LENGTH_MAX)).toLowerCase();
}

function systemIn(text: string): string {
  for (const [word] of text.matchAll(WORD)) {
    const system = SYSTEM_OF_WORD.get(word);
    if (system !== undefined) return system;
  }
  return '';
}

function systemOfAddress(address: string): string {
  return SYSTEM_OF_PORT.get(address.split(':')[1] ?? '') ?? '';
}

function addressIn(text: string): string {
  const [, host = '', port = ''] = URL_HOST.exec(text) ?? HOST_AND_PORT.exec(text) ?? [];
  if (host !== '') return port === '' ? host : `${host}:${port}`;
  const remote = text.replaceAll(ARROW, '$1');
  for (const [, address = ''] of remote.matchAll(ADDRESS)) {
    if (!/\.(?:go|rs|ts|js|py|java|c|cpp):\d+$/.test(address)) return address;
  }
  return '';
}

/** The host of `host:port`, without its domain where it has a name. */
export function hostLabel(address: string): string {
  const [host = ''] = address.split(':');
  return /^[\d.]+$/.test(host) ? host : (host.split('.')[0] ?? '');
}

/** Whether a service answers there: hosts are called like services, their instances or their pods. */
export function isHostOf(
  address: string,
  { service, instance }: { readonly service: string; readonly instance: string },
): boolean {
  const label = hostLabel(address);
  if (label === '') return false;
  if (label === instance.split(':')[0]) return true;
  if (service === '' || !label.startsWith(service)) return false;
  const rest = label.slice(service.length);
  return rest === '' || OF_SERVICE.test(rest);
}

/** What instances, pods and addresses of a service are called beyond its name: `-0`, `-5d9f7c6b8-x2x9p`, `-svc`. */
const OF_SERVICE = /^-(?:\d+|svc|service|headless|[0-9a-f]{8,10}(?:-[0-9a-z]{4,5})?)$/;

/** The system that a name means: `mongo` is `mongodb`; a name that is none stays. */
export function systemOf(name: string): string {
  const lower = name.toLowerCase();
  return SYSTEM_OF_WORD.get(lower) ?? lower;
}

const SYSTEMS: ReadonlySet<string> = new Set(SYSTEM_OF_WORD.values());

/** Whether a name is that of a kind of database or queue. */
export function isSystem(name: string): boolean {
  return SYSTEMS.has(name);
}
