/** Removes the demo's data. */
import { DEMO_REMOVE } from '@tendril/api/demo';
import { removeDemoData } from '../state/demo-data.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import type { Mount } from './mount.ts';

export function mountDemo(mount: Mount, { engine, pipeline, forgetSent }: HttpDependencies): void {
  mount(DEMO_REMOVE, async ({ signal }) => {
    await pipeline.flush(signal);
    const removed = await removeDemoData(engine);
    // Resources are told of once; those that were removed have to be told of again.
    forgetSent();
    return jsonResponse(removed);
  });
}
