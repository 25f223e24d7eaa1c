/** Patterns of log messages. */
import { LOG_PATTERNS, logPatternsRequestSchema } from '@tendril/api/log-patterns';
import { logPatterns } from '../logs/patterns/patterns.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import type { Mount } from './mount.ts';
import { queryInput } from './request-input.ts';

export function mountLogPatterns(mount: Mount, { reader }: HttpDependencies): void {
  mount(LOG_PATTERNS, async ({ url, signal }) =>
    jsonResponse(await logPatterns(reader, queryInput(url, logPatternsRequestSchema), signal)),
  );
}
