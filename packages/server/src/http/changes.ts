/** Changes: told here, listed with those that were inferred. */
import { randomUUID } from 'node:crypto';
import {
  addChangeRequestSchema,
  CHANGE_ADD,
  CHANGE_LIST,
  CHANGES_MAX,
  listChangesRequestSchema,
  type Change,
} from '@tendril/api/changes';
import { readChanges, writeChanges } from '../changes/change-table.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import type { Mount } from './mount.ts';
import { jsonInput, queryInput } from './request-input.ts';

export function mountChanges(mount: Mount, { engine, reader }: HttpDependencies): void {
  mount(CHANGE_ADD, async ({ request, principal }) => {
    const { at, ...content } = await jsonInput(request, addChangeRequestSchema);
    const change: Change = {
      ...content,
      id: randomUUID(),
      timestamp: String(reader.timeOf('at', at)),
      origin: 'reported',
      by: principal.name,
    };
    await writeChanges(engine, [change], 1n);
    return jsonResponse(change);
  });
  mount(CHANGE_LIST, async ({ url, signal }) => {
    const { service, environment, ...bounds } = queryInput(url, listChangesRequestSchema);
    const filter = {
      range: reader.rangeOf(bounds),
      ...(service !== undefined && { services: [service] }),
      ...(environment !== undefined && { environment }),
      limit: CHANGES_MAX + 1,
    };
    const changes = await readChanges(engine, filter, signal);
    const isCut = changes.length > CHANGES_MAX;
    return jsonResponse({ changes: changes.slice(0, CHANGES_MAX), isCut });
  });
}
