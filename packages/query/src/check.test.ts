import { LOG_FIELDS } from '@tendril/model/fields';
import { describe, expect, test } from 'vitest';

import { fieldCatalogue } from './catalogue.ts';
import { readQuery } from './check.ts';
import { QueryFailure } from './query-failure.ts';
import { TEST_CONTEXT } from './testing/test-context.ts';

describe('readQuery', () => {
  test('takes every registered field by every name, in any case, without any data', () => {
    const context = { catalogue: fieldCatalogue([]), nowNs: 0n };
    for (const { name, aliases } of LOG_FIELDS) {
      for (const alias of [name, ...aliases]) {
        expect(() => readQuery(`"${alias.toUpperCase()}":*`, context), alias).not.toThrow();
      }
    }
  });

  test('uses those fields of a pattern that the value can mean', () => {
    expect(readQuery('*status*:up', TEST_CONTEXT)).toMatchObject({ kind: 'or' });
    expect(readQuery('*amp:now', TEST_CONTEXT)).toMatchObject({ kind: 'or' });
    expect(() => readQuery('*Timestamp:up', TEST_CONTEXT)).toThrow('is no time');
  });

  test('refuses more conditions than allowed once field patterns are spelled out', () => {
    const context = { ...TEST_CONTEXT, queryClausesMax: 5 };
    expect(() => readQuery('http.*:(a or b)', context)).not.toThrow();
    expect(() => readQuery('http.*:(a or b or c)', context)).toThrow('more than 5 conditions');
  });

  test('makes one test of alternatives on one field, however they are grouped', () => {
    expect(readQuery('service:a or (service:b or service:(c or d))', TEST_CONTEXT)).toMatchObject({
      kind: 'value',
      test: { kind: 'in', values: { texts: ['a', 'b', 'c', 'd'] } },
    });
    expect(readQuery('body:(a or b a)', TEST_CONTEXT)).toMatchObject({
      kind: 'text',
      test: { kind: 'anyWord', words: ['a', 'b'] },
    });
  });

  test('refuses a regular expression that is too long', () => {
    const regex = `/${'a'.repeat(1_001)}/`;
    expect(() => readQuery(`body:${regex}`, TEST_CONTEXT)).toThrow('1001 characters');
  });

  test('suggests quickly among many names', () => {
    const names = Array.from({ length: 20_000 }, (_unused, index) => `attribute.number.${index}`);
    const catalogue = fieldCatalogue(
      names.map((key) => ({ key, scope: 'attribute', types: ['string'], storage: 'path' })),
    );
    expect(() => readQuery('attribute.nummber.77:1', { catalogue, nowNs: 0n })).toThrow(
      QueryFailure,
    );
  });
});
