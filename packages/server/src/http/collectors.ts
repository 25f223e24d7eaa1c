/** What agents collect. */
import { COLLECTORS } from '@tendril/api/collectors';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import type { Mount } from './mount.ts';

export function mountCollectors(mount: Mount, { collectors }: HttpDependencies): void {
  mount(COLLECTORS, () => jsonResponse({ collectors: collectors.list() }));
}
