import type { AttributeValue } from '@tendril/model/attribute';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldsKey } from './fields-key.ts';

const SCALAR: fc.Arbitrary<string | number | boolean | bigint> = fc.oneof(
  // What the key itself is made of, so that one value may look like another.
  fc.string({ unit: fc.constantFrom('s', 'n', 'a', '1', '2', ':', ';', 't') }),
  fc.integer({ min: -20, max: 20 }),
  fc.boolean(),
  fc.bigInt({ min: -20n, max: 20n }),
);
const VALUE: fc.Arbitrary<AttributeValue> = fc.oneof(
  SCALAR,
  fc.array(fc.string({ unit: fc.constantFrom('s', '1', ':', 'a') }), { maxLength: 3 }),
);
const NAME: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom('s', '1', ':', 'a'),
  maxLength: 3,
});
const FIELDS: fc.Arbitrary<Map<string, AttributeValue>> = fc
  .array(fc.tuple(NAME, VALUE), { maxLength: 4 })
  .map((entries) => new Map(entries));

describe('fieldsKey', () => {
  test('two lists of fields have the same key only when they are the same', () => {
    fc.assert(
      fc.property(FIELDS, FIELDS, (one, other) => {
        const areSame = toText(one) === toText(other);
        expect(fieldsKey(one) === fieldsKey(other)).toBe(areSame);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a field that is left out makes no difference', () => {
    const fields = (offset: number): Map<string, AttributeValue> =>
      new Map<string, AttributeValue>([
        ['a', 1],
        ['log.offset', offset],
      ]);
    expect(fieldsKey(fields(1), 'log.offset')).toBe(fieldsKey(fields(2), 'log.offset'));
    expect(fieldsKey(fields(1))).not.toBe(fieldsKey(fields(2)));
  });
});

function toText(fields: ReadonlyMap<string, AttributeValue>): string {
  return JSON.stringify([...fields], (_, value: unknown) =>
    typeof value === 'bigint' ? { bigint: String(value) } : value,
  );
}
