/** From a list of operations with trouble to the chain of one, in a real browser against a real server. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath } from './browser.ts';
import { demoChains, FAILED_OPERATION } from './demo-chains.ts';
import { startDemoServer, type DemoServer } from './demo-server.ts';
import { testPages } from './test-pages.ts';

const path = await browserPath();
const HEALTHY = 60;

describe.skipIf(path === undefined && process.env['CI'] !== 'true')('chains', () => {
  const pages = testPages(path);
  let server: DemoServer;

  beforeAll(async () => {
    server = await startDemoServer();
    await server.sendRecords(demoChains({ healthy: HEALTHY, endMs: Date.now() - 30_000 }));
  });

  afterAll(() => server.close());

  async function opened(address: string, ready: string): Promise<Page> {
    const one = await pages.open();
    await one.page.goto(server.url + address);
    await one.page.locator(ready).first().waitFor();
    return one.page;
  }

  test('an operation with an error leads to its chain: what was seen, where it began, who is suspected', async () => {
    const page = await opened('/chains', '.chain-table tbody tr');
    expect(await page.locator('.chain-table tbody tr').count()).toBe(1);
    await page.getByRole('link', { name: FAILED_OPERATION }).click();
    await page.locator('.vine-step').first().waitFor();
    expect(await page.locator('.chain-title').textContent()).toContain('failed');
    const steps = await page.locator('.vine-step').allTextContents();
    expect(steps[0]).toContain('openim-msggateway');
    expect(steps[0]).toContain('SendMsg failed code=500');
    expect(steps.length).toBeGreaterThanOrEqual(2);
    // It began where the call hung, not at what was never reached because of that.
    expect(steps.at(-1)).toContain('openim-rpc-msg');
    expect(steps.join(' ')).not.toMatch(/never reached|usually 0 ms|known_fault|why\./);
    expect(steps.filter((step) => step.includes('send msg failed'))).toHaveLength(1);
    expect(await page.locator('.suspects, .suspect').allTextContents()).not.toContain(
      'known_fault',
    );
    expect(await page.locator('.suspect').count()).toBeGreaterThanOrEqual(1);
    // What healthy chains reach and this one does not is named.
    const absent = await page.locator('.lane.is-absent').allTextContents();
    expect(absent.join(' ')).toContain('openim-msgtransfer');
    expect(await page.locator('.healthy-note').textContent()).toContain(String(HEALTHY));
  });

  test('keys walk down the path, and evidence leads to its record', async () => {
    const page = await opened(`/chains/${FAILED_OPERATION}`, '.vine-step');
    await page.keyboard.press(']');
    await page.keyboard.press(']');
    const chosen = page.locator('.vine-step.is-chosen');
    expect(await chosen.count()).toBe(1);
    expect(await page.locator('.vine-step').nth(1).getAttribute('class')).toContain('is-chosen');
    expect(new URL(page.url()).searchParams.get('step')).not.toBeNull();
    await page
      .locator('.vine-step')
      .first()
      .getByRole('link', { name: 'Open the record' })
      .first()
      .click();
    await page.locator('.record-detail').waitFor();
    expect(await page.locator('.record-body').textContent()).toContain('SendMsg failed code=500');
  });

  test('records of all services stand in their order, as text, and an instance can be chosen', async () => {
    const page = await opened(`/chains/${FAILED_OPERATION}?view=records`, '.chain-line');
    const lines = await page.locator('.chain-line-body').allTextContents();
    expect(lines).toHaveLength(6);
    expect(lines[0]).toContain('websocket message received');
    expect(lines[4]).toContain('<script>alert(1)</script>');
    await page.getByRole('combobox').selectOption({ label: 'openim-rpc-user' });
    await expect.poll(async () => await page.locator('.chain-line').count()).toBe(1);
  });

  test('an id that nothing has says so', async () => {
    const page = await opened('/chains/op-nobody', '.notice.bad');
    expect(await page.locator('.notice.bad').textContent()).toMatch(/op-nobody/);
  });
});
