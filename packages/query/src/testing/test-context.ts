/** What the goldens are checked against: a moment and some fields. */
import type { AttributeField } from '../catalogue.ts';
import { fieldCatalogue } from '../catalogue.ts';
import type { CheckContext } from '../check.ts';

const FIELDS: readonly AttributeField[] = [
  { key: 'status', scope: 'attribute', types: ['int'], storage: 'path' },
  { key: 'http.status_code', scope: 'attribute', types: ['int', 'string'], storage: 'path' },
  { key: 'http.method', scope: 'attribute', types: ['string'], storage: 'path' },
  { key: 'ratio', scope: 'attribute', types: ['float'], storage: 'path' },
  { key: 'ok', scope: 'attribute', types: ['bool', 'string'], storage: 'path' },
  { key: 'tags', scope: 'attribute', types: ['array'], storage: 'path' },
  { key: 'ip', scope: 'attribute', types: ['string'], storage: 'both' },
  { key: 'latency_ms', scope: 'attribute', types: ['int', 'string'], storage: 'path' },
  { key: 'size', scope: 'attribute', types: ['int', 'string'], storage: 'path' },
  { key: 'rare key', scope: 'attribute', types: ['string'], storage: 'overflow' },
  { key: 'source', scope: 'attribute', types: ['string'], storage: 'path' },
  { key: 'userID', scope: 'attribute', types: ['string'], storage: 'path' },
  { key: 'time', scope: 'attribute', types: ['string'], storage: 'path' },
  { key: 'host.name', scope: 'resource', types: ['string'], storage: 'path' },
  { key: 'k8s.pod.name', scope: 'resource', types: ['string'], storage: 'path' },
  { key: 'status', scope: 'resource', types: ['string'], storage: 'path' },
];

export const TEST_CONTEXT: CheckContext = {
  catalogue: fieldCatalogue(FIELDS),
  // 2026-06-02T08:54:03.101Z
  nowNs: 1_780_390_443_101_000_000n,
};
