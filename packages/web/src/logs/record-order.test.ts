import type { LogRecord } from '@tendril/model/log-record';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeNew } from './record-order.ts';

function record(timestamp: number, id: number): LogRecord {
  return {
    id: id.toString(16).padStart(16, '0'),
    timestamp: String(timestamp),
    observedTimestamp: String(timestamp),
    severityText: '',
    severityNumber: 0,
    body: '',
    original: '',
    serviceName: '',
    environment: '',
    traceId: '',
    spanId: '',
    operationId: '',
    patternId: '',
    resource: {},
    scope: { name: '' },
    attributes: {},
  };
}

test('what arrives in any order, twice or late, is in order and once', () => {
  const times = fc.array(fc.tuple(fc.nat(30), fc.nat(3)), { maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(times),
      fc.constantFrom('asc' as const, 'desc' as const),
      (batches, order) => {
        let merged: readonly LogRecord[] = [];
        const known = new Set<string>();
        for (const batch of batches) {
          merged = mergeNew(
            merged,
            batch.map(([time, id]) => record(time, id)),
            order,
          );
          for (const [time, id] of batch) known.add(`${time}-${id}`);
          const keys = merged.map(
            ({ timestamp, id }) => [Number(timestamp), Number(`0x${id}`)] as const,
          );
          const sorted = [...known]
            .map((key) => key.split('-').map(Number))
            .sort(([t1 = 0, i1 = 0], [t2 = 0, i2 = 0]) => t1 - t2 || i1 - i2);
          expect(keys).toEqual(order === 'asc' ? sorted : sorted.toReversed());
        }
      },
    ),
  );
});
