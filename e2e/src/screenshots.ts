/**
 * `npm run screenshots -- [FOLDER [NAME]]`: every page, or those whose name begins so, in both themes and both languages, wide and narrow, as
 * a real browser draws it on a real server. For people to look at; nothing is compared.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { browserPath, openPage, startBrowser } from './browser.ts';
import { startDemoServer } from './demo-server.ts';
import type { Scene } from './scene.ts';
import { sendSceneTraces, TRACE_SCENES } from './trace-scenes.ts';

const RECORDS = 48_213;
const HOUR_MS = 3_600_000;
const WIDTHS = [
  { widthPx: 1440, heightPx: 900 },
  { widthPx: 720, heightPx: 900 },
  { widthPx: 390, heightPx: 844 },
] as const;
const THEMES = ['light', 'dark'] as const;
const LANGUAGES = ['en-GB', 'zh-CN'] as const;

const QUERY = 'service.name:openim-* and not body:"*heartbeat*"';

const SCENES: readonly Scene[] = [
  { name: 'logs', path: `/logs?q=${encodeURIComponent(QUERY)}`, ready: '.record-row' },
  {
    name: 'logs-record',
    path: `/logs?q=${encodeURIComponent('"context deadline exceeded"')}`,
    ready: '.record-row',
    act: async (page) => {
      await page.locator('.record-row').first().click();
      await page.locator('.record-detail').waitFor();
    },
  },
  {
    name: 'logs-context',
    path: '/logs?q=level%3Aerror',
    ready: '.record-row',
    act: async (page) => {
      await page.locator('.record-row').first().click();
      await page.locator('.record-tabs .tab').last().click();
      await page.locator('.surrounding').nth(5).waitFor();
    },
  },
  {
    name: 'logs-time',
    path: '/logs',
    ready: '.record-row',
    act: async (page) => {
      await page.locator('.time-button').click();
      await page.locator('.range-choice').waitFor();
    },
  },
  {
    name: 'logs-mistake',
    path: '/logs?q=operationI%3Aop1',
    ready: '.notice.bad',
    act: async (page) => {
      await page.locator('.cm-lintRange').first().hover();
      await page.locator('.cm-diagnostic').first().waitFor();
    },
  },
  {
    name: 'logs-table',
    path: `/logs?q=${encodeURIComponent('* | stats count(), p95(duration) by service.name, level')}`,
    ready: '.result-row',
  },
  { name: 'logs-nothing', path: '/logs?q=level%3Aerror%20and%20moon', ready: '.blame li' },
  ...TRACE_SCENES,
  { name: 'logs-chart', path: '/logs?view=chart', ready: '.time-chart-entry' },
  { name: 'data', path: '/data', ready: '.data-table tbody tr' },
  { name: 'add-data', path: '/data/add?from=filebeat', ready: '.snippet' },
  { name: 'query-language', path: '/query-language', ready: '.reference h1' },
  { name: 'settings', path: '/settings', ready: '.settings h1' },
];

const FIRST_RUN: readonly Scene[] = [
  { name: 'first-run', path: '/logs', ready: '.first-run' },
  { name: 'traces-first-run', path: '/traces', ready: '.first-run' },
];

const [, , wantedFolder, wantedName = ''] = process.argv;
const folder = resolve(wantedFolder ?? join(import.meta.dirname, '../dist/screenshots'));
const path = await browserPath();
if (path === undefined) throw new Error('there is no Chromium on this machine');
mkdirSync(folder, { recursive: true });
const server = await startDemoServer({ count: RECORDS, endMs: Date.now(), spanMs: HOUR_MS });
await sendSceneTraces(server);
const empty = await startDemoServer();
const browser = await startBrowser(path);
try {
  for (const locale of LANGUAGES) {
    for (const theme of THEMES) {
      for (const size of WIDTHS) {
        const look = { locale, theme, ...size };
        for (const scene of wanted(SCENES)) await draw(browser, server.url, scene, look);
        for (const scene of wanted(FIRST_RUN)) await draw(browser, empty.url, scene, look);
      }
    }
  }
} finally {
  await browser.close();
  await server.close();
  await empty.close();
}
process.stdout.write(`${folder}\n`);

function wanted(scenes: readonly Scene[]): readonly Scene[] {
  return scenes.filter(({ name }) => name.startsWith(wantedName));
}

interface Look {
  readonly locale: (typeof LANGUAGES)[number];
  readonly theme: (typeof THEMES)[number];
  readonly widthPx: number;
  readonly heightPx: number;
}

async function draw(browser: Browser, url: string, scene: Scene, look: Look): Promise<void> {
  const { locale, theme, widthPx, heightPx } = look;
  const viewport = { width: widthPx, height: heightPx };
  const { page, complaints } = await openPage(browser, { locale, colorScheme: theme, viewport });
  const name = `${scene.name}-${widthPx}-${theme}-${locale.slice(0, 2)}`;
  try {
    await page.goto(url + scene.path);
    await page.locator(scene.ready).first().waitFor();
    await page.waitForLoadState('networkidle');
    if (await page.locator('.query-bar').count()) await page.locator('.cm-content').waitFor();
    await scene.act?.(page);
    await page.waitForLoadState('networkidle');
  } catch (error) {
    process.stderr.write(`${name}: ${String(error).split('\n', 1).join('')}\n`);
  }
  await page.screenshot({ path: join(folder, `${name}.png`) });
  for (const complaint of complaints) process.stderr.write(`${name}: ${complaint}\n`);
  await page.context().close();
}
