/** Whether the window is as narrow as a phone or half a laptop; the styles change at the same width. */
import { useSyncExternalStore } from 'react';

const NARROW: MediaQueryList = matchMedia('(max-width: 720px)');

export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      NARROW.addEventListener('change', listener);
      return () => NARROW.removeEventListener('change', listener);
    },
    () => NARROW.matches,
  );
}
