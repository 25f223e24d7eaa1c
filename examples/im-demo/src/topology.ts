/** What runs where: services, their instances, the hosts these are on and the ports they have there. */

export const SERVICES = [
  'openim-msggateway',
  'openim-api',
  'openim-rpc-auth',
  'openim-rpc-msg',
  'openim-rpc-group',
  'openim-msgtransfer',
  'openim-push',
  'mongodb',
  'redis',
  'openim-sdk-web',
] as const;
export type Service = (typeof SERVICES)[number];

export interface Identity {
  readonly service: Service;
  /** Number among the service's instances, from 0. */
  readonly number: number;
  /** `openim-push-1`; the host has the same name, as in Kubernetes. */
  readonly instance: string;
  /** The port that others know it by. What the socket has on this machine is another. */
  readonly port: number;
  readonly version: string;
  readonly pid: number;
}

interface Placement {
  readonly instances: number;
  readonly port: number;
}

export const PLACEMENTS: Readonly<Record<Service, Placement>> = {
  'openim-msggateway': { instances: 2, port: 10140 },
  'openim-api': { instances: 2, port: 10002 },
  'openim-rpc-auth': { instances: 2, port: 10200 },
  'openim-rpc-msg': { instances: 2, port: 10280 },
  'openim-rpc-group': { instances: 2, port: 10260 },
  'openim-msgtransfer': { instances: 2, port: 12020 },
  'openim-push': { instances: 2, port: 10170 },
  mongodb: { instances: 2, port: 37017 },
  redis: { instances: 1, port: 16379 },
  'openim-sdk-web': { instances: 2, port: 0 },
};

/** The version that everything of our own starts with. */
export const VERSION = 'v3.8.3-patch.10';
const DATABASE_VERSIONS: Readonly<Partial<Record<Service, string>>> = {
  mongodb: '7.0.14',
  redis: '7.0.15',
};

export function firstVersion(service: Service): string {
  return DATABASE_VERSIONS[service] ?? VERSION;
}

export function instanceName(service: Service, number: number): string {
  return `${service}-${number + 1}`;
}
