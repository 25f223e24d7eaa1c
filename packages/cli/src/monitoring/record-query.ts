/** A query as a test of records that no server holds: any attribute may be there. */
import { fieldCatalogue, type AttributeField, type FieldCatalogue } from '@tendril/query/catalogue';
import { readQuery } from '@tendril/query/check';
import { matcherOf, type RecordMatcher } from '@tendril/query/match';

const TYPES: AttributeField['types'] = ['string', 'int', 'float', 'bool', 'array'];

const ANY_FIELD: FieldCatalogue = {
  ...fieldCatalogue([]),
  find: (key) => [
    { key, scope: 'attribute', types: TYPES, storage: 'path' },
    { key, scope: 'resource', types: TYPES, storage: 'path' },
  ],
};

/** Throws a `QueryFailure`. All records when the text is empty. */
export function recordQuery(text: string, nowMs: number): RecordMatcher {
  if (text.trim() === '') return () => true;
  const nowNs = BigInt(Math.trunc(nowMs)) * 1_000_000n;
  return matcherOf(readQuery(text, { catalogue: ANY_FIELD, nowNs }));
}
