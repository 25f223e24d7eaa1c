/**
 * How fast the log page is in a real browser: weight of its code, first rows, counts, typing, scrolling
 * through 100,000 rows, and how soon an arriving record is on the screen.
 */
import type { Browser, Page } from 'playwright-core';
import { browserPath, openPage, startBrowser } from '@tendril/e2e/browser';
import { gzippedBytes, takeFirstRows, watchFirstRows } from '@tendril/e2e/first-rows';
import { LogsPage } from '@tendril/e2e/logs-page';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { fillLogs } from '../fill-logs.ts';
import { ServerProcess } from '../server-process.ts';
import { percentile } from '../statistics.ts';
import {
  listenForLongTasks,
  listenForTyping,
  takeSearch,
  takeTimes,
  waitForText,
  watchSearch,
} from './in-page.ts';

export const ui: Benchmark = {
  name: 'ui',
  summary: 'the log page in a browser, over 10 M records',
  options: { records: '10000000', spread: '3600', rounds: '20', rows: '100000', tails: '50' },
  run: async (options) => {
    const path = await browserPath();
    if (path === undefined) throw new Error('there is no Chromium on this machine');
    const server = await ServerProcess.create();
    try {
      await server.start();
      await fillLogs(server, numberOption(options, 'records'), numberOption(options, 'spread'));
      const browser = await startBrowser(path);
      try {
        await measure(browser, server.url, options);
      } finally {
        await browser.close();
      }
    } finally {
      await server.dispose();
    }
  },
};

async function measure(
  browser: Browser,
  url: string,
  options: Readonly<Record<string, string>>,
): Promise<void> {
  const rounds = numberOption(options, 'rounds');
  await measureLoad(browser, url, rounds);
  const { page } = await openPage(browser);
  const logs = new LogsPage(page);
  await logs.open(url);
  await measureSearches(logs, rounds);
  await measureTyping(logs);
  await measureScrolling(logs, numberOption(options, 'rows'));
  await measureTail(logs, url, numberOption(options, 'tails'));
  await page.context().close();
}

async function measureLoad(browser: Browser, url: string, rounds: number): Promise<void> {
  const times: number[] = [];
  let scriptBytes = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { page } = await openPage(browser);
    await watchFirstRows(page);
    await page.goto(`${url}/logs`);
    const { atMs, scriptUrls } = await takeFirstRows(page);
    times.push(atMs);
    scriptBytes = await gzippedBytes(scriptUrls);
    await page.context().close();
  }
  print('JS before the first rows', `${Math.round(scriptBytes / 1000)} kB gzipped (bar 300)`);
  printTimes('cold load to first rows', times, 1_500);
}

/** Filters that select much and little, so that no answer comes from a cache. */
const QUERIES = ['level:error', 'handshake', 'level >= warn', 'service.name:*', ''] as const;

async function measureSearches(logs: LogsPage, rounds: number): Promise<void> {
  const rows: number[] = [];
  const counts: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const query = `${QUERIES[round % QUERIES.length] ?? ''} and not "round ${round}"`;
    await logs.editor().click();
    await logs.page.keyboard.press('ControlOrMeta+a');
    await logs.page.keyboard.press('Backspace');
    await logs.page.keyboard.insertText(query.replace(/^ and /, ''));
    await watchSearch(logs.page);
    await logs.page.keyboard.press('Enter');
    const { rowsMs, countsMs } = await takeSearch(logs.page);
    rows.push(rowsMs);
    counts.push(countsMs);
  }
  printTimes('Enter to first rows painted', rows, 300);
  printTimes('Enter to histogram and facets', counts, 500);
}

async function measureTyping(logs: LogsPage): Promise<void> {
  await logs.editor().click();
  await logs.page.keyboard.press('ControlOrMeta+a');
  await logs.page.keyboard.press('Backspace');
  await listenForTyping(logs.page);
  await logs.page.keyboard.type('service.name:gateway and level >= warn and handshake failed', {
    delay: 80,
  });
  printTimes('keystroke to paint', await takeTimes(logs.page), 50);
  await logs.run('');
}

async function measureScrolling(logs: LogsPage, rows: number): Promise<void> {
  await logs.rows().first().waitFor();
  await listenForLongTasks(logs.page);
  await scrollUntil(logs.page, rows);
  const tasks = await takeTimes(logs.page);
  const longest = Math.round(Math.max(0, ...tasks));
  print(
    `scrolling ${rows} rows`,
    `longest task ${longest} ms of ${tasks.length} over 50 (bar 200)`,
  );
}

async function scrollUntil(page: Page, rows: number): Promise<void> {
  for (;;) {
    const loaded = await page.evaluate(() => {
      const grid = document.querySelector('.record-table');
      grid?.scrollBy({ top: 20_000 });
      return (grid?.querySelector<HTMLElement>('.table-rows')?.offsetHeight ?? 0) / 24;
    });
    if (loaded >= rows) break;
    await page.waitForTimeout(30);
  }
}

async function measureTail(logs: LogsPage, url: string, tails: number): Promise<void> {
  await logs.page.goto(`${url}/logs?live=1&q=${encodeURIComponent('service.name:tail-probe')}`);
  await logs.page.locator('.live-bar', { hasText: 'Following' }).waitFor();
  const times: number[] = [];
  for (let index = 0; index < tails; index += 1) {
    const msg = `probe ${index} of ${tails}`;
    const shown = waitForText(logs.page, msg);
    const sentAtMs = Date.now();
    await fetch(`${url}/api/v1/ingest?service=tail-probe`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: JSON.stringify({ msg }),
    });
    times.push((await shown) - sentAtMs);
  }
  printTimes('live tail, sent to shown', times, 1_000);
}

function printTimes(name: string, times: readonly number[], barMs: number): void {
  const [median, high] = [0.5, 0.95].map((share) => Math.round(percentile([...times], share)));
  print(name, `median ${median ?? 0} ms, p95 ${high ?? 0} ms (bar ${barMs})`);
}

function print(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(34)} ${value}\n`);
}
