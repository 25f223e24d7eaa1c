/** What is around the pages: sign-in, the first record, commands by keyboard. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, openPage, startBrowser } from './browser.ts';
import { startDemoServer } from './demo-server.ts';

const path = await browserPath();
const SECRET = 'tdl_0123456789abcdef0123456789abcdef';

describe.skipIf(path === undefined && process.env['CI'] !== 'true')('the frame', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser(path ?? '');
  });

  afterAll(() => browser.close());

  test('asks for a token where the server wants one, and keeps it from scripts', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tendril-tokens-'));
    const tokens = join(directory, 'tokens');
    writeFileSync(tokens, `read ${SECRET} browser\n`);
    const fixture: ServerFixture = await startServerFixture({ 'access-tokens-file': tokens });
    try {
      const { page } = await openPage(browser);
      await page.goto(fixture.server.url);
      const field = page.getByLabel('Access token');
      await field.fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      await field.fill(SECRET);
      await page.keyboard.press('Enter');
      await page.locator('.first-run').waitFor();
      expect(await page.evaluate(() => document.cookie)).toBe('');
      expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(SECRET);
      await page.goto(`${fixture.server.url}/settings`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await field.waitFor();
      await page.context().close();
    } finally {
      await fixture.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  test('waits for the first record and shows it when it comes', async () => {
    const server = await startDemoServer();
    try {
      const { page, complaints } = await openPage(browser);
      await page.goto(server.url);
      await page.locator('.first-run').waitFor();
      await page.getByRole('tab', { name: 'curl' }).click();
      expect(await page.locator('.first-run .code').textContent()).toContain(server.url);
      await server.client.ingest({ body: '{"msg":"the very first"}\n', service: 'a' });
      await page.locator('.record-row', { hasText: 'the very first' }).waitFor();
      await page.keyboard.press('ControlOrMeta+k');
      await page.getByRole('combobox').fill('sett');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog').getByText('Commands').waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    } finally {
      await server.close();
    }
  });
});
