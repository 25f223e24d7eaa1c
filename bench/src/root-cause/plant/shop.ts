/**
 * A web shop: an edge without spans, an API, a cart with a cache, payment with somebody else's bank, an inventory
 * that is only seen by its log, orders with a queue behind, and a job that runs by the clock.
 */
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
    name: 'shop-slow-stock-db',
    target: 'stock-db',
    scope: 'all',
    settings: (intensity) => ({ delayMs: between(180, 400)(intensity) }),
    cause: dependency('stock-db'),
    seenAs: 'slow',
    symptoms: ['checkout', 'browse'],
  },
  {
    name: 'shop-cache-down',
    target: 'valkey',
    scope: 'all',
    settings: () => ({ isListening: false }),
    cause: dependency('valkey'),
    seenAs: 'failed',
    symptoms: ['checkout', 'view cart'],
  },
  {
    name: 'shop-bank-slow',
    target: 'acquirer',
    scope: 'all',
    settings: (intensity) => ({ delayMs: between(1_500, 3_000)(intensity) }),
    cause: dependency('acquirer'),
    seenAs: 'failed',
    symptoms: ['checkout'],
  },
  {
    name: 'shop-bad-inventory-deploy',
    target: 'inventory',
    scope: 'all',
    settings: (intensity) => ({
      errorShare: between(0.4, 1)(intensity),
      errorText: "KeyError: 'warehouse'",
    }),
    version: '2.8.0',
    change: { kind: 'deploy', title: 'inventory 2.7.3 → 2.8.0' },
    cause: service('inventory'),
    seenAs: 'failed',
    symptoms: ['checkout', 'browse'],
  },
  {
    name: 'shop-expired-key',
    target: 'payment',
    scope: 'one',
    settings: () => ({ unauthorised: ['acquirer'] }),
    cause: instance('payment'),
    seenAs: 'failed',
    symptoms: ['checkout'],
  },
  {
    name: 'shop-slow-fulfilment',
    target: 'fulfilment',
    scope: 'one',
    settings: (intensity) => ({ delayMs: between(400, 900)(intensity) }),
    cause: instance('fulfilment'),
    seenAs: 'slow',
    symptoms: ['checkout'],
  },
  {
    name: 'shop-lost-orders',
    target: 'orders',
    scope: 'one',
    settings: (intensity) => ({ dropShare: between(0.5, 1)(intensity) }),
    cause: instance('orders'),
    seenAs: 'undelivered',
    symptoms: ['checkout'],
  },
  {
    name: 'shop-pool-leak',
    target: 'orders',
    scope: 'one',
    settings: (intensity) => ({ poolMax: 3, poolLeakShare: between(0.3, 0.9)(intensity) }),
    cause: instance('orders'),
    seenAs: 'failed',
    symptoms: ['checkout'],
  },
  {
    name: 'shop-pauses',
    target: 'storefront',
    scope: 'one',
    settings: (intensity) => ({ pauseMs: between(250, 400)(intensity) }),
    cause: instance('storefront'),
    seenAs: 'slow',
    symptoms: ['browse', 'view cart', 'checkout'],
  },
  {
    name: 'shop-crashing-inventory',
    target: 'inventory',
    scope: 'one',
    settings: (intensity) => ({ crashShare: between(0.3, 0.8)(intensity) }),
    cause: instance('inventory'),
    seenAs: 'failed',
    symptoms: ['checkout', 'browse'],
  },
  {
    name: 'shop-partition',
    target: 'storefront',
    scope: 'one',
    settings: () => ({ unreachable: ['cart'] }),
    cause: instance('storefront'),
    seenAs: 'failed',
    symptoms: ['view cart', 'checkout'],
  },
  {
    name: 'shop-readonly-orders-db',
    target: 'orders-db',
    scope: 'all',
    settings: () => ({ writeRefusal: 'cannot execute INSERT in a read-only transaction' }),
    cause: dependency('orders-db'),
    seenAs: 'failed',
    symptoms: ['checkout'],
  },
  {
    name: 'shop-broker-down',
    target: 'rabbitmq',
    scope: 'all',
    settings: () => ({ isListening: false }),
    cause: dependency('rabbitmq'),
    seenAs: 'failed',
    symptoms: ['checkout'],
  },
];

