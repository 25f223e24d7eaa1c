/** What is measured inside of the page, by the browser's own clock. */
import type { Page } from 'playwright-core';

interface Measured {
  times: number[];
}

export interface SearchTimes {
  readonly rowsMs: number;
  readonly countsMs: number;
}

declare const window: Window & { measured?: Measured; nextSearch?: Promise<SearchTimes> };

/**
 * From the next press of Enter until rows of the new search are painted, and until histogram and
 * facets are there: `takeSearch` has the times then.
 */
export async function watchSearch(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.nextSearch = new Promise<SearchTimes>((resolve, reject) => {
      let startedMs = 0;
      let rowsMs = 0;
      const isBusy = (selector: string): boolean =>
        document.querySelector(selector)?.getAttribute('aria-busy') === 'true';
      const observer = new MutationObserver((changes) => {
        const ended = changes.some(
          ({ target, oldValue }) =>
            oldValue === 'true' &&
            target instanceof Element &&
            target.classList.contains('record-table') &&
            !isBusy('.record-table'),
        );
        if (ended) requestAnimationFrame(() => (rowsMs = performance.now() - startedMs));
      });
      const look = (): void => {
        const isCounted = document.querySelector('.records-count .number')?.textContent !== '';
        if (rowsMs > 0 && isCounted && !isBusy('.histogram') && !isBusy('.facets')) {
          observer.disconnect();
          resolve({ rowsMs, countsMs: performance.now() - startedMs });
        } else requestAnimationFrame(look);
      };
      const begin = (event: KeyboardEvent): void => {
        if (event.key !== 'Enter') return;
        removeEventListener('keydown', begin, true);
        startedMs = event.timeStamp;
        setTimeout(() => reject(new Error(`no answer: ${location.search}`)), 20_000);
        look();
      };
      observer.observe(document.body, {
        attributes: true,
        attributeFilter: ['aria-busy'],
        attributeOldValue: true,
        subtree: true,
      });
      addEventListener('keydown', begin, true);
    });
  });
}

export async function takeSearch(page: Page): Promise<SearchTimes> {
  return await page.evaluate(
    async () => (await window.nextSearch) ?? { rowsMs: NaN, countsMs: NaN },
  );
}

/** Durations of key presses from the event to the next paint. */
export async function listenForTyping(page: Page): Promise<void> {
  await page.evaluate(() => {
    const measured: Measured = { times: [] };
    window.measured = measured;
    addEventListener(
      'keydown',
      (event) => {
        // After two frames what the key changed has been painted.
        requestAnimationFrame(() =>
          requestAnimationFrame(() => measured.times.push(performance.now() - event.timeStamp)),
        );
      },
      true,
    );
  });
}

/** Tasks longer than 50 ms, from now on. */
export async function listenForLongTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const measured: Measured = { times: [] };
    window.measured = measured;
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) measured.times.push(duration);
    });
    observer.observe({ type: 'longtask' });
  });
}

export async function takeTimes(page: Page): Promise<readonly number[]> {
  return await page.evaluate(() => window.measured?.times ?? []);
}

/** When a row with the text was on the screen, as of the wall clock. */
export async function waitForText(page: Page, text: string): Promise<number> {
  return await page.evaluate(
    async (wanted) =>
      await new Promise<number>((resolve) => {
        const look = (): void => {
          const rows = [...document.querySelectorAll('.record-row .cell-body')];
          if (rows.some((row) => row.textContent === wanted)) resolve(Date.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
    text,
  );
}
