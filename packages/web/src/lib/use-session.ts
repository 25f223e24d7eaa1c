/** Who this browser is to the server; asked before anything else, and so the place to compare clocks. */
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import type { Session } from '@tendril/api/session';
import { SESSION_KEY, useApi } from './api.ts';
import { setServerClock } from './time-range.ts';

const KEY = SESSION_KEY;

export function useSession(): UseQueryResult<Session> {
  const api = useApi();
  return useQuery({
    queryKey: KEY,
    queryFn: async () => {
      const askedAtMs = Date.now();
      const session = await api.session();
      setServerClock(Date.parse(session.now), askedAtMs, Date.now());
      return session;
    },
    staleTime: Infinity,
    retry: false,
  });
}

export interface SessionChanges {
  readonly signIn: (token: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
}

export function useSessionChanges(): SessionChanges {
  const api = useApi();
  const queryClient = useQueryClient();
  return {
    signIn: async (token) => {
      queryClient.setQueryData(KEY, await api.createSession(token));
    },
    signOut: async () => {
      await api.deleteSession();
      // Loaded anew: what one person was shown is not for the next.
      globalThis.location.assign('/');
    },
  };
}
