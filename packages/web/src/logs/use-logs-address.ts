/** The state of the log page, which is its address. */
import { useCallback, useMemo } from 'react';
import { useAddress, useGo } from '../lib/navigation.ts';
import { printLogsAddress, readLogsAddress, type LogsAddress } from './logs-url.ts';

export type ChangeAddress = (
  changed: Partial<LogsAddress>,
  options?: { readonly replace?: boolean },
) => void;

export function useLogsAddress(): readonly [LogsAddress, ChangeAddress] {
  const { search } = useAddress();
  const go = useGo();
  const address = useMemo(() => readLogsAddress(search), [search]);
  const change = useCallback<ChangeAddress>(
    (changed, { replace = false } = {}) =>
      go({ search: printLogsAddress({ ...address, ...changed }), replace }),
    [address, go],
  );
  return [address, change];
}
