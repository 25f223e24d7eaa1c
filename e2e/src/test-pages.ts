/** The pages that a test file opens: closed after each test, and none may have complained of what its test does not expect. */
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openPage, startBrowser, type OpenedPage } from './browser.ts';

export interface TestPages {
  open(options?: BrowserContextOptions): Promise<OpenedPage>;
  /** In this test a page complains so, at least once. */
  expectComplaint(pattern: RegExp): void;
}

/** To be called where tests are described; `executablePath` as `browserPath` found it. */
export function testPages(executablePath: string | undefined): TestPages {
  const opened: OpenedPage[] = [];
  let expected: RegExp | undefined;
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser(executablePath ?? '');
  });
  afterEach(async () => {
    const found: string[] = [];
    for (const { page, complaints } of opened.splice(0)) {
      await page.context().close();
      found.push(...complaints);
    }
    const pattern = expected;
    expected = undefined;
    expect(found.filter((complaint) => pattern?.test(complaint) !== true)).toEqual([]);
    if (pattern) expect(found.join('\n')).toMatch(pattern);
  });
  afterAll(() => browser.close());
  return {
    open: async (options = {}) => {
      const one = await openPage(browser, options);
      opened.push(one);
      return one;
    },
    expectComplaint: (pattern) => {
      expected = pattern;
    },
  };
}
