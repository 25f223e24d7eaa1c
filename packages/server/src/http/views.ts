/** Saved views. */
import { randomUUID } from 'node:crypto';
import {
  replaceViewRequestSchema,
  VIEW_CREATE,
  VIEW_DELETE,
  VIEW_GET,
  VIEW_LIST,
  VIEW_REPLACE,
  viewContentSchema,
  VIEWS_MAX,
  type View,
} from '@tendril/api/views';
import { Failure } from '@tendril/model/failure';
import { viewTable, type StoredView, type ViewTable } from '../state/view-table.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import type { Mount } from './mount.ts';
import { jsonInput } from './request-input.ts';

export function mountViews(mount: Mount, { engine }: HttpDependencies): void {
  const table = viewTable(engine);
  mount(VIEW_LIST, async () => jsonResponse({ views: (await table.list()).map(viewOf) }));
  mount(VIEW_GET, async ({ parameter }) =>
    jsonResponse(viewOf(await stored(table, parameter('id')))),
  );
  mount(VIEW_CREATE, async ({ request, principal }) => {
    const content = await jsonInput(request, viewContentSchema);
    const views = await table.list();
    if (views.length >= VIEWS_MAX) throw tooManyViews();
    const nowMs = Date.now();
    const view: StoredView = {
      ...content,
      id: randomUUID(),
      version: 1,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      updatedBy: principal.name,
    };
    await table.write(view);
    return jsonResponse(viewOf(view));
  });
  mount(VIEW_REPLACE, async ({ request, parameter, principal }) => {
    const { version, ...content } = await jsonInput(request, replaceViewRequestSchema);
    const { id, createdAtMs, ...before } = await stored(table, parameter('id'));
    if (before.version !== version) throw changedMeanwhile(before.updatedBy);
    const changed = { version: version + 1, updatedAtMs: Date.now(), updatedBy: principal.name };
    const view: StoredView = { ...content, ...changed, id, createdAtMs };
    await table.write(view);
    return jsonResponse(viewOf(view));
  });
  mount(VIEW_DELETE, async ({ parameter }) => {
    const { id, version } = await stored(table, parameter('id'));
    await table.remove({ id, version: version + 1 });
    return new Response(null, { status: 204 });
  });
}

async function stored(table: ViewTable, id: string): Promise<StoredView> {
  const view = await table.find(id);
  if (view) return view;
  throw new Failure({
    code: 'not_found',
    detail: 'there is no such view; it may have been deleted',
  });
}

function changedMeanwhile(by: string): Failure {
  return new Failure({
    code: 'view_changed',
    detail: 'the view was changed by somebody else in between; load it again',
    params: { by },
  });
}

function tooManyViews(): Failure {
  return new Failure({
    code: 'too_many_views',
    detail: `there are ${VIEWS_MAX} saved views, which is the limit; delete some`,
    params: { viewsMax: VIEWS_MAX },
  });
}

function viewOf({ createdAtMs, updatedAtMs, ...view }: StoredView): View {
  return {
    ...view,
    createdAt: new Date(createdAtMs).toISOString(),
    updatedAt: new Date(updatedAtMs).toISOString(),
  };
}
