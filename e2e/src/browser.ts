/** A real Chromium: the machine's own where there is one, else the one that npm brought. */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
/** Containers have a small /dev/shm, and root may not have a sandbox. */
const ARGUMENTS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];

/** Undefined when this machine has no browser that can be started. */
export async function browserPath(): Promise<string | undefined> {
  const installed = INSTALLED.find((path) => existsSync(path));
  if (installed !== undefined) return installed;
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    return await packed.executablePath();
  } catch {
    return undefined;
  }
}

export async function startBrowser(executablePath: string): Promise<Browser> {
  return await chromium.launch({ executablePath, args: ARGUMENTS });
}

export interface OpenedPage {
  readonly page: Page;
  /** What the page complained about: exceptions, refused scripts and styles, failed requests. */
  readonly complaints: readonly string[];
}

/** A page of its own context, so that nothing is kept from one test to the next. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    // The answer to a wrong query, or to an id that nothing has, is no fault of the page.
    if (message.type() !== 'error' || /status of 40[04]/.test(message.text())) return;
    complaints.push(`${message.text()} ${JSON.stringify(message.location())}`);
  });
  return { page, complaints };
}
