/** Whether this browser may change what everybody shares. */
import { useSession } from './use-session.ts';

export function useMayChange(): boolean {
  const { data } = useSession();
  return data !== undefined && (data.open || data.scopes.includes('admin'));
}
