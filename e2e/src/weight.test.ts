/** What the browser has to load before it can show the first records, and how many fields it can show. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, openPage, startBrowser } from './browser.ts';
import { startDemoServer, type DemoServer } from './demo-server.ts';
import { gzippedBytes, takeFirstRows, watchFirstRows } from './first-rows.ts';
import { LogsPage } from './logs-page.ts';

const path = await browserPath();
/** Gzipped; editor, calendar, palette and charts come later, when they are wanted. */
const SCRIPT_BYTES_MAX = 300_000;
const FIELDS = 10_000;
const FIELDS_PER_RECORD = 500;

describe.skipIf(path === undefined && process.env['CI'] !== 'true')('the weight of it', () => {
  let browser: Browser;
  let server: DemoServer;

  beforeAll(async () => {
    server = await startDemoServer({ count: 200, endMs: Date.now(), spanMs: 600_000 });
    const lines = Array.from({ length: FIELDS / FIELDS_PER_RECORD }, (_, at) => {
      const fields = Array.from({ length: FIELDS_PER_RECORD }, (_each, index) => [
        `field_${at * FIELDS_PER_RECORD + index}`,
        'x',
      ]);
      return JSON.stringify({ msg: `wide ${at}`, ...Object.fromEntries(fields) });
    });
    await server.client.ingest({ body: `${lines.join('\n')}\n`, service: 'wide' });
    browser = await startBrowser(path ?? '');
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  test(`no more than ${SCRIPT_BYTES_MAX} bytes of scripts come before the first rows`, async () => {
    const { page } = await openPage(browser);
    await watchFirstRows(page);
    await page.goto(`${server.url}/logs`);
    const { scriptUrls } = await takeFirstRows(page);
    expect(scriptUrls.length).toBeGreaterThan(1);
    expect(await gzippedBytes(scriptUrls)).toBeLessThanOrEqual(SCRIPT_BYTES_MAX);
    await page.context().close();
  });

  test('ten thousand fields: those most records have are listed, any other is found by its name', async () => {
    const { page, complaints } = await openPage(browser);
    const logs = new LogsPage(page);
    await logs.open(server.url);
    const filter = page.locator('.facets-filter');
    await expect
      .poll(async () => await filter.getAttribute('placeholder'))
      .toMatch(/Filter 10,\d\d\d fields/);
    expect(await page.locator('.facet').count()).toBeLessThan(100);
    await filter.fill('FIELD_9876');
    await page.locator('.facet-name', { hasText: 'field_9876' }).click();
    await page.locator('.facet-value', { hasText: 'x' }).locator('input').check();
    await expect.poll(() => logs.query()).toBe('field_9876:"x"');
    expect(await logs.total()).toBe(1);
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.locator('.column-choice input[type=search]').fill('field_1234');
    await page.locator('.column-entry', { hasText: 'field_1234' }).first().click();
    await page.locator('.head-cell', { hasText: 'field_1234' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
