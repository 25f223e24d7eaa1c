/** Changes: deploys, restarts, configuration and version changes, told by people and pipelines or inferred. */
import { z } from 'zod';
import type { Route } from './route.ts';
import {
  timeBoundsShape,
  timeSchema,
  type TimeBounds,
  type TimeBoundsInput,
} from './time-bounds.ts';

export const CHANGE_KINDS = ['deploy', 'restart', 'config', 'scale', 'other'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** `reported`: somebody said so. `inferred`: read from versions, processes and start-up lines. */
export const CHANGE_ORIGINS = ['reported', 'inferred'] as const;
export type ChangeOrigin = (typeof CHANGE_ORIGINS)[number];

/** Of one answer, newest first. */
export const CHANGES_MAX = 1_000;
/** What inferred changes keep to, so that telemetry fits what the API takes. */
export const CHANGE_TEXT_LENGTH_MAX = 1_000;
const NAME_LENGTH_MAX = 300;
const URL_LENGTH_MAX = 2_000;

/** What is known of a change; empty where nothing is. */
export interface ChangeContent {
  readonly kind: ChangeKind;
  /** One line: what was changed. */
  readonly title: string;
  readonly service: string;
  /** The instance, host or pod that changed; empty when all of the service's did. */
  readonly instance: string;
  readonly environment: string;
  /** Version or value before and after. */
  readonly before: string;
  readonly after: string;
  /** Where more is said: a pipeline's run, a merge request. */
  readonly url: string;
}

export interface Change extends ChangeContent {
  readonly id: string;
  /** Nanoseconds since 1970. */
  readonly timestamp: string;
  readonly origin: ChangeOrigin;
  /** Name of the token that told of it; empty on an open server and for inferred ones. */
  readonly by: string;
}

/** What may be left out is empty. */
export type ChangeInput = Pick<ChangeContent, 'kind' | 'title'> & {
  readonly [Key in Exclude<keyof ChangeContent, 'kind' | 'title'>]?: string | undefined;
} & {
  /** As `parseTime` takes it; now when left out. */
  readonly at?: string | number | undefined;
};

export interface AddChangeRequest extends ChangeContent {
  readonly at: string;
}

export interface ListChangesRequest extends TimeBounds {
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
}

export interface ListChangesInput extends TimeBoundsInput {
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
}

export interface ChangeList {
  /** Newest first. */
  readonly changes: readonly Change[];
  /** There are older ones in the range. */
  readonly isCut: boolean;
}

const name = z.string().trim().max(NAME_LENGTH_MAX).default('');
const value = z.string().trim().max(CHANGE_TEXT_LENGTH_MAX).default('');

const contentShape = {
  kind: z.enum(CHANGE_KINDS),
  title: z.string().trim().min(1).max(CHANGE_TEXT_LENGTH_MAX),
  service: name,
  instance: name,
  environment: name,
  before: value,
  after: value,
  // Shown as a link, so nothing that a click could run.
  url: z
    .string()
    .trim()
    .max(URL_LENGTH_MAX)
    .regex(/^(?:https?:\/\/\S+)?$/, 'must begin with http:// or https://')
    .default(''),
};

export const addChangeRequestSchema: z.ZodType<AddChangeRequest, ChangeInput> = z
  .strictObject({ ...contentShape, at: timeSchema.default('now') })
  .meta({ id: 'AddChangeRequest' });

export const changeSchema: z.ZodType<Change> = z
  .object({
    ...contentShape,
    id: z.string(),
    timestamp: z.string(),
    origin: z.enum(CHANGE_ORIGINS),
    by: z.string(),
  })
  .meta({ id: 'Change' });

export const listChangesRequestSchema: z.ZodType<ListChangesRequest, ListChangesInput> = z
  .strictObject({
    ...timeBoundsShape,
    service: z.string().optional(),
    environment: z.string().optional(),
  })
  .meta({ id: 'ListChangesRequest' });

export const changeListSchema: z.ZodType<ChangeList> = z
  .object({ changes: z.array(changeSchema), isCut: z.boolean() })
  .meta({ id: 'ChangeList' });

const JSON_BODY = ['application/json'] as const;

export const CHANGE_LIST: Route = {
  method: 'GET',
  path: '/api/v1/changes',
  scope: 'read',
  operationId: 'listChanges',
  summary: 'List deploys, restarts and configuration changes, newest first',
  query: listChangesRequestSchema,
  response: { mediaTypes: JSON_BODY, schema: changeListSchema },
};

/** For pipelines, whose tokens may send and nothing else. */
export const CHANGE_ADD: Route = {
  method: 'POST',
  path: '/api/v1/changes',
  scope: 'ingest',
  operationId: 'addChange',
  summary: 'Tell of a change',
  request: { mediaTypes: JSON_BODY, schema: addChangeRequestSchema },
  response: { mediaTypes: JSON_BODY, schema: changeSchema },
};
