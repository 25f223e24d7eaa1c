/**
 * Saved views: a search under a name, shared by everybody who reads this database. Who may only read may not
 * change what others rely on.
 */
import { z } from 'zod';
import type { Route } from './route.ts';

export const VIEWS_MAX = 1_000;
export const VIEW_NAME_LENGTH_MAX = 200;
const COLUMNS_MAX = 200;
const TAGS_MAX = 20;

/** What a person writes. */
export interface ViewContent {
  readonly name: string;
  readonly description: string;
  readonly query: string;
  /** Names of fields, in the order shown; empty for the usual ones. */
  readonly columns: readonly string[];
  /** As typed: `now-1h` stays relative. Null when the view keeps the range that is selected. */
  readonly range: { readonly from: string; readonly to: string } | null;
  readonly tags: readonly string[];
}

export interface View extends ViewContent {
  readonly id: string;
  /** Grows with every change. Whoever changes a view says which version was changed. */
  readonly version: number;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Name of the token that changed it last; empty on an open server. */
  readonly updatedBy: string;
}

export interface ViewList {
  readonly views: readonly View[];
}

/** What may be left out is empty. */
export type ViewInput = Pick<ViewContent, 'name'> & {
  readonly [Key in Exclude<keyof ViewContent, 'name'>]?: ViewContent[Key] | undefined;
};

export interface ReplaceViewRequest extends ViewContent {
  readonly version: number;
}

const text = (length: number): z.ZodString => z.string().max(length);

const contentShape = {
  name: z.string().trim().min(1).max(VIEW_NAME_LENGTH_MAX),
  description: text(2_000).default(''),
  query: text(64 * 1024).default(''),
  columns: z.array(text(1_024).min(1)).max(COLUMNS_MAX).default([]),
  range: z
    .strictObject({ from: text(100), to: text(100) })
    .nullable()
    .default(null),
  tags: z.array(z.string().trim().min(1).max(50)).max(TAGS_MAX).default([]),
};

export const viewContentSchema: z.ZodType<ViewContent, ViewInput> = z
  .strictObject(contentShape)
  .meta({ id: 'ViewContent' });

export const replaceViewRequestSchema: z.ZodType<
  ReplaceViewRequest,
  ViewInput & { readonly version: number }
> = z
  .strictObject({ ...contentShape, version: z.number().int().positive() })
  .meta({ id: 'ReplaceViewRequest' });

export const viewSchema: z.ZodType<View> = z
  .object({
    ...contentShape,
    id: z.string(),
    version: z.number().int(),
    createdAt: z.string(),
    updatedAt: z.string(),
    updatedBy: z.string(),
  })
  .meta({ id: 'View' });

export const viewListSchema: z.ZodType<ViewList> = z
  .object({ views: z.array(viewSchema) })
  .meta({ id: 'ViewList' });

const JSON_BODY = ['application/json'] as const;

export const VIEW_LIST: Route = {
  method: 'GET',
  path: '/api/v1/views',
  scope: 'read',
  operationId: 'listViews',
  summary: 'List saved views, by name',
  response: { mediaTypes: JSON_BODY, schema: viewListSchema },
};

export const VIEW_CREATE: Route = {
  method: 'POST',
  path: '/api/v1/views',
  scope: 'admin',
  operationId: 'createView',
  summary: 'Save a view',
  request: { mediaTypes: JSON_BODY, schema: viewContentSchema },
  response: { mediaTypes: JSON_BODY, schema: viewSchema },
};

export const VIEW_GET: Route = {
  method: 'GET',
  path: '/api/v1/views/{id}',
  scope: 'read',
  operationId: 'getView',
  summary: 'One saved view',
  response: { mediaTypes: JSON_BODY, schema: viewSchema },
};

export const VIEW_REPLACE: Route = {
  method: 'PUT',
  path: '/api/v1/views/{id}',
  scope: 'admin',
  operationId: 'replaceView',
  summary: 'Change a saved view; refused when somebody changed it in between',
  request: { mediaTypes: JSON_BODY, schema: replaceViewRequestSchema },
  response: { mediaTypes: JSON_BODY, schema: viewSchema },
};

export const VIEW_DELETE: Route = {
  method: 'DELETE',
  path: '/api/v1/views/{id}',
  scope: 'admin',
  operationId: 'deleteView',
  summary: 'Delete a saved view',
};
