/** The server's API and the cache of its answers, for every component. */
import { createContext, use } from 'react';
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { createClient, type Client } from '@tendril/api/client';
import { Failure, messageOf } from '@tendril/model/failure';

const client: Client = createClient({ baseUrl: '' });
const ApiContext = createContext<Client>(client);

export function useApi(): Client {
  return use(ApiContext);
}

/** Who this browser is to the server. */
export const SESSION_KEY: readonly string[] = ['session'];

/** Codes that another try may not meet. */
const PASSING: ReadonlySet<string> = new Set(['unreachable', 'engine_away', 'engine_busy']);
const RETRIES_MAX = 2;

export function createQueryClient(): QueryClient {
  const queryCache = new QueryCache({
    // The session is over: asking who we are shows the way to sign in again.
    onError: (error) => {
      if (!(error instanceof Failure) || error.code !== 'unauthorized') return;
      void queryClient.invalidateQueries({ queryKey: SESSION_KEY });
    },
  });
  const queryClient = new QueryClient({
    queryCache,
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
  return queryClient;
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
