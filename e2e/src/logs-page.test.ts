/** What a person does on the log page, in a real browser against a real server. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath } from './browser.ts';
import { demoRecords, type DemoOptions } from './demo-records.ts';
import { startDemoServer, type DemoServer } from './demo-server.ts';
import { LogsPage } from './logs-page.ts';
import { testPages } from './test-pages.ts';

const path = await browserPath();
const DEMO: DemoOptions = { count: 5_000, endMs: Date.now() - 60_000, spanMs: 3_000_000 };
const RECORDS = demoRecords(DEMO);

describe.skipIf(path === undefined && process.env['CI'] !== 'true')('the log page', () => {
  const pages = testPages(path);
  let server: DemoServer;

  beforeAll(async () => {
    server = await startDemoServer(DEMO);
  });

  afterAll(() => server.close());

  async function opened(search: Readonly<Record<string, string>> = {}): Promise<LogsPage> {
    const one = await pages.open({ permissions: ['clipboard-read', 'clipboard-write'] });
    const logs = new LogsPage(one.page);
    await logs.open(server.url, search);
    return logs;
  }

  function count(matches: (record: (typeof RECORDS)[number]) => boolean): number {
    return RECORDS.filter(matches).length;
  }

  test('shows the newest first and counts exactly what it finds', async () => {
    const logs = await opened();
    expect(await logs.total()).toBe(RECORDS.length);
    await logs.run('level:error');
    expect(await logs.total()).toBe(count(({ level }) => level === 'error'));
  });

  test('runs queries as the requirements write them', async () => {
    const logs = await opened();
    await logs.run('level: "error" AND service_name: "msg-server"');
    expect(await logs.total()).toBe(
      count(({ level, service }) => level === 'error' && service === 'msg-server'),
    );
    await logs.run('message: "*连接失败*" OR message: "*超时*"');
    expect(await logs.total()).toBe(count(({ msg }) => msg.includes('连接失败')));
    await expect
      .poll(async () => await logs.page.locator('mark').first().textContent())
      .toBe('连接失败');
    const ofUser = RECORDS.find((record) => record.level === 'error' && 'userID' in record)?.[
      'userID'
    ];
    await logs.run(`user_id: "${ofUser}" AND level: "error"`);
    expect(await logs.total()).toBe(
      count((record) => record.level === 'error' && record['userID'] === ofUser),
    );
  });

  test('says where a query is wrong and puts it right with one click', async () => {
    const logs = await opened();
    await logs.run('operationI:op1');
    const underlined = logs.page.locator('.cm-lintRange');
    await expect.poll(async () => await underlined.first().textContent()).toBe('operationI');
    await logs.page.locator('.notice.bad').waitFor();
    await underlined.first().hover();
    await logs.page.locator('.cm-diagnosticAction').first().click();
    await expect
      .poll(async () => await logs.editor().textContent())
      .toMatch(/^operationI[dD]:op1$/);
  });

  test('says of what is not found when it was there, and goes there', async () => {
    const range = { from: new Date(DEMO.endMs + 1_000).toISOString(), to: 'now' };
    const logs = await opened();
    await logs.page.goto(
      `${server.url}/logs?${new URLSearchParams({ ...range, q: 'service.name:msg-server' }).toString()}`,
    );
    await logs.page.getByText('Before that it was last seen at').getByRole('button').click();
    await logs.rows().first().waitFor();
    expect(logs.query()).toBe('service.name:msg-server');
  });

  test('completes fields and values with how many records have them', async () => {
    const logs = await opened();
    await logs.editor().click();
    await logs.page.keyboard.type('servi');
    const options = logs.page.locator(
      '.cm-tooltip-autocomplete:not(.cm-tooltip-autocomplete-disabled) li',
    );
    await options.filter({ hasText: 'service.name' }).first().waitFor();
    await logs.page.keyboard.press('Tab');
    await options.filter({ hasText: 'openim-push' }).first().waitFor();
    await logs.page.keyboard.type('msg-s');
    await options.filter({ hasText: 'msg-server' }).first().waitFor();
    await logs.page.keyboard.press('Tab');
    await logs.page.keyboard.press('Enter');
    await expect.poll(() => logs.query()).toBe('service.name:msg-server');
    expect(await logs.total()).toBe(count(({ service }) => service === 'msg-server'));
  });

  test('filters by a facet, and takes the filter back', async () => {
    const logs = await opened();
    const value = logs.page.locator('.facet-value', { hasText: 'openim-msggateway' }).first();
    await value.locator('input').check();
    await expect.poll(() => logs.query()).toBe('service.name:"openim-msggateway"');
    expect(await logs.total()).toBe(count(({ service }) => service === 'openim-msggateway'));
    await value.locator('input').uncheck();
    await expect.poll(() => logs.query()).toBe('');
    await value.hover();
    await value.locator('button').nth(1).click();
    await expect.poll(() => logs.query()).toBe('not service.name:"openim-msggateway"');
    expect(await logs.total()).toBe(count(({ service }) => service !== 'openim-msggateway'));
  });

  test('restores everything from its address, and goes back', async () => {
    const logs = await opened();
    await logs.run('level:error');
    await logs.rows().first().click();
    await logs.detail().waitFor();
    await logs.page.locator('.record-tabs .tab', { hasText: 'JSON' }).click();
    const shown = await logs.detail().locator('.record-body').textContent();
    const again = await pages.open();
    await again.page.goto(logs.page.url());
    const other = new LogsPage(again.page);
    await expect
      .poll(async () => await other.detail().locator('.record-body').textContent())
      .toBe(shown);
    await expect
      .poll(async () => await other.detail().locator('[aria-selected=true]').textContent())
      .toBe('JSON');
    await expect.poll(async () => await other.editor().textContent()).toBe('level:error');
    await logs.page.goBack();
    await logs.detail().waitFor({ state: 'detached' });
    expect(logs.query()).toBe('level:error');
    await logs.page.goBack();
    await expect.poll(async () => await logs.editor().textContent()).not.toBe('level:error');
    expect(logs.query()).toBe('');
  });

  test('by keyboard alone: search, filter, surroundings, export', async () => {
    const logs = await opened();
    const { keyboard } = logs.page;
    await keyboard.press('/');
    await keyboard.type('level:error', { delay: 5 });
    await keyboard.press('Enter');
    await expect.poll(() => logs.query()).toBe('level:error');
    await logs.total();
    await logs.page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    await keyboard.press('j');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowRight');
    await keyboard.press('Enter');
    await logs.page.getByRole('menuitem', { name: 'Filter for' }).waitFor();
    await menuHasFocus(logs.page);
    await keyboard.press('Enter');
    await expect.poll(() => logs.query()).toContain('level:error and service.name:');
    await logs.total();
    await logs.grid().focus();
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowLeft');
    await keyboard.press('Enter');
    await logs.detail().waitFor();
    await logs.detail().getByRole('tab', { name: 'Context' }).focus();
    await keyboard.press('Enter');
    await expect
      .poll(async () => await logs.page.locator('.surrounding').count())
      .toBeGreaterThan(10);
    await logs.page.getByRole('button', { name: 'Export' }).focus();
    await keyboard.press('Enter');
    await logs.page.getByRole('menuitem', { name: /NDJSON/ }).waitFor();
    await menuHasFocus(logs.page);
    await keyboard.press('ArrowDown');
    const download = logs.page.waitForEvent('download');
    await keyboard.press('Enter');
    const file = await readFile(await (await download).path(), 'utf8');
    expect(file.trim().split('\n').length).toBe(await logs.total());
  });

  test('follows new records, holds them while paused, and catches up', async () => {
    const logs = await opened();
    await logs.page.locator('button.button', { hasText: 'Live' }).click();
    await logs.page.locator('.live-bar', { hasText: 'Following' }).waitFor();
    const say = async (msg: string): Promise<void> => {
      const body = JSON.stringify({ level: 'error', msg, time: new Date().toISOString() });
      await server.client.ingest({ body: `${body}\n`, service: 'openim-push' });
    };
    await say('the first live one');
    await logs.row('the first live one').waitFor();
    await logs.page.locator('.live-bar').getByRole('button', { name: 'Pause' }).click();
    await say('while paused');
    await logs.page.locator('.live-bar', { hasText: '1 new' }).waitFor();
    expect(await logs.row('while paused').count()).toBe(0);
    await logs.page.locator('.live-bar', { hasText: '1 new' }).getByText('1 new').click();
    await logs.row('while paused').waitFor();
  });

  test('saves a view, opens it elsewhere, and takes back that it was deleted', async () => {
    const logs = await opened();
    const { page } = logs;
    await logs.run('level:error');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByLabel('Name of this search').fill('所有错误');
    await page.keyboard.press('Enter');
    await page.locator('.views-entry', { hasText: '所有错误' }).waitFor();
    const other = await opened();
    await other.page.getByRole('button', { name: 'Saved views' }).click();
    await other.page.getByRole('button', { name: '所有错误' }).first().click();
    await expect.poll(() => other.query()).toBe('level:error');
    await other.page.getByRole('button', { name: 'Saved views' }).click();
    await other.page.getByRole('button', { name: /^Delete the view/ }).click();
    await other.page.locator('.views-entry').waitFor({ state: 'detached' });
    await other.page.getByRole('button', { name: 'Undo' }).click();
    await other.page.locator('.views-entry', { hasText: '所有错误' }).waitFor();
  });

  test('draws results of pipes as a table and as a chart, from which one can filter', async () => {
    const logs = await opened();
    const { page } = logs;
    await logs.run('* | stats count() by service.name');
    const row = page.locator('.result-row', { hasText: 'msg-server' });
    await row.waitFor();
    const counted = count(({ service }) => service === 'msg-server');
    expect(await row.textContent()).toContain(counted.toLocaleString());
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.locator('.value-bar', { hasText: 'msg-server' }).waitFor();
    await logs.run('');
    await page.locator('.time-chart-entry', { hasText: 'error' }).waitFor();
    await page
      .getByRole('combobox', { name: 'Records over time, by' })
      .selectOption('service.name');
    await page.locator('.time-chart-entry', { hasText: 'msg-server' }).waitFor();
  });

  test('shows records that pipes order, cut or surround like those of any search', async () => {
    const logs = await opened({ q: 'service.name:msg-server | sort timestamp asc | limit 3' });
    const { page } = logs;
    await logs.rows().nth(2).waitFor();
    expect(await logs.rows().count()).toBe(3);
    await logs.rows().first().click();
    await page.locator('.record-detail', { hasText: 'msg-server' }).waitFor();
  });

  test('columns of a table stand under each other, however long the cells are', async () => {
    const logs = await opened();
    const { page } = logs;
    await logs.run('* | fields service.name, body');
    await page.locator('.result-row').nth(10).waitFor();
    const places = await page
      .locator('.result-row > :last-child')
      .evaluateAll((cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().left)));
    expect(new Set(places).size).toBe(1);
  });

  test('rows between two clicks are selected, not their text', async () => {
    const logs = await opened();
    const { page } = logs;
    await logs
      .rows()
      .nth(1)
      .click({ modifiers: ['ControlOrMeta'] });
    await logs
      .rows()
      .nth(4)
      .click({ modifiers: ['Shift'] });
    await page.locator('.selection-bar', { hasText: '4' }).waitFor();
    expect(await page.evaluate(() => String(getSelection()))).toBe('');
  });

  test('finds and marks a text in the rows without changing the search', async () => {
    const logs = await opened({ q: 'service.name:openim-push' });
    const { page } = logs;
    await logs.grid().focus();
    await page.keyboard.press('ControlOrMeta+f');
    await page.keyboard.type('platform iOS');
    await page.locator('mark', { hasText: 'platform iOS' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.record-row.is-active', { hasText: 'platform iOS' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.find-bar').waitFor({ state: 'detached' });
    expect(logs.query()).toBe('service.name:openim-push');
  });

  test('an export that cannot be made says why', async () => {
    const logs = await opened();
    const { page } = logs;
    pages.expectComplaint(/ERR_FAILED/);
    await page.route('**/api/v1/logs/export*', async (route) => await route.abort());
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: /CSV/ }).click();
    await page.locator('.export-progress.bad', { hasText: 'Not exported' }).waitFor();
    await page.locator('.export-progress').getByRole('button').click();
    await page.getByRole('button', { name: 'Export' }).waitFor();
  });

  test('zooms where the histogram is dragged over', async () => {
    const logs = await opened();
    const all = await logs.total();
    const box = await logs.page.locator('.histogram-bars').boundingBox();
    if (!box) throw new Error('there is no histogram');
    await logs.page.mouse.move(box.x + box.width * 0.6, box.y + 20);
    await logs.page.mouse.down();
    await logs.page.mouse.move(box.x + box.width * 0.8, box.y + 20, { steps: 4 });
    await logs.page.mouse.up();
    await expect.poll(() => new URL(logs.page.url()).searchParams.get('from')).toMatch(/Z$/);
    const zoomed = await logs.total();
    expect(zoomed).toBeGreaterThan(0);
    expect(zoomed).toBeLessThan(all);
  });

  test('speaks Chinese when asked to', async () => {
    const logs = await opened();
    await logs.page.goto(`${server.url}/settings`);
    await logs.page.getByRole('button', { name: '简体中文' }).click();
    await logs.page.getByRole('heading', { name: '设置' }).waitFor();
    expect(await logs.page.locator('html').getAttribute('lang')).toBe('zh-CN');
  });
});

/** Keys go to the menu from then on. */
async function menuHasFocus(page: Page): Promise<void> {
  await page.waitForFunction(() => document.activeElement?.closest('[role=menu]') !== null);
}
