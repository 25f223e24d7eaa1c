/** What comes in and how: the data pages, in a real browser against a real server. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, openPage, startBrowser } from './browser.ts';
import { startDemoServer, type DemoServer } from './demo-server.ts';

const path = await browserPath();

describe.skipIf(path === undefined && process.env['CI'] !== 'true')('the data pages', () => {
  let browser: Browser;
  let server: DemoServer;

  beforeAll(async () => {
    server = await startDemoServer({ count: 500, endMs: Date.now(), spanMs: 600_000 });
    browser = await startBrowser(path ?? '');
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  test('show the lines of a shipper, and the first record that comes from it', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${server.url}/data/add`);
    await page.getByRole('button', { name: 'Filebeat', exact: true }).click();
    await page.getByText('--receiver elastic=:9200').waitFor();
    expect(await page.locator('.snippet').last().textContent()).toContain('output.elasticsearch');
    await page.getByRole('button', { name: 'curl' }).click();
    await page.getByText('Waiting for the first record').waitFor();
    expect(await page.locator('.snippet').textContent()).toContain(`${server.url}/api/v1/ingest`);
    await server.client.ingest({ body: '{"msg":"here I am"}\n', service: 'shipper' });
    await page.getByText('1 record came through ndjson').waitFor();
    await page.getByRole('link', { name: 'Show the logs' }).click();
    await page.locator('.record-row').first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('account for every record, by source and by service', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Data', exact: true }).click();
    const source = page.getByRole('row', { name: /^ndjson/ });
    await source.waitFor();
    const { accounts } = await server.client.status();
    const { received = 0 } = accounts.find((account) => account.source === 'ndjson') ?? {};
    await expect.poll(async () => await source.textContent()).toContain(received.toLocaleString());
    await page.getByRole('row', { name: /^openim-push/ }).waitFor();
    await page.getByRole('row', { name: /^logs/ }).waitFor();
    await page.getByText('30 days, and no more than').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
