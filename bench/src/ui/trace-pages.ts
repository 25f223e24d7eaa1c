/**
 * How fast traces are in a real browser: opening one of 100,000 spans, scrolling and folding one of 10,000.
 */
import type { Browser, Page } from 'playwright-core';
import { browserPath, openPage, startBrowser } from '@tendril/e2e/browser';
import { setup as buildPages } from '@tendril/e2e/build-pages';
import { wideTrace, type DemoSpan } from '@tendril/e2e/demo-traces';
import { otlpRequest } from '@tendril/e2e/otlp-json';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { ServerProcess } from '../server-process.ts';
import { percentile } from '../statistics.ts';
import { listenForLongTasks, takeTimes } from './in-page.ts';

export const uiTraces: Benchmark = {
  name: 'ui-traces',
  summary: 'the page of a trace in a browser: opening 100,000 spans, scrolling 10,000',
  options: { open: '100000', scroll: '10000', rounds: '10' },
  run: async (options) => {
    const path = await browserPath();
    if (path === undefined) throw new Error('there is no Chromium on this machine');
    buildPages();
    const server = await ServerProcess.create();
    try {
      await server.start();
      const large = wideTrace(numberOption(options, 'open'), Date.now());
      const medium = wideTrace(numberOption(options, 'scroll'), Date.now());
      await sendSpans(server.tracesUrl, large);
      await sendSpans(server.tracesUrl, medium);
      const browser = await startBrowser(path);
      try {
        await measureOpening(browser, pageOf(server.url, large), numberOption(options, 'rounds'));
        await measureScrolling(browser, pageOf(server.url, medium));
      } finally {
        await browser.close();
      }
    } finally {
      await server.dispose();
    }
  },
};

const REQUEST_SPANS = 5_000;

async function sendSpans(url: string, spans: readonly DemoSpan[]): Promise<void> {
  for (let at = 0; at < spans.length; at += REQUEST_SPANS) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: otlpRequest(spans.slice(at, at + REQUEST_SPANS)),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  }
}

function pageOf(url: string, spans: readonly DemoSpan[]): string {
  return `${url}/traces/${spans[0]?.traceId ?? ''}`;
}

/** With a cold cache, from the address to the first rows on the screen. */
async function measureOpening(browser: Browser, url: string, rounds: number): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { page } = await openPage(browser);
    await page.goto(url);
    await rows(page).waitFor();
    times.push(await page.evaluate(() => performance.now()));
    await page.context().close();
  }
  const [median, high] = [0.5, 0.95].map((share) => Math.round(percentile([...times], share)));
  print('open, address to first rows', `median ${median ?? 0} ms, p95 ${high ?? 0} ms (bar 3000)`);
}

async function measureScrolling(browser: Browser, url: string): Promise<void> {
  const { page } = await openPage(browser);
  await page.goto(url);
  await rows(page).waitFor();
  await listenForLongTasks(page);
  await scrollToEnd(page);
  printTasks('scroll from top to end', await takeTimes(page));
  await listenForLongTasks(page);
  await page.keyboard.press(']');
  await page.waitForFunction(() => document.querySelectorAll('.waterfall-row').length === 1);
  await page.keyboard.press('[');
  await page.waitForFunction(() => document.querySelectorAll('.waterfall-row').length > 1);
  printTasks('fold all, unfold all', await takeTimes(page));
  await page.context().close();
}

const STEP_PX = 2_000;

/** A step a frame. */
async function scrollToEnd(page: Page): Promise<void> {
  await page.evaluate(
    async (stepPx) =>
      await new Promise<void>((resolve) => {
        const grid = document.querySelector('.waterfall');
        const step = (): void => {
          if (!grid || grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 1) {
            resolve();
            return;
          }
          grid.scrollBy({ top: stepPx });
          requestAnimationFrame(step);
        };
        step();
      }),
    STEP_PX,
  );
}

function rows(page: Page): ReturnType<Page['locator']> {
  return page.locator('.waterfall-row').first();
}

function printTasks(name: string, tasks: readonly number[]): void {
  const longest = Math.round(Math.max(0, ...tasks));
  print(name, `longest task ${longest} ms of ${tasks.length} over 50 (bar 200)`);
}

function print(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(34)} ${value}\n`);
}
