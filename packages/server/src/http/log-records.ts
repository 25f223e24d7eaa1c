/** Single records and what surrounds them. */
import {
  LOG_RECORD,
  LOG_SURROUNDINGS,
  logRecordRequestSchema,
  logSurroundingsRequestSchema,
} from '@tendril/api/log-records';
import { logRecord, logSurroundings } from '../logs/surroundings.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import type { Mount } from './mount.ts';
import { queryInput } from './request-input.ts';

export function mountLogRecords(mount: Mount, { reader }: HttpDependencies): void {
  mount(LOG_RECORD, async ({ url, parameter, signal }) => {
    const { timestamp } = queryInput(url, logRecordRequestSchema);
    return jsonResponse(await logRecord(reader, { id: parameter('id'), timestamp }, signal));
  });
  mount(LOG_SURROUNDINGS, async ({ url, parameter, signal }) => {
    const input = queryInput(url, logSurroundingsRequestSchema);
    return jsonResponse(await logSurroundings(reader, { ...input, id: parameter('id') }, signal));
  });
}
