/** Patterns and changes on the log page, in a real browser against a real server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath } from './browser.ts';
import { demoRecords, type DemoOptions } from './demo-records.ts';
import { startDemoServer, type DemoServer } from './demo-server.ts';
import { LogsPage } from './logs-page.ts';
import { testPages } from './test-pages.ts';

const path = await browserPath();
const DEMO: DemoOptions = { count: 2_000, endMs: Date.now() - 60_000, spanMs: 3_000_000 };
const RECORDS = demoRecords(DEMO);

describe.skipIf(path === undefined && process.env['CI'] !== 'true')('patterns', () => {
  const pages = testPages(path);
  let server: DemoServer;

  beforeAll(async () => {
    server = await startDemoServer(DEMO);
  });

  afterAll(() => server.close());

  async function opened(): Promise<LogsPage> {
    const one = await pages.open();
    const logs = new LogsPage(one.page);
    await logs.open(server.url);
    return logs;
  }

  test('count all records, and lead to those of one', async () => {
    const logs = await opened();
    const { page } = logs;
    await page.getByRole('tab', { name: 'Patterns' }).click();
    const rows = page.locator('.patterns-table tbody tr');
    await rows.first().waitFor();
    const counts = await rows.locator('td:first-child').allTextContents();
    const numbers = counts.map((text) => Number(text.replaceAll(',', '')));
    expect(numbers.reduce((sum, count) => sum + count, 0)).toBe(RECORDS.length);
    expect(numbers).toEqual(numbers.toSorted((one, other) => other - one));
    expect(new URL(page.url()).searchParams.get('view')).toBe('patterns');
    await rows.first().locator('.pattern-text').click();
    await logs.rows().first().waitFor();
    expect(logs.query()).toMatch(/^patternId:"?[0-9a-f]{16}"?$/);
    expect(await logs.total()).toBe(numbers[0]);
  });

  test('all are new where there was nothing before, and none has vanished', async () => {
    const { page } = await opened();
    await page.getByRole('tab', { name: 'Patterns' }).click();
    await page.locator('.patterns-table .tag.new').first().waitFor();
    await page.getByRole('button', { name: 'Vanished' }).click();
    await page.getByText('Everything that the time before has is in this range too').waitFor();
  });

  test('what changed says what the range holds more of, and leads to it', async () => {
    const logs = await opened();
    const { page } = logs;
    await page.getByRole('tab', { name: 'What changed' }).click();
    await page.getByText('This range against the 1h before it').waitFor();
    await page.locator('.patterns-frame[aria-busy=false]').waitFor();
  });
});
