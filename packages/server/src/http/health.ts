/** What machines ask: whether we live, whether we take records, and what the API is. */
import { HEALTHZ, OPENAPI, READYZ } from '@tendril/api/health';
import { openApiDocument } from '@tendril/api/openapi';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonText } from './json-response.ts';
import type { Mount } from './mount.ts';

export function mountHealth(mount: Mount, { version, pipeline, engine }: HttpDependencies): void {
  mount(HEALTHZ, () => textResponse('ok\n', 200));
  mount(READYZ, () => {
    const { refusing } = pipeline.status();
    if (refusing !== undefined) return textResponse(`not ready: ${refusing}\n`, 503);
    // Without the engine records are still taken; they can be searched when it is back.
    const state = engine.state();
    return textResponse(state === 'ready' ? 'ready\n' : `ready, engine ${state}\n`, 200);
  });
  const document = jsonText(openApiDocument(version));
  mount(
    OPENAPI,
    () =>
      new Response(document, { headers: { 'content-type': 'application/json; charset=utf-8' } }),
  );
}

function textResponse(text: string, status: number): Response {
  return new Response(text, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  });
}
