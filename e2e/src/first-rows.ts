/** What the browser asked for before it showed the first records. */
import type { Page } from 'playwright-core';

declare const window: Window & { firstRowMs?: number };

/** Before the page is opened. */
export async function watchFirstRows(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const observer = new MutationObserver(() => {
      if (document.querySelector('.record-row') === null) return;
      window.firstRowMs = performance.now();
      observer.disconnect();
    });
    observer.observe(document, { childList: true, subtree: true });
  });
}

export interface FirstRows {
  /** Since the navigation began. */
  readonly atMs: number;
  /** Of the scripts that were asked for until then; editor, calendar and charts come later. */
  readonly scriptUrls: readonly string[];
}

export async function takeFirstRows(page: Page): Promise<FirstRows> {
  await page.waitForFunction(() => window.firstRowMs !== undefined);
  return await page.evaluate(() => {
    const atMs = window.firstRowMs ?? 0;
    const scriptUrls = performance
      .getEntriesByType('resource')
      .filter(({ name, startTime }) => name.endsWith('.js') && startTime <= atMs)
      .map(({ name }) => name);
    return { atMs, scriptUrls };
  });
}

/** As they are sent with gzip, whatever this browser would rather have. */
export async function gzippedBytes(urls: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    urls.map(async (url) => {
      const response = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
      await response.arrayBuffer();
      return Number(response.headers.get('content-length'));
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
