/** What the frame knows of a page. One line in `pages/registry.ts` makes a page part of the application. */
import type { ComponentType } from 'react';
import type { PageMessageId } from '@tendril/messages/page';
import type { IconName } from './icon.tsx';

export interface PageDefinition {
  readonly id: string;
  /** As the router takes it: `/traces/$traceId`. */
  readonly path: string;
  readonly title: PageMessageId;
  /** Absent for pages that are reached from others only. */
  readonly icon?: IconName;
  /** At the foot of the rail. */
  readonly isLast?: boolean;
  /** Loads the page's code when it is first wanted. */
  readonly load: () => Promise<{ readonly Page: ComponentType }>;
}
