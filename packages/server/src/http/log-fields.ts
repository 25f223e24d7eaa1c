/** Fields and their values. */
import { LOG_FACETS, logFacetsRequestSchema } from '@tendril/api/log-facets';
import {
  LOG_FIELDS_LIST,
  LOG_FIELD_VALUES,
  logFieldsRequestSchema,
  logFieldValuesRequestSchema,
} from '@tendril/api/log-fields';
import { logFacets } from '../logs/facets.ts';
import { logFields } from '../logs/field-list.ts';
import { logFieldValues } from '../logs/field-values.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import type { Mount } from './mount.ts';
import { jsonInput, queryInput } from './request-input.ts';

export function mountLogFields(mount: Mount, { reader }: HttpDependencies): void {
  mount(LOG_FIELDS_LIST, async ({ url, signal }) =>
    jsonResponse(await logFields(reader, queryInput(url, logFieldsRequestSchema), signal)),
  );
  mount(LOG_FIELD_VALUES, async ({ request, signal }) => {
    const input = await jsonInput(request, logFieldValuesRequestSchema);
    return jsonResponse(await logFieldValues(reader, input, signal));
  });
  mount(LOG_FACETS, async ({ request, signal }) => {
    const input = await jsonInput(request, logFacetsRequestSchema);
    return jsonResponse(await logFacets(reader, input, signal));
  });
}
