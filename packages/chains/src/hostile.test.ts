/** Telemetry is hostile: whatever it says, a chain comes of it, in bounded time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogRecord } from '@tendril/model/log-record';
import { SPAN_KINDS, SPAN_STATUSES, type Span } from '@tendril/model/span';
import { chainSchema } from '@tendril/api/chain';
import { explainChain } from './explain.ts';
import { MEMBERS_MAX } from './gather.ts';
import { MemoryStore } from './memory-store.ts';
import { WEIGHTS } from './score.ts';

const knowledge = { match: () => [], codes: () => [] };
const COST = { elapsedMs: 0, rowsRead: 0, bytesRead: 0, statements: 0 };

const time = fc.oneof(
  fc.constantFrom('0', '1', '9223372036854775807', '1780390000000000000'),
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
  fc
    .integer({ min: 0, max: 5_000 })
    .map((ms) => String(1_780_390_000_000_000_000n + BigInt(ms) * 1_000_000n)),
);
const name = fc.oneof(fc.constantFrom('', 'a', 'b', 'redis', '__proto__', 'x\ny'), fc.string());
const spanId = fc.constantFrom('', '1', '2', '3', '4', '5');
const value = fc.oneof(name, fc.integer(), fc.constantFrom('5s', '10.0.0.1:80', '-1ms'));
const attributes = fc.dictionary(
  fc.oneof(
    fc.constantFrom('method', 'cost', 'error', 'clientMsgID', 'peer.service', 'error.kind'),
    name,
  ),
  value,
  { maxKeys: 5 },
);
const resource = fc.record({ 'service.instance.id': name });

const record: fc.Arbitrary<LogRecord> = fc.record({
  id: fc.integer({ min: 0, max: 2 ** 31 }).map((id) => id.toString(16).padStart(16, '0')),
  timestamp: time,
  observedTimestamp: time,
  severityText: fc.constant(''),
  severityNumber: fc.integer({ min: 0, max: 24 }),
  body: fc.oneof(name, fc.constantFrom('dial tcp 10.0.0.1:6379: refused', 'mongo failed')),
  original: fc.constant(''),
  serviceName: name,
  environment: fc.constant(''),
  traceId: fc.constantFrom('', 't'),
  spanId,
  operationId: fc.constantFrom('', 'op', 'other'),
  patternId: fc.constant(''),
  resource,
  scope: fc.constant({ name: '' }),
  attributes,
});

const span: fc.Arbitrary<Span> = fc.record({
  id: fc.integer({ min: 0, max: 2 ** 31 }).map((id) => id.toString(16).padStart(16, '0')),
  timestamp: time,
  durationNs: fc.oneof(
    fc.constantFrom('0', '18446744073709551615'),
    fc.integer({ min: 0 }).map(String),
  ),
  traceId: fc.constantFrom('t', 'u'),
  spanId,
  parentSpanId: spanId,
  traceState: fc.constant(''),
  name,
  kind: fc.constantFrom(...SPAN_KINDS),
  status: fc.constantFrom(...SPAN_STATUSES),
  statusMessage: name,
  serviceName: name,
  environment: fc.constant(''),
  operationId: fc.constantFrom('', 'op'),
  resource,
  scope: fc.constant({ name: '' }),
  attributes,
  events: fc.constant([]),
  links: fc.constant([]),
});

function explain(
  records: readonly LogRecord[],
  spans: readonly Span[],
): ReturnType<typeof explainChain> {
  const store = new MemoryStore({ records, spans, changes: [] });
  const options = { store, knowledge, weights: WEIGHTS, readToMs: 1_780_390_100_000 };
  return explainChain({ operationIds: ['op'], traceIds: [] }, options);
}

describe('whatever is recorded', () => {
  test('a chain is what the contract says, and its parts refer to each other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 25 }),
        fc.array(span, { maxLength: 25 }),
        async (records, spans) => {
          const chain = await explain(records, spans);
          if (!chain) return;
          expect(() => chainSchema.parse({ ...chain, partial: null, cost: COST })).not.toThrow();
          const hops = new Map(chain.hops.map((hop) => [hop.id, hop]));
          for (const { parent, id } of chain.hops) {
            if (parent !== null) expect(hops.get(parent)?.id).toBeLessThan(id);
          }
          for (const { hop } of [...chain.records, ...chain.spans])
            expect(hops.has(hop)).toBe(true);
          const sum = chain.suspects.reduce((total, { confidence }) => total + confidence, 0);
          expect(sum).toBeLessThanOrEqual(1.000001);
        },
      ),
      { numRuns: 150 },
    );
  });
});

test('an operation with more records than a chain holds is cut, and says so', async () => {
  const [first] = fc.sample(record, { numRuns: 1, seed: 1 });
  if (!first) throw new Error('no record');
  const records = Array.from({ length: MEMBERS_MAX + 5 }, (_, index) => ({
    ...first,
    id: index.toString(16).padStart(16, '0'),
    timestamp: String(1_780_390_000_000_000_000n + BigInt(index) * 1_000_000n),
    operationId: 'op',
    serviceName: `service-${index % 40}`,
    severityNumber: 17,
  }));
  const chain = await explain(records, []);
  expect(chain).toMatchObject({ isCut: true, counts: { records: MEMBERS_MAX } });
  expect(chain?.walk.length).toBeLessThanOrEqual(9);
});