export const SHOP: Topology = {
  name: 'shop',
  entries: [
    { action: 'browse', service: 'edge', route: 'GET /products', perSecond: 14 },
    { action: 'view cart', service: 'edge', route: 'GET /cart', perSecond: 10 },
    {
      action: 'checkout',
      service: 'edge',
      route: 'POST /checkout',
      perSecond: 10,
      awaits: ['orders.created'],
    },
    { action: 'reconcile', service: 'reconciler', route: 'JOB reconcile', perSecond: 1 },
  ],
  consumers: [
    { topic: 'orders.created', broker: 'rabbitmq', service: 'fulfilment', route: 'PROCESS order' },
  ],
  services: [
    {
      name: 'edge',
      instances: 1,
      port: 443,
      version: '1.27.2',
      logs: 'nginx',
      isTraced: false,
      workers: 400,
      routes: {
        'GET /products': [
          { kind: 'call', service: 'storefront', route: 'GET /api/products', timeoutMs: 4_000 },
        ],
        'GET /cart': [
          { kind: 'call', service: 'storefront', route: 'GET /api/cart', timeoutMs: 4_000 },
        ],
        'POST /checkout': [
          { kind: 'call', service: 'storefront', route: 'POST /api/checkout', timeoutMs: 4_000 },
        ],
      },
    },
    {
      name: 'storefront',
      instances: 3,
      port: 8080,
      version: '5.1.0',
      logs: 'zap',
      isTraced: true,
      workers: 64,
      routes: {
        'GET /api/products': [
          {
            kind: 'say',
            text: 'flag service answered late, using defaults',
            level: 'warn',
            share: 0.2,
          },
          { kind: 'call', service: 'inventory', route: 'GET /stock', timeoutMs: 1_200 },
          { kind: 'work', ms: 3 },
        ],
        'GET /api/cart': [
          { kind: 'call', service: 'cart', route: 'GET /carts', timeoutMs: 900 },
          { kind: 'work', ms: 2 },
        ],
        'POST /api/checkout': [
          { kind: 'refuse', share: 0.04, status: 422, text: 'the address is not complete' },
          { kind: 'call', service: 'cart', route: 'GET /carts', timeoutMs: 900 },
          {
            kind: 'call',
            service: 'inventory',
            route: 'POST /reserve',
            timeoutMs: 1_200,
            retries: 1,
          },
          { kind: 'call', service: 'payment', route: 'POST /authorise', timeoutMs: 2_000 },
          { kind: 'call', service: 'orders', route: 'POST /orders', timeoutMs: 1_500 },
        ],
      },
    },
    {
      name: 'cart',
      instances: 2,
      port: 8081,
      version: '3.0.2',
      logs: 'zap',
      isTraced: true,
      routes: {
        'GET /carts': [
          { kind: 'query', service: 'valkey', operation: 'HGETALL cart', ms: 1 },
          { kind: 'say', text: 'cart loaded' },
        ],
      },
    },
    {
      name: 'inventory',
      instances: 2,
      port: 5000,
      version: '2.7.3',
      logs: 'python-json',
      isTraced: false,
      routes: {
        'GET /stock': [
          { kind: 'query', service: 'stock-db', operation: 'SELECT stock', ms: 4 },
          { kind: 'say', text: 'stock read' },
        ],
        'POST /reserve': [
          { kind: 'query', service: 'stock-db', operation: 'UPDATE stock', ms: 6, isWrite: true },
          { kind: 'say', text: 'items reserved' },
        ],
      },
    },
    {
      name: 'payment',
      instances: 2,
      port: 8082,
      version: '11.4.1',
      logs: 'spring',
      isTraced: true,
      routes: {
        'POST /authorise': [
          { kind: 'say', text: 'authorising' },
          {
            kind: 'say',
            text: 'metrics registry is full, dropping a meter',
            level: 'error',
            share: 0.3,
          },
          { kind: 'call', service: 'acquirer', route: 'POST /v2/authorisations', timeoutMs: 1_000 },
          { kind: 'say', text: 'authorised' },
        ],
      },
    },
    {
      name: 'orders',
      instances: 2,
      port: 8083,
      version: '4.2.0',
      logs: 'logfmt',
      isTraced: true,
      routes: {
        'POST /orders': [
          { kind: 'query', service: 'orders-db', operation: 'INSERT orders', ms: 5, isWrite: true },
          { kind: 'publish', broker: 'rabbitmq', topic: 'orders.created' },
          { kind: 'work', ms: 2 },
        ],
      },
    },
    {
      name: 'fulfilment',
      instances: 2,
      port: 8084,
      version: '1.9.0',
      logs: 'spring',
      isTraced: true,
      routes: {
        'PROCESS order': [
          { kind: 'work', ms: 8 },
          { kind: 'call', service: 'mailer', route: 'POST /mails', isOptional: true },
          { kind: 'say', text: 'order handed to the warehouse' },
        ],
      },
    },
    {
      name: 'mailer',
      instances: 1,
      port: 8085,
      version: '0.8.1',
      logs: 'plain',
      isTraced: false,
      routes: { 'POST /mails': [{ kind: 'work', ms: 4 }] },
    },
    {
      name: 'reconciler',
      instances: 1,
      port: 0,
      version: '1.0.0',
      logs: 'logfmt',
      isTraced: true,
      routes: {
        'JOB reconcile': [
          { kind: 'query', service: 'orders-db', operation: 'SELECT orders', ms: 20 },
          { kind: 'say', text: 'nothing to reconcile' },
        ],
      },
    },
    {
      name: 'acquirer',
      instances: 1,
      port: 443,
      version: '',
      logs: 'none',
      isTraced: false,
      isExternal: true,
      workers: 200,
      routes: { 'POST /v2/authorisations': [{ kind: 'work', ms: 40 }] },
    },
    {
      name: 'stock-db',
      instances: 1,
      port: 5432,
      version: '17.2',
      logs: 'postgres',
      isTraced: false,
      system: 'postgresql',
      workers: 40,
    },
    {
      name: 'orders-db',
      instances: 1,
      port: 5432,
      version: '17.2',
      logs: 'postgres',
      isTraced: false,
      system: 'postgresql',
      workers: 40,
    },
    {
      name: 'valkey',
      instances: 1,
      port: 6379,
      version: '8.0',
      logs: 'none',
      isTraced: false,
      system: 'redis',
      workers: 100,
    },
    {
      name: 'rabbitmq',
      instances: 1,
      port: 5672,
      version: '4.0',
      logs: 'plain',
      isTraced: false,
      system: 'rabbitmq',
      workers: 100,
    },
  ],
  faults: FAULTS,
};
