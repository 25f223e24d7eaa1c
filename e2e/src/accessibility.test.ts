/** axe on every page: nothing serious or critical. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerFixture } from '@tendril/testkit/server-fixture';
import type axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
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

  /** Looked at in both themes, one page after the other in one context: starting contexts takes the time. */
  const scenes: readonly Scene[] = [
    { address: '/logs', ready: '.record-row', act: openRecord },
    { address: '/logs', ready: '.record-row', act: openMenus },
    { address: '/logs', ready: '.record-row', act: expandRow },
    { address: '/logs?q=nothing-like-this', ready: '.empty-page' },
    { address: '/logs?live=1', ready: '.live-bar' },
    { address: '/logs?view=patterns', ready: '.patterns-table tbody tr' },
    { address: '/logs?view=changes', ready: '.patterns-frame' },
    { address: '/logs?view=chart', ready: '.time-chart-entry' },
    { address: `/logs?q=${STATS}`, ready: '.result-row.table-place' },
    { address: `/logs?view=chart&q=${STATS}`, ready: '.value-bar' },
    { address: '/data', ready: '.data-table tbody tr' },
    { address: '/data/add?from=filebeat', ready: '.snippet' },
    { address: '/query-language', ready: '.reference h1' },
    { address: '/settings', ready: '.settings h1' },
    { address: '/no-such-page', ready: '.empty-page' },
  ];
  const traceScenes: readonly Scene[] = [
    { address: '/chains', ready: '.chain-page' },
    { address: '/traces', ready: '.trace-entry' },
    { address: `/traces/${FAILED_TRACE}?span=${FAILED_SPAN}`, ready: '.span-pane .record-field' },
    { address: `/traces/${FAILED_TRACE}?view=flame`, ready: '.flame-frame' },
    { address: `/traces/${FAILED_TRACE}?view=table`, ready: '.statistics td' },
    {
      address: `/traces/compare?a=${FAILED_TRACE}&b=${demoTraceId(0)}`,
      ready: '.compare-table td',
    },
    { address: '/services', ready: '.calls-table td' },
    { address: '/services/map', ready: '.map-node' },
    { address: '/services/openim-rpc-msg', ready: '.service-charts .u-over' },
  ];
  test.each([
    ['of logs and data', 'light', scenes],
    ['of logs and data', 'dark', scenes],
    ['of traces and chains', 'light', traceScenes],
    ['of traces and chains', 'dark', traceScenes],
  ] as const)('nothing serious on the pages %s, %s', async (_name, colorScheme, shown) => {
    // The test's own script must get past the content security policy.
    const { page } = await openPage(browser, { colorScheme, bypassCSP: true });
    const found: unknown[] = [];
    for (const { address, ready, act } of shown) {
      await page.goto(server.url + address);
      await page.locator(ready).first().waitFor();
      const look = async (what: string): Promise<void> => {
        for (const violation of await violationsOf(page, colorScheme === 'dark')) {
          found.push({ address, what, violation });
        }
      };
      if (act) await act(page, look);
      else await look('');
    }
    expect(found).toEqual([]);
    await page.context().close();
  });

  test('nothing serious where one signs in, nor before the first record', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tendril-tokens-'));
    const tokens = join(directory, 'tokens');
    writeFileSync(tokens, 'read tdl_0123456789abcdef0123456789abcdef browser\n');
    const fixture = await startServerFixture({ 'access-tokens-file': tokens });
    try {
      const { page } = await openPage(browser, { bypassCSP: true });
      await page.goto(fixture.server.url);
      await page.getByLabel('Access token').fill('tdl_0123456789abcdef0123456789abcdef');
      expect(await violationsOf(page)).toEqual([]);
      await page.keyboard.press('Enter');
      await page.locator('.first-run').waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await page.context().close();
    } finally {
      await fixture.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

const STATS = encodeURIComponent('* | stats count() by service.name');

interface Scene {
  readonly address: string;
  /** Until this is there. */
  readonly ready: string;
  readonly act?: (page: Page, look: (what: string) => Promise<void>) => Promise<void>;
}

async function openRecord(page: Page, look: (what: string) => Promise<void>): Promise<void> {
  await page.locator('.record-row').first().click();
  await page.locator('.facet-value').first().waitFor();
  await page.locator('.cm-content').waitFor();
  for (const tab of ['Context', 'JSON', 'Raw', 'Fields']) {
    await page.locator('.record-detail').getByRole('tab', { name: tab }).click();
    await page.locator('.record-content > *').first().waitFor();
    await look(`record, ${tab}`);
  }
}

async function openMenus(page: Page, look: (what: string) => Promise<void>): Promise<void> {
  await page.locator('.cm-content').waitFor();
  for (const name of ['Columns', 'Display', 'Saved views', 'Export', 'Earlier queries']) {
    await page.getByRole('button', { name, exact: true }).click();
    await page.locator('[role=menu], [role=dialog]').first().waitFor();
    await look(name);
    await page.keyboard.press('Escape');
    await page.locator('[role=menu], [role=dialog]').first().waitFor({ state: 'detached' });
  }
  await page.locator('.time-button').click();
  await page.getByRole('button', { name: 'Calendar' }).click();
  await page.locator('.range-clocks').waitFor();
  await look('time');
  await page.keyboard.press('Escape');
  await page.locator('.range-choice').waitFor({ state: 'detached' });
  await page.locator('.health-chip').click();
  await page.locator('.health-card').waitFor();
  await look('health');
  await page.keyboard.press('Escape');
  for (const [keys, place] of [
    ['ControlOrMeta+k', '.palette'],
    ['?', '.sheet-part'],
  ] as const) {
    await page.locator('.record-table').focus();
    await page.keyboard.press(keys);
    await page.locator(place).waitFor();
    await look(keys);
    await page.keyboard.press('Escape');
    await page.locator(place).waitFor({ state: 'detached' });
  }
  await page.getByRole('button', { name: 'SQL' }).click();
  await page.locator('.sql-text').waitFor();
  await look('SQL');
}

async function expandRow(page: Page, look: (what: string) => Promise<void>): Promise<void> {
  await page.locator('.record-table').focus();
  await page.keyboard.press('j');
  await page.keyboard.press('Space');
  await page.locator('.inline-record').waitFor();
  await page.keyboard.press('Shift+ArrowDown');
  await page.locator('.selection-bar').waitFor();
  await page.keyboard.press('ControlOrMeta+f');
  await page.locator('.find-bar').waitFor();
  await look('row, selection, find');
}

/** A second theme differs in its colours alone. */
async function violationsOf(page: Page, coloursAlone = false): Promise<readonly unknown[]> {
  await page.addScriptTag({ content: AXE });
  return await page.evaluate(async (areColours) => {
    const { violations } = await window.axe.run(document, {
      resultTypes: ['violations'],
      ...(areColours && { runOnly: ['color-contrast'] }),
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => ({
        id,
        nodes: nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)),
      }));
  }, coloursAlone);
}
