import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldName, LineFields } from './line-fields.ts';

const LINE = 'alpha beta gamma delta';
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const change = fc.oneof(
  fc.record({ kind: fc.constant('add'), name, value: fc.integer() }),
  fc.record({ kind: fc.constant('set'), name, value: fc.integer() }),
  fc.record({ kind: fc.constant('part'), name, value: fc.nat(10) }),
);

test('says of a line what a map of its fields would, also when others were read since', () => {
  fc.assert(
    fc.property(fc.array(change), fc.array(change), (changes, later) => {
      const { fields, map } = changed(changes);
      changed(later);
      expect([...fields]).toEqual([...map]);
      expect([...fields.keys()]).toEqual([...map.keys()]);
      expect(fields.size).toBe(map.size);
      for (const key of ['a', 'b', 'c', 'd', 'e']) {
        expect(fields.get(key)).toBe(map.get(key));
        expect(fields.has(key)).toBe(map.has(key));
      }
    }),
  );
});

test('more names than are remembered are names all the same', () => {
  const fields = new LineFields(LINE);
  for (let n = 0; n < 10_000; n += 1) fields.add(fieldName(`name-${n}`), n);
  expect(fields.size).toBe(10_000);
  expect(fields.get('name-0')).toBe(0);
  expect(fields.get('name-9999')).toBe(9999);
  expect(fields.has('name')).toBe(false);
});

interface Change {
  readonly kind: string;
  readonly name: string;
  readonly value: number;
}

function changed(changes: readonly Change[]): {
  readonly fields: LineFields;
  readonly map: ReadonlyMap<string, number | string>;
} {
  const fields = new LineFields(LINE);
  const map = new Map<string, number | string>();
  for (const { kind, name: key, value } of changes) {
    const text = LINE.slice(value, value + 5);
    if (kind === 'set') fields.set(key, value);
    else if (kind === 'add') fields.add(fieldName(key), value);
    else fields.addPart(fieldName(key), value, value + 5);
    if (kind === 'set' || !map.has(key)) map.set(key, kind === 'part' ? text : value);
  }
  return { fields, map };
}
