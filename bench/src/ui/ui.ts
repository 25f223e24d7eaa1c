/**
 * How fast the log page is in a real browser: weight of its code, first rows, counts, typing, scrolling
 * through 100,000 rows, and how soon an arriving record is on the screen.
 */
import type { Browser, Page } from 'playwright-core';
import { browserPath, openPage, startBrowser } from '@tendril/e2e/browser';
import { setup as buildPages } from '@tendril/e2e/build-pages';
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
  type SearchTimes,
} from './in-page.ts';
import { questionsOf, sampleRecords } from './questions.ts';

export const ui: Benchmark = {
  name: 'ui',
  summary: 'the log page in a browser, over 10 M records',
  options: {
    records: '10000000',
    spread: '3600',
    loads: '20',
    rounds: '4',
    rows: '100000',
    tails: '50',
    // A data directory of an earlier run with its records, read and kept.
    from: '',
  },
  run: async (options) => {
    const path = await browserPath();
    if (path === undefined) throw new Error('there is no Chromium on this machine');
    buildPages();
    const from = options['from'] ?? '';
    const server = await ServerProcess.create(from === '' ? {} : { dataDir: from });
    try {
      await server.start();
      if (from === '')
        await fillLogs(server, numberOption(options, 'records'), numberOption(options, 'spread'));
      const browser = await startBrowser(path);
      try {
        await measure(browser, server.url, options);
      } finally {
        await browser.close();
      }
    } finally {
      await (from === '' ? server.dispose() : server.kill('SIGTERM'));
    }
  },
};

/** Holds all records, however long ago they were written. */
const RANGE = 'now-12h';
/** A person looks at an answer before asking again. */
const READING_MS = 500;

async function measure(
  browser: Browser,
  url: string,
  options: Readonly<Record<string, string>>,
): Promise<void> {
  await measureLoad(browser, url, numberOption(options, 'loads'));
  const { page } = await openPage(browser);
  const logs = new LogsPage(page);
  await logs.open(url, { from: RANGE, to: 'now' });
  await measureSearches(logs, numberOption(options, 'rounds'));
  await measureTyping(logs);
  await measureScrolling(logs, numberOption(options, 'rows'));
  await measureTail(logs, url, numberOption(options, 'tails'));
  await page.context().close();
}

async function measureLoad(browser: Browser, url: string, loads: number): Promise<void> {
  const times: number[] = [];
  let scriptBytes = 0;
  for (let load = 0; load < loads; load += 1) {
    const { page } = await openPage(browser);
    await watchFirstRows(page);
    await page.goto(`${url}/logs?from=${RANGE}&to=now`);
    const { atMs, scriptUrls } = await takeFirstRows(page);
    times.push(atMs);
    scriptBytes = await gzippedBytes(scriptUrls);
    await page.context().close();
  }
  print('JS before the first rows', `${Math.round(scriptBytes / 1000)} kB gzipped (bar 300)`);
  printTimes('cold load to first rows', times, 1_500);
}

/** From Enter until all is there, for each kind of question and over all of them. */
async function measureSearches(logs: LogsPage, rounds: number): Promise<void> {
  const samples = await sampleRecords(new URL(logs.page.url()).origin);
  const times = new Map<string, SearchTimes[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const { kind, query } of questionsOf(samples, round)) {
      const found = times.get(kind) ?? [];
      times.set(kind, found);
      found.push(await timedSearch(logs, query));
    }
  }
  const all = [...times.values()].flat();
  printTimes('Enter to first rows painted', rowTimes(all), 300);
  printTimes('Enter to histogram and facets', countTimes(all), 500);
  for (const [kind, found] of times) {
    const [rows, counts] = [rowTimes(found), countTimes(found)].map(
      (each) => `median ${percentile(each, 0.5).toFixed(0)}, most ${Math.max(...each).toFixed(0)}`,
    );
    print(`  ${kind}`, `rows ${rows ?? ''}; histogram and facets ${counts ?? ''} ms`);
  }
}

function rowTimes(times: readonly SearchTimes[]): number[] {
  return times.map(({ rowsMs }) => rowsMs);
}

function countTimes(times: readonly SearchTimes[]): number[] {
  return times.map(({ countsMs }) => countsMs);
}

async function timedSearch(logs: LogsPage, query: string): Promise<SearchTimes> {
  await logs.editor().click();
  await logs.page.keyboard.press('ControlOrMeta+a');
  await logs.page.keyboard.press('Backspace');
  await logs.page.keyboard.insertText(query);
  await watchSearch(logs.page);
  await logs.page.keyboard.press('Enter');
  const times = await takeSearch(logs.page);
  // What follows is not part of the answer: completion of fields, own telemetry.
  await logs.page.waitForTimeout(READING_MS);
  return times;
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
