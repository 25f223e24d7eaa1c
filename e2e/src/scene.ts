/** A page as it is drawn for people to look at. */
import type { Page } from 'playwright-core';

export interface Scene {
  readonly name: string;
  readonly path: string;
  /** Until this is there. */
  readonly ready: string;
  readonly act?: (page: Page) => Promise<void>;
}
