/** The pages of traces and services, as the screenshots show them. */
import { demoTraceId, demoTraces, recordsOf } from './demo-traces.ts';
import type { DemoServer } from './demo-server.ts';
import type { Scene } from './scene.ts';

const TRACES = 400;
/** Among those that run into the slow database and fail. */
const FAILED = 285;
const CALM = 40;
const HOUR_MS = 3_600_000;

export async function sendSceneTraces(server: DemoServer): Promise<void> {
  const traces = demoTraces({ count: TRACES, endMs: Date.now(), spanMs: HOUR_MS });
  await server.sendSpans(traces.flat());
  for (const [service, body] of recordsOf(traces[FAILED] ?? [])) {
    await server.client.ingest({ body, service, environment: 'prod' });
  }
}

export const TRACE_SCENES: readonly Scene[] = [
  { name: 'traces', path: '/traces', ready: '.trace-entry' },
  {
    name: 'traces-errors',
    path: '/traces?service=openim-rpc-msg&errors=1&sort=longest&min=500ms',
    ready: '.trace-entry',
  },
  { name: 'traces-nothing', path: '/traces?operation=moon', ready: '.traces-main .empty-page' },
  { name: 'trace', path: `/traces/${demoTraceId(FAILED)}`, ready: '.waterfall-row' },
  {
    name: 'trace-span',
    path: `/traces/${demoTraceId(FAILED)}?find=insert`,
    ready: '.waterfall-row.is-found',
    act: async (page) => {
      await page.locator('.waterfall-row.is-found').first().click();
      await page.locator('.span-pane .record-field').first().waitFor();
    },
  },
  { name: 'trace-flame', path: `/traces/${demoTraceId(CALM)}?view=flame`, ready: '.flame-frame' },
  {
    name: 'trace-table',
    path: `/traces/${demoTraceId(FAILED)}?view=table`,
    ready: '.statistics td',
  },
  {
    name: 'trace-compare',
    path: `/traces/compare?a=${demoTraceId(CALM)}&b=${demoTraceId(FAILED)}`,
    ready: '.compare-table td',
  },
  { name: 'trace-missing', path: '/traces/1234', ready: '.empty-page' },
  { name: 'services', path: '/services', ready: '.calls-table td' },
  { name: 'services-map', path: '/services/map', ready: '.map-node' },
  { name: 'service', path: '/services/openim-rpc-msg', ready: '.service-charts .u-over' },
];
