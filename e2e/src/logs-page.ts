/** The log page as tests speak of it. */

import type { Locator, Page } from 'playwright-core';

export class LogsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(url: string, search: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.page.goto(`${url}/logs?${new URLSearchParams(search).toString()}`);
    await this.rows().first().waitFor();
    await this.editor().waitFor();
  }

  rows(): Locator {
    return this.page.locator('.record-row');
  }

  row(text: string): Locator {
    return this.rows().filter({ hasText: text }).first();
  }

  editor(): Locator {
    return this.page.locator('.cm-content');
  }

  grid(): Locator {
    return this.page.locator('.record-table');
  }

  detail(): Locator {
    return this.page.locator('.record-detail');
  }

  /** Replaces the query and runs it. */
  async run(query: string): Promise<void> {
    await this.editor().click();
    await this.page.keyboard.press('ControlOrMeta+a');
    // Replacing coloured text in one go makes the browser keep its style, which the policy refuses.
    await this.page.keyboard.press('Backspace');
    await this.page.keyboard.insertText(query);
    await this.page.keyboard.press('Enter');
    await this.page.waitForFunction(
      (wanted) => (new URLSearchParams(location.search).get('q') ?? '') === wanted,
      query,
    );
  }

  /** The number that the page says there are, once it has counted them. */
  async total(): Promise<number> {
    const counted = await this.page.waitForFunction(() => {
      const isBusy = document.querySelector(
        '.histogram[aria-busy=true], .record-table[aria-busy=true]',
      );
      const text = document.querySelector('.records-count .number')?.textContent ?? '';
      return isBusy === null && /^[\d,]+$/.test(text) ? text : undefined;
    });
    return Number(String(await counted.jsonValue()).replaceAll(',', ''));
  }

  query(): string {
    return new URL(this.page.url()).searchParams.get('q') ?? '';
  }
}
