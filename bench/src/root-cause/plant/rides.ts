/** Rides: phones ask for a driver. Rust and Go, all traced; prices from somebody else's maps; two consumers of one stream. */
import type { PlantFault, Topology } from './topology.ts';

const between =
  (from: number, to: number) =>
  (intensity: number): number =>
    from + (to - from) * intensity;

const dependency = (service: string): PlantFault['cause'] => ({ kind: 'dependency', service });
const instance = (service: string): PlantFault['cause'] => ({ kind: 'instance', service });
const service = (name: string): PlantFault['cause'] => ({ kind: 'service', service: name });

const FAULTS: readonly PlantFault[] = [
  {
    name: 'rides-maps-rate-limit',
    target: 'maps',
    scope: 'all',
    settings: (intensity) => ({ requestsPerSecond: between(5, 1)(intensity) }),
    cause: dependency('maps'),
    seenAs: 'failed',
    symptoms: ['ask for a ride'],
  },
  {
    name: 'rides-mysql-disk-full',
    target: 'mysql',
    scope: 'all',
    settings: () => ({
      writeRefusal: 'Error 1021 (HY000): Disk full (/tmp); waiting for someone to free some space',
    }),
    cause: dependency('mysql'),
    seenAs: 'failed',
    symptoms: ['ask for a ride'],
  },
  {
    name: 'rides-geo-index-slow',
    target: 'redis-geo',
    scope: 'all',
    settings: (intensity) => ({ delayMs: between(150, 350)(intensity) }),
    cause: dependency('redis-geo'),
    seenAs: 'slow',
    symptoms: ['ask for a ride', 'see drivers'],
  },
  {
    name: 'rides-dispatch-deploy-slow',
    target: 'dispatch',
    scope: 'all',
    settings: (intensity) => ({ delayMs: between(200, 500)(intensity) }),
    version: '0.41.0',
    change: { kind: 'deploy', title: 'dispatch 0.40.2 → 0.41.0' },
    cause: service('dispatch'),
    seenAs: 'slow',
    symptoms: ['ask for a ride'],
  },
  {
    name: 'rides-wrong-database-address',
    target: 'trips',
    scope: 'one',
    settings: () => ({ misaddressed: ['mysql'] }),
    change: { kind: 'config', title: 'trips: DATABASE_URL' },
    cause: instance('trips'),
    seenAs: 'failed',
    symptoms: ['ask for a ride'],
  },
  {
    name: 'rides-lookup-failure',
    target: 'dispatch',
    scope: 'one',
    settings: () => ({ unresolvable: ['pricing'] }),
    cause: instance('dispatch'),
    seenAs: 'failed',
    symptoms: ['ask for a ride'],
  },
  {
    name: 'rides-drivers-starved',
    target: 'drivers',
    scope: 'one',
    settings: (intensity) => ({ delayMs: between(150, 400)(intensity) }),
    cause: instance('drivers'),
    seenAs: 'slow',
    symptoms: ['see drivers', 'ask for a ride'],
  },
  {
    name: 'rides-notify-drops',
    target: 'notify',
    scope: 'one',
    settings: (intensity) => ({ dropShare: between(0.6, 1)(intensity) }),
    cause: instance('notify'),
    seenAs: 'undelivered',
    symptoms: ['ask for a ride'],
  },
  {
    name: 'rides-kafka-down',
    target: 'kafka',
    scope: 'all',
    settings: () => ({ isListening: false }),
    cause: dependency('kafka'),
    seenAs: 'failed',
    symptoms: ['ask for a ride'],
  },
  {
    name: 'rides-pricing-panics',
    target: 'pricing',
    scope: 'one',
    settings: (intensity) => ({
      errorShare: between(0.3, 1)(intensity),
      errorText: 'called `Option::unwrap()` on a `None` value',
    }),
    cause: instance('pricing'),
    seenAs: 'failed',
    symptoms: ['ask for a ride'],
  },
  {
    name: 'rides-gateway-limit',
    target: 'gateway',
    scope: 'one',
    settings: (intensity) => ({ requestsPerSecond: between(4, 1)(intensity) }),
    change: { kind: 'config', title: 'gateway: burst 100 → 1' },
    cause: instance('gateway'),
    seenAs: 'failed',
    symptoms: ['ask for a ride', 'see drivers'],
  },
  {
    name: 'rides-notify-slow',
    target: 'push-provider',
    scope: 'all',
    settings: (intensity) => ({ delayMs: between(300, 700)(intensity) }),
    cause: dependency('push-provider'),
    seenAs: 'slow',
    symptoms: ['ask for a ride'],
  },
];

