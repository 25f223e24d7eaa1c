import type { LogFacet } from '@tendril/api/log-facets';
import { expect, test } from 'vitest';
import { facetList } from './facet-list.ts';

function facet(name: string, storage: LogFacet['storage'], records: number): LogFacet {
  return { name, type: 'keyword', storage, label: { en: name, zh: name }, records, values: [] };
}

function namesOf(facets: readonly LogFacet[]): readonly string[] {
  return facetList({ facets, wanted: '', pinned: [], levels: [] }).map(
    ({ name, storage }) => `${storage} ${name}`,
  );
}

test('an attribute that fills a column is one field with it', () => {
  const names = namesOf([
    facet('service.name', 'column', 9),
    facet('service', 'attribute', 9),
    facet('duration', 'attribute', 2),
    facet('component', 'attribute', 3),
  ]);
  expect(names).toEqual(['column service.name', 'column duration', 'attribute component']);
});
