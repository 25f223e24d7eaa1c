/** The server's API and the cache of its answers, for every component. */
import { createContext, use } from 'react';
import { QueryClient } from '@tanstack/react-query';
import { createClient, type Client } from '@tendril/api/client';
import { Failure, messageOf } from '@tendril/model/failure';

const client: Client = createClient({ baseUrl: '' });
const ApiContext = createContext<Client>(client);

export function useApi(): Client {
  return use(ApiContext);
}

/** Codes that another try may not meet. */
const PASSING: ReadonlySet<string> = new Set(['unreachable', 'engine_away', 'engine_busy']);
const RETRIES_MAX = 2;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        refetchOnWindowFocus: false,
        // A query that is wrong stays wrong.
        retry: (failures, error) =>
          failures < RETRIES_MAX && error instanceof Failure && PASSING.has(error.code),
      },
    },
  });
}

/** What was thrown, as the catalogue of sentences takes it. */
export function failureOf(thrown: unknown): {
  readonly code: string;
  readonly detail: string;
  readonly params: Readonly<Record<string, string | number>>;
} {
  if (thrown instanceof Failure) {
    return { code: thrown.code, detail: thrown.message, params: thrown.params };
  }
  return { code: 'page_error', detail: messageOf(thrown), params: {} };
}
