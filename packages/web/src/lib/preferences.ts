/**
 * What a person chose for this browser: theme, language, widths. Kept in local storage; what is part
 * of a link to share is in the URL instead.
 */
import { useSyncExternalStore } from 'react';
import { LANGUAGES, parseLanguage, type Language } from '@tendril/messages/language';

export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  /** `auto`: the browser's. */
  readonly language: 'auto' | Language;
  readonly density: 'compact' | 'comfortable';
  readonly wrap: boolean;
  readonly time: 'absolute' | 'relative' | 'nanoseconds';
  /** `browser`, `UTC` or a name of the IANA table. */
  readonly zone: string;
  /** Single-letter shortcuts get in the way of some input methods and speech control. */
  readonly shortcuts: boolean;
  readonly histogram: boolean;
  readonly facets: boolean;
  readonly facetsWidthPx: number;
  readonly detailWidthPx: number;
  readonly columnWidthsPx: Readonly<Record<string, number>>;
  readonly pinnedFacets: readonly string[];
  /** Columns of the table when the URL names none. */
  readonly columns: readonly string[];
  readonly recentRanges: readonly string[];
  readonly recentQueries: readonly string[];
  readonly starredQueries: readonly string[];
}

const DEFAULTS: Preferences = {
  theme: 'system',
  language: 'auto',
  density: 'compact',
  wrap: false,
  time: 'absolute',
  zone: 'browser',
  shortcuts: true,
  histogram: true,
  facets: true,
  facetsWidthPx: 232,
  detailWidthPx: 452,
  columnWidthsPx: {},
  pinnedFacets: [],
  columns: ['service.name', 'body'],
  recentRanges: [],
  recentQueries: [],
  starredQueries: [],
};

const STORAGE_KEY = 'tendril.preferences';
const listeners = new Set<() => void>();
let current: Preferences = load();

function load(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    return withStored(stored);
  } catch {
    // Storage may be forbidden, or hold what an older version wrote: the defaults are always good.
    return DEFAULTS;
  }
}

/** Takes what has the type of the default, key by key. */
function withStored(stored: unknown): Preferences {
  if (typeof stored !== 'object' || stored === null) return DEFAULTS;
  const given = new Map<string, unknown>(Object.entries(stored));
  const taken = Object.entries(DEFAULTS).map(([key, fallback]) => {
    const value = given.get(key);
    return [key, isAlike(value, fallback) ? value : fallback];
  });
  return Object.fromEntries(taken) as Preferences;
}

function isAlike(value: unknown, fallback: unknown): boolean {
  if (Array.isArray(fallback)) {
    return Array.isArray(value) && value.every((each) => typeof each === 'string');
  }
  return typeof value === typeof fallback && value !== null;
}

export function preferences(): Preferences {
  return current;
}

export function setPreferences(changed: Partial<Preferences>): void {
  current = { ...current, ...changed };
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(current));
  } catch {
    // Full or forbidden: the choice holds for this page.
  }
  for (const listener of listeners) listener();
}

function onPreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Another tab of the same browser.
globalThis.addEventListener('storage', (event) => {
  if (event.key !== STORAGE_KEY) return;
  current = load();
  for (const listener of listeners) listener();
});

export function usePreference<Key extends keyof Preferences>(key: Key): Preferences[Key] {
  return useSyncExternalStore(onPreferences, () => current[key]);
}

/** The language of the page: chosen, else the first of the browser's that there are messages in. */
export function languageOf(
  chosen: Preferences['language'],
  browserLanguages: readonly string[],
): Language {
  if (chosen !== 'auto' && LANGUAGES.includes(chosen)) return chosen;
  for (const name of browserLanguages) {
    const known = parseLanguage(name);
    if (known) return known;
  }
  return 'en';
}

/** Puts `entry` first and keeps the list short. */
export function withRecent(
  list: readonly string[],
  entry: string,
  entriesMax: number,
): readonly string[] {
  return [entry, ...list.filter((each) => each !== entry)].slice(0, entriesMax);
}
