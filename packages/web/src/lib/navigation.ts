/** The address of the page, as plain texts. What a person would share is in it. */
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { parseSearch } from './url-search.ts';

export interface Address {
  readonly path: string;
  readonly search: Readonly<Record<string, string>>;
}

export interface GoOptions {
  readonly path?: string;
  /** All parameters; empty ones are left out. */
  readonly search: Readonly<Record<string, string | undefined>>;
  /** Without a new entry in the history. */
  readonly replace?: boolean;
}

export function useAddress(): Address {
  const path = useLocation({ select: (location) => location.pathname });
  const searchText = useLocation({ select: (location) => location.searchStr });
  const search = useMemo(() => parseSearch(searchText), [searchText]);
  return { path, search };
}

export function useGo(): (options: GoOptions) => void {
  const navigate = useNavigate();
  return useCallback(
    ({ path, search, replace = false }: GoOptions) => {
      const to = path ?? globalThis.location.pathname;
      void navigate({ to, search: { ...search }, replace });
    },
    [navigate],
  );
}
