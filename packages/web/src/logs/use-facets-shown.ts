/** Whether the fields are shown: as chosen, and on a narrow window a drawer that begins closed. */
import { useState } from 'react';
import { setPreferences, usePreference } from '../lib/preferences.ts';
import { useIsNarrow } from '../lib/use-is-narrow.ts';

export function useFacetsShown(): readonly [boolean, () => void] {
  const isNarrow = useIsNarrow();
  const chosen = usePreference('facets');
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  return isNarrow
    ? [isDrawerOpen, () => setDrawerOpen(!isDrawerOpen)]
    : [chosen, () => setPreferences({ facets: !chosen })];
}