export const RIDES: Topology = {
  name: 'rides',
  entries: [
    { action: 'see drivers', service: 'gateway', route: 'GET /drivers', perSecond: 15 },
    {
      action: 'ask for a ride',
      service: 'gateway',
      route: 'POST /rides',
      perSecond: 12,
      awaits: ['rides', 'invoices'],
    },
  ],
  consumers: [
    { topic: 'rides', broker: 'kafka', service: 'notify', route: 'PROCESS ride' },
    { topic: 'invoices', broker: 'kafka', service: 'billing', route: 'PROCESS invoice' },
  ],
  services: [
    {
      name: 'gateway',
      instances: 2,
      port: 9000,
      version: '7.2.0',
      logs: 'logfmt',
      isTraced: true,
      workers: 100,
      routes: {
        'GET /drivers': [{ kind: 'call', service: 'drivers', route: 'GET /near' }],
        'POST /rides': [
          { kind: 'refuse', share: 0.05, status: 409, text: 'there is a ride already' },
          { kind: 'call', service: 'dispatch', route: 'POST /match', timeoutMs: 3_000 },
        ],
      },
    },
    {
      name: 'dispatch',
      instances: 3,
      port: 9001,
      version: '0.40.2',
      logs: 'tracing',
      isTraced: true,
      routes: {
        'POST /match': [
          { kind: 'say', text: 'matching' },
          {
            kind: 'all',
            steps: [
              { kind: 'call', service: 'drivers', route: 'GET /near' },
              { kind: 'call', service: 'pricing', route: 'GET /quote' },
            ],
          },
          { kind: 'work', ms: 4 },
          { kind: 'call', service: 'trips', route: 'POST /trips', timeoutMs: 1_500 },
          { kind: 'publish', broker: 'kafka', topic: 'rides' },
        ],
      },
    },
    {
      name: 'drivers',
      instances: 3,
      port: 9002,
      version: '2.2.2',
      logs: 'tracing',
      isTraced: true,
      routes: {
        'GET /near': [
          { kind: 'query', service: 'redis-geo', operation: 'GEOSEARCH drivers', ms: 2 },
          { kind: 'say', text: 'position older than a minute', level: 'warn', share: 0.4 },
        ],
      },
    },
    {
      name: 'pricing',
      instances: 2,
      port: 9003,
      version: '1.15.0',
      logs: 'tracing',
      isTraced: true,
      routes: {
        'GET /quote': [
          { kind: 'call', service: 'maps', route: 'GET /route', timeoutMs: 800, retries: 1 },
          { kind: 'work', ms: 2 },
          { kind: 'say', text: 'quoted' },
        ],
      },
    },
    {
      name: 'trips',
      instances: 2,
      port: 9004,
      version: '3.3.0',
      logs: 'zap',
      isTraced: true,
      routes: {
        'POST /trips': [
          { kind: 'query', service: 'mysql', operation: 'INSERT trips', ms: 4, isWrite: true },
          { kind: 'publish', broker: 'kafka', topic: 'invoices' },
        ],
      },
    },
    {
      name: 'notify',
      instances: 2,
      port: 9005,
      version: '1.1.0',
      logs: 'logfmt',
      isTraced: true,
      routes: {
        'PROCESS ride': [
          { kind: 'call', service: 'push-provider', route: 'POST /send', retries: 1 },
          { kind: 'say', text: 'driver told' },
        ],
      },
    },
    {
      name: 'billing',
      instances: 1,
      port: 9006,
      version: '5.0.1',
      logs: 'spring',
      isTraced: true,
      routes: {
        'PROCESS invoice': [
          { kind: 'query', service: 'mysql', operation: 'INSERT invoices', ms: 4, isWrite: true },
          { kind: 'say', text: 'invoice written' },
        ],
      },
    },
    {
      name: 'maps',
      instances: 1,
      port: 443,
      version: '',
      logs: 'none',
      isTraced: false,
      isExternal: true,
      workers: 200,
      routes: { 'GET /route': [{ kind: 'work', ms: 25 }] },
    },
    {
      name: 'push-provider',
      instances: 1,
      port: 443,
      version: '',
      logs: 'none',
      isTraced: false,
      isExternal: true,
      workers: 200,
      routes: { 'POST /send': [{ kind: 'work', ms: 15 }] },
    },
    {
      name: 'mysql',
      instances: 1,
      port: 3306,
      version: '8.4',
      logs: 'plain',
      isTraced: false,
      system: 'mysql',
      workers: 60,
    },
    {
      name: 'redis-geo',
      instances: 1,
      port: 6379,
      version: '7.4',
      logs: 'none',
      isTraced: false,
      system: 'redis',
      workers: 100,
    },
    {
      name: 'kafka',
      instances: 1,
      port: 9092,
      version: '4.0',
      logs: 'plain',
      isTraced: false,
      system: 'kafka',
      workers: 100,
    },
  ],
  faults: FAULTS,
};
