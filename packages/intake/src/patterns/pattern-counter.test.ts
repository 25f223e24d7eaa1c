import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PatternCounter } from './pattern-counter.ts';

const T0 = Date.UTC(2026, 5, 2);

describe('PatternCounter', () => {
  test('counts records by pattern, with times, severities, services and examples', () => {
    const counter = new PatternCounter();
    counter.add({ body: 'sent 3 bytes', timestampMs: T0, severityNumber: 9, serviceName: 'a' });
    counter.add({
      body: 'sent 4 bytes',
      timestampMs: T0 + 5000,
      severityNumber: 9,
      serviceName: 'b',
    });
    counter.add({ body: 'disk full', severityNumber: 17 });
    const { patterns, records, otherRecords, bucketMs } = counter.result();
    expect({ records, otherRecords, bucketMs }).toEqual({
      records: 3,
      otherRecords: 0,
      bucketMs: 1000,
    });
    expect(patterns).toMatchObject([
      {
        template: 'sent <*>',
        count: 2,
        firstMs: T0,
        lastMs: T0 + 5000,
        buckets: new Map([
          [T0, 1],
          [T0 + 5000, 1],
        ]),
        severities: new Map([[9, 2]]),
        services: new Map([
          ['a', 1],
          ['b', 1],
        ]),
        examples: ['sent 3 bytes', 'sent 4 bytes'],
      },
      { template: 'disk full', count: 1, firstMs: undefined, lastMs: undefined },
    ]);
  });

  test('keeps states apart and makes names one pattern', () => {
    const counter = new PatternCounter();
    for (const state of ['ready', 'dead', 'ready']) counter.add({ body: `node state=${state}` });
    const names = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gus'];
    for (const name of names) counter.add({ body: `login by user ${name} on eth0` });
    expect(counter.result().patterns.map(({ template, count }) => `${count} ${template}`)).toEqual([
      '7 login by user <*> on eth0',
      '2 node state=ready',
      '1 node state=dead',
    ]);
  });

  test('the records of all patterns and of no pattern add up, whatever comes', () => {
    const bodies = fc.array(
      fc.oneof(
        fc.string(),
        fc.stringMatching(/^[a-z]{1,2}=[a-z]{1,2} [a-z]$/),
        fc.nat().map(String),
      ),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 50 }), (lines, skeletonsMax) => {
        const counter = new PatternCounter({ skeletonsMax });
        for (const body of lines) counter.add({ body, timestampMs: T0 + body.length * 77_777 });
        const { patterns, records, otherRecords } = counter.result();
        const counted = patterns.reduce((sum, { count }) => sum + count, 0);
        const inBuckets = patterns.flatMap(({ buckets }) => [...buckets.values()]);
        expect(counted + otherRecords).toBe(records);
        expect(inBuckets.reduce((sum, count) => sum + count, 0)).toBe(counted);
        expect(new Set(patterns.map(({ patternId }) => patternId)).size).toBe(patterns.length);
      }),
    );
  });

  test('a source that makes up words fills one pattern, and one that makes up lines the rest', () => {
    const counter = new PatternCounter({ skeletonsMax: 100 });
    const word = (n: number): string =>
      n.toString().replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '');
    for (let n = 0; n < 500; n += 1) counter.add({ body: `key=${word(n)}` });
    for (let n = 0; n < 500; n += 1) counter.add({ body: `${word(n)} happened` });
    const { patterns, otherRecords } = counter.result();
    expect(patterns[0]).toMatchObject({ template: 'key=<*>', count: 500 });
    expect(patterns).toHaveLength(100);
    expect(otherRecords).toBe(401);
  });

  test('buckets widen with the range of time', () => {
    const counter = new PatternCounter();
    for (let hour = 0; hour < 1000; hour += 1) {
      counter.add({ body: 'tick', timestampMs: T0 + hour * 3_600_000 });
    }
    const { patterns, bucketMs } = counter.result();
    expect(patterns[0]?.buckets.size).toBeLessThanOrEqual(256);
    expect(patterns[0]?.buckets.size).toBeGreaterThan(120);
    expect(bucketMs).toBe(16_384_000);
  });
});
