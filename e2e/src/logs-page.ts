/** The log page as tests speak of it. */
import { expect } from 'vitest';
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
    const count = this.page.locator('.records-count .number');
    await this.page.locator('.histogram[aria-busy=false]').waitFor();
    await expect.poll(async () => await count.textContent()).toMatch(/^[\d,]+$/);
    return Number((await count.textContent())?.replaceAll(',', ''));
  }

  query(): string {
    return new URL(this.page.url()).searchParams.get('q') ?? '';
  }
}
