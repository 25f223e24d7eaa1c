/** The demo's data: known by an attribute that its resources carry, and removed by it. */
import { z } from 'zod';
import { sendForJson, type HttpOptions } from './http.ts';
import type { Route } from './route.ts';

/** Resources that have it belong to the demo. */
export const DEMO_ATTRIBUTE = 'tendril.demo';

export interface RemovedDemo {
  readonly records: number;
  readonly spans: number;
  readonly changes: number;
}

const count = z.number().int().nonnegative();

export const removedDemoSchema: z.ZodType<RemovedDemo> = z
  .object({ records: count, spans: count, changes: count })
  .meta({ id: 'RemovedDemo' });

export const DEMO_REMOVE: Route = {
  method: 'DELETE',
  path: '/api/v1/demo',
  scope: 'admin',
  operationId: 'removeDemo',
  summary: "Remove the demo's data for good",
  response: { mediaTypes: ['application/json'], schema: removedDemoSchema },
};

export interface DemoClient {
  removeDemo(signal?: AbortSignal): Promise<RemovedDemo>;
}

export function demoClient(options: HttpOptions): DemoClient {
  return {
    removeDemo: async (signal) =>
      await sendForJson(options, DEMO_REMOVE, { signal, schema: removedDemoSchema }),
  };
}
