/** Telemetry is hostile: whatever stands in keys and values is text, in every corner of the page and in files. */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, openPage, startBrowser } from './browser.ts';
import { startDemoServer, type DemoServer } from './demo-server.ts';
import { LogsPage } from './logs-page.ts';

const path = await browserPath();
const MARKUP = '<script>window.hacked=1</script><img src=x onerror="window.hacked=1">';
const SIGNS = '\u001b[31mred\u001b[0m \u202eesrever e\u0301\u0327 مرحبا =1+1|cmd';
const MANY = 500;
const LARGE = 1_000_000;

describe.skipIf(path === undefined && process.env['CI'] !== 'true')('hostile records', () => {
  let browser: Browser;
  let server: DemoServer;

  beforeAll(async () => {
    server = await startDemoServer();
    const many = Object.fromEntries(
      Array.from({ length: MANY }, (_, index) => [`${MARKUP}${index}`, `${MARKUP}${SIGNS}`]),
    );
    const time = new Date().toISOString();
    const lines = [
      { time, level: 'error', msg: `${MARKUP}${SIGNS}`, ...many },
      { time, level: 'warn', msg: `large ${'x'.repeat(LARGE)} end` },
      { time, level: 'info', msg: `=HYPERLINK("http://evil","${MARKUP}")` },
    ];
    const body = lines.map((line) => JSON.stringify(line)).join('\n');
    await server.client.ingest({ body: `${body}\n`, service: MARKUP, environment: MARKUP });
    browser = await startBrowser(path ?? '');
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  test('are shown as text: rows, facets, details, tooltips, completion', async () => {
    const { page, complaints } = await openPage(browser);
    const logs = new LogsPage(page);
    await logs.open(server.url);
    expect(await logs.rows().count()).toBe(3);
    await page.locator('.facet-value').first().waitFor();
    await page.locator('.histogram-bars').hover();
    const row = logs.row('␛[31mred');
    await row.locator('.row-expand').click();
    await page.locator('.inline-record').waitFor();
    await row.locator('.cell').last().hover();
    await row.locator('.cell').last().click();
    await logs.detail().waitFor();
    expect(await logs.detail().locator('.record-field').count()).toBeGreaterThan(MANY);
    for (const tab of ['JSON', 'Raw', 'Context', 'Fields']) {
      await logs.detail().getByRole('tab', { name: tab }).click();
    }
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.locator('.column-entry').nth(5).waitFor();
    await page.keyboard.press('Escape');
    await logs.editor().click();
    await page.keyboard.type('service.name:');
    await page.locator('.cm-tooltip-autocomplete li').first().waitFor();
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await page.locator('script:not([src]), img:not(.cm-widgetBuffer)').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a body of a megabyte does not stop the page', async () => {
    const { page, complaints } = await openPage(browser);
    const logs = new LogsPage(page);
    await logs.open(server.url);
    await logs.row('large').click();
    await logs
      .detail()
      .getByRole('button', { name: /Show all/ })
      .first()
      .click();
    await expect
      .poll(async () => (await logs.detail().locator('.record-body').textContent())?.length ?? 0)
      .toBeGreaterThan(LARGE);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a value with any sign in it can be filtered for', async () => {
    const { page } = await openPage(browser);
    const logs = new LogsPage(page);
    await logs.open(server.url);
    await page.locator('.facet-value input').nth(3).waitFor();
    await page.locator('.facet', { hasText: 'service.name' }).locator('input').first().check();
    await expect.poll(() => logs.query()).toContain('service.name:');
    expect(await logs.total()).toBe(3);
    await page.context().close();
  });

  test('are no formulas in a spreadsheet', async () => {
    const { page } = await openPage(browser);
    const logs = new LogsPage(page);
    await logs.open(server.url);
    await page.getByRole('button', { name: 'Export' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: /CSV/ }).click();
    const file = await readFile(await (await download).path(), 'utf8');
    expect(file).toContain('HYPERLINK');
    expect(file).not.toMatch(/(?:^|,)"?=HYPERLINK/m);
    await page.context().close();
  });
});
