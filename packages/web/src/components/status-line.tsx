/** The line at the foot of the window; the page that is shown puts its part there. */
import { createContext, use, type Context, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

export const StatusLineContext: Context<HTMLElement | null> = createContext<HTMLElement | null>(
  null,
);

export function StatusLine({ children }: { readonly children: ReactNode }): ReactNode {
  const place = use(StatusLineContext);
  return place && createPortal(children, place);
}
