/** axe on every page: nothing serious or critical. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, openPage, startBrowser } from './browser.ts';
import { demoTraceId, demoTraces } from './demo-traces.ts';
import { startDemoServer, type DemoServer } from './demo-server.ts';

declare const window: { readonly axe: typeof axe };

const path = await browserPath();
const TRACES = demoTraces({ count: 20, endMs: Date.now(), spanMs: 600_000 });
const FAILED_TRACE = demoTraceId(15);
const FAILED_SPAN = TRACES[15]?.[3]?.spanId ?? '';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(path === undefined && process.env['CI'] !== 'true')('accessibility', () => {
  let browser: Browser;
  let server: DemoServer;

  beforeAll(async () => {
    server = await startDemoServer({ count: 500, endMs: Date.now(), spanMs: 600_000 });
    await server.sendSpans(TRACES.flat());
    browser = await startBrowser(path ?? '');
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  test.each([
    ['/logs', '.record-row', 'light'],
    ['/logs', '.record-row', 'dark'],
    ['/logs?q=nothing-like-this', '.empty-page', 'light'],
    ['/logs?view=patterns', '.patterns-table tbody tr', 'light'],
    ['/logs?view=patterns', '.patterns-table tbody tr', 'dark'],
    ['/logs?view=changes', '.patterns-frame', 'light'],
    ['/chains', '.chain-page', 'light'],
    ['/settings', '.settings h1', 'dark'],
    ['/traces', '.trace-entry', 'light'],
    ['/traces', '.trace-entry', 'dark'],
    [`/traces/${FAILED_TRACE}?span=${FAILED_SPAN}`, '.span-pane .record-field', 'light'],
    [`/traces/${FAILED_TRACE}?span=${FAILED_SPAN}`, '.span-pane .record-field', 'dark'],
    [`/traces/${FAILED_TRACE}?view=flame`, '.flame-frame', 'dark'],
    [`/traces/compare?a=${FAILED_TRACE}&b=${demoTraceId(0)}`, '.compare-table td', 'light'],
    ['/services', '.calls-table td', 'light'],
    ['/services/map', '.map-node', 'dark'],
    ['/services/openim-rpc-msg', '.service-charts .u-over', 'light'],
  ] as const)('%s until %s, %s', async (address, ready, colorScheme) => {
    // The test's own script must get past the content security policy.
    const { page } = await openPage(browser, { colorScheme, bypassCSP: true });
    await page.goto(server.url + address);
    await page.locator(ready).first().waitFor();
    if (ready === '.record-row') {
      await page.locator('.record-row').first().click();
      await page.locator('.record-detail').waitFor();
      await page.locator('.facet-value').first().waitFor();
      await page.locator('.cm-content').waitFor();
    }
    await page.addScriptTag({ content: AXE });
    const found = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document);
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => ({
          id,
          nodes: nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)),
        }));
    });
    expect(found).toEqual([]);
    await page.context().close();
  });
});
